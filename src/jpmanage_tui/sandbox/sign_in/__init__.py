"""Signing in with WordPress.com: OAuth and its routes."""
