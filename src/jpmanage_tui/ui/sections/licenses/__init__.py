"""The Licenses screen: its list and what is known of it, marking, searching, and what is done to licenses."""
