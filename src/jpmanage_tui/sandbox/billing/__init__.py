"""The estimate of the month: what it counts, and how the API answers it."""
