"""The sign-up form for an account without a partner record."""
