"""How people are reached: addresses that are theirs, and who stands for a patient. Who writes is not here."""
