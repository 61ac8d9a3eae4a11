"""The Sites screen."""
