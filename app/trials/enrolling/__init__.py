"""Screening people for a trial, enrolling them, and ending it."""
