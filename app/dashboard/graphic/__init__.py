"""The record's graphic: scores, measures, treatments and alerts on one axis of time."""
