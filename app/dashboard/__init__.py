"""What a team sees of its patients: the day, the list, one record. Reads across packages, owns nothing."""
