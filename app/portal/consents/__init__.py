"""A patient's pages of consents: read, say yes or no, take it back."""
