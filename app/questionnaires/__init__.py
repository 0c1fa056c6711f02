"""Instruments: their files, answers, visibility, scores and explanation. Knows no patient and no table."""
