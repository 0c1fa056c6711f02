"""Which values of a trial are compared with their source."""
