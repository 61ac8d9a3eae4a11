"""What the README says of itself: its tables are made from the program."""
