"""A second factor given just now, for what is sensitive enough to ask for one."""
