"""What stands between Textual and the terminal: bytes, colors, signals, clipboard and links.

`seams` lists every private name of Textual that is used here, and what happens where it is missing.
"""
