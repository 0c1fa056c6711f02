"""A patient's own record: who it says they are, and asking that it be removed."""
