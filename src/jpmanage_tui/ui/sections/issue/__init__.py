"""Issue New License: pick products, choose a site or not, review, issue, and see what became of each."""
