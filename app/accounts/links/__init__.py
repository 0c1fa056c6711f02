"""Whose accounts answer for a patient. Linking is in accounts.actions.places."""
