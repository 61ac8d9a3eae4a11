"""Unassigned."""
