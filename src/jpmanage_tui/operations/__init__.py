"""What changes something: the queue of changing requests, its journal, and settling by looking."""
