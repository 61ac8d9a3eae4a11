"""A list of sites: give it, see which sites it means, say what each of them gets, review, and hand over the run."""
