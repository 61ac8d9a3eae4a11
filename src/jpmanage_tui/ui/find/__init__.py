"""Find anything: the index of all licences in the background, and its answers beside the server's."""
