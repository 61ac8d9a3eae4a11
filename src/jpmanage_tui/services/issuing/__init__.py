"""Issuing."""
