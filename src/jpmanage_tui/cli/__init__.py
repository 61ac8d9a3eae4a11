"""The command line: parse, then start the app or a command."""
