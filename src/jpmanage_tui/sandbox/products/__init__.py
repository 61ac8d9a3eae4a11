"""Product families and products: routes and first data."""
