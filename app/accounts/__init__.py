"""People who can sign in, how they do, and for whom they act. Patients' records are elsewhere."""
