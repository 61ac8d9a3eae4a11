"""The account half of the embedded API."""
