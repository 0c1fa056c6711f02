"""Visits of enrolments: planned as rows, prepared, opened, completed, skipped."""
