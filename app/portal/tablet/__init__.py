"""What a patient or somebody close sees on a tablet that was handed to them."""
