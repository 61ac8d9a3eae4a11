"""Invoices and their PDFs: rows, routes and first data."""
