"""What a patient or somebody close is reminded of, and putting it off."""
