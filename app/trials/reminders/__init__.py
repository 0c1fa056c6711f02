"""Reminders of what a visit asks: planned as rows, sent once, put off, held back with a reason; and their log."""
