"""Patients, and those who answer for them, invited by mail to come in with an account of their own."""
