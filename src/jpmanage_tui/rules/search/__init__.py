"""Finding licenses among very many: a compact index in memory, and the search in it."""
