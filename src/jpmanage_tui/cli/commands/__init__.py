"""The commands, a module each; `cli.registry` lists them, and only the one that is meant is loaded."""
