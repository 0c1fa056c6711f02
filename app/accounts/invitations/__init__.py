"""Places in a centre offered by mail to professionals, with or without an account."""
