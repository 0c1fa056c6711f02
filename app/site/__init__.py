"""What belongs to no domain: the front door, static files, health, languages, failures and headers."""
