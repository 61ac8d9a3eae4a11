"""What exports and the command line say of each kind of thing: one list of fields a kind, for both."""
