"""How codes of patients are made: a module a way, chosen by the setting PATIENT_CODES. Whose they are is elsewhere."""
