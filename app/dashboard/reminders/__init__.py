"""What the team reads of reminders: what was sent to whom, what was held back and why, what comes next."""
