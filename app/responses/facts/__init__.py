"""What scores may know of the person who answers, beyond the record: years of education, taken from an answer."""
