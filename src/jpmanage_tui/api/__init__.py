"""The async client of the Jetpack Licensing API: typed methods, models, errors. Knows no user interface."""
