"""Licenses: rows, lists, issuing, assigning, revoking, and first data."""
