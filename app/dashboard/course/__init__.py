"""What happened to a patient, over everything in the record, as one list."""
