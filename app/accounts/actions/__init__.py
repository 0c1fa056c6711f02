"""Writes about people who sign in, by what they are about. Each function is one transaction."""
