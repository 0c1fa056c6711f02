"""What changes consents. Each action is one transaction."""
