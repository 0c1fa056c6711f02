"""Ten codes on paper, for the day when nothing else is at hand."""
