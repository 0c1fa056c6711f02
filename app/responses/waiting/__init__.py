"""What was sent while its record was closed, and waits to be scored."""
