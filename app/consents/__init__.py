"""Consents: texts, who said yes or no to what, and what follows from it."""
