"""The stock Textual apps beside which jpmanage is measured."""
