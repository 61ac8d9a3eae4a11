"""The Payment Methods screen."""
