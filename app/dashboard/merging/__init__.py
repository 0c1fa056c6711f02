"""Undoing a merge across everything a record holds: what goes back by itself, what a rule settles, what is asked."""
