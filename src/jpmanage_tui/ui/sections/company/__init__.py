"""The Company Details screen."""
