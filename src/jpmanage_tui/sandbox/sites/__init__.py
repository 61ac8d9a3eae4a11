"""Connected sites: routes and first data."""
