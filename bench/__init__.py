"""`make bench`: what the product costs, beside the least that could do the same. Measures, decides nothing."""
