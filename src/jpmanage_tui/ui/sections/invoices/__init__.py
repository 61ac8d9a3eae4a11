"""The Invoices section: list, pay, read in the terminal, download."""
