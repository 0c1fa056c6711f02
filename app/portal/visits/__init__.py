"""A person's visits in plain words: when and where the next ones are, and what was."""
