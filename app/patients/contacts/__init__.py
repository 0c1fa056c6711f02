"""People close to a patient: who they are, what they are to each patient."""
