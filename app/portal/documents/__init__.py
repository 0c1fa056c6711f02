"""Documents for whoever may see them: a patient's own list, adding, looking at one, saying otherwise of it."""
