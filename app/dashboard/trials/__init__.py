"""A trial as the team reads it: what it is, where it is open, what it asks when of whom."""
