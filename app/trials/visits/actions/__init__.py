"""What changes visits. Each action is one transaction."""
