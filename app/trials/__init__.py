"""Trials: protocols written as YAML, who is enrolled where, visits over years, and what they ask."""
