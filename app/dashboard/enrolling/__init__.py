"""Enrolling on the team's pages: the trials of a record, the calendar before somebody joins, the screening log."""
