"""Settings, profiles, credentials and the files they live in."""
