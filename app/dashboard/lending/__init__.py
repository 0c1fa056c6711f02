"""Handing the tablet over, as the page of a visit shows it."""
