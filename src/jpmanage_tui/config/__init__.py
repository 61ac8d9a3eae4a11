"""Settings, profiles, credentials and the files they live in; knows nothing of the API or the terminal."""
