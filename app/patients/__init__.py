"""Patients: who they are, who follows them, how they are found. What they answer stands elsewhere."""
