"""Measures jpmanage in a pseudo-terminal beside its peers, in the same run and on the same data."""
