"""A session whose screen is in a patient's hands: it answers for one visit, and its owner's second factor ends that."""
