"""A tablet that is handed to somebody during a visit: for what, to whom, and what is said of it afterwards."""
