"""Those who answer for a patient: what they may do, why it goes on at 18, how it ends."""
