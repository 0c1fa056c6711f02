"""Taking a record out of sight and back, and what patients ask about that. Erasing is elsewhere."""
