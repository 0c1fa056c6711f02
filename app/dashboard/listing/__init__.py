"""The list of a centre's patients: what is shown, in which order, one page at a time."""
