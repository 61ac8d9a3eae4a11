"""Saved cards, Stripe and its setup intents: tables, rules, routes and first data."""
