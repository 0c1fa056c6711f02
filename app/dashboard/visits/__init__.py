"""The page of one visit: what it asks of whom, how far it is, and what other parts of the product show there."""
