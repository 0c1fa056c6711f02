"""Planning reminders, sending what is due, putting them off, and holding them back. Each action is one transaction."""
