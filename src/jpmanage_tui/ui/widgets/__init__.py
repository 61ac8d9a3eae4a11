"""Widgets that paint their own lines, so that a key press costs few bytes."""
