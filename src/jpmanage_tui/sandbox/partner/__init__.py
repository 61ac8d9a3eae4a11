"""The partner record, its users and keys, and the countries."""
