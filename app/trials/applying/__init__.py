"""Bringing a version of a trial into the database, and to the people who are enrolled."""
