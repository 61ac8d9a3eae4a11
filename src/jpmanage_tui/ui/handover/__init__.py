"""Handing over to a browser: showing where to go, and noticing by looking when it is done there."""
