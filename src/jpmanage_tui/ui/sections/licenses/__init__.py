"""The Licenses screen: the book of rows, the list that paints it, its commands and dialogs."""
