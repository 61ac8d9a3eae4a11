"""jpmanage-tui: Jetpack licensing in the terminal."""

__version__ = "0.1.0"
