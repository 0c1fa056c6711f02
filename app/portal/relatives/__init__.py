"""Who answers for whom, shown to the patient and to whoever answers; ended by either, agreed to by the patient."""
