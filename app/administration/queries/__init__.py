"""What administrators see: reads across packages, never a patient's name."""
