"""The Prices screen: what every product costs this partner, by day, month and year, and in bundles."""
