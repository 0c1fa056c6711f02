"""Judging a trial file, part by part. Each part says what is wrong, where, and what to do about it."""
