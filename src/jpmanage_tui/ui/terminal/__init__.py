"""What stands between Textual and the terminal: bytes, colours, signals, clipboard and links."""
