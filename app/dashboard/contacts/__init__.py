"""People close to a patient as a team sees them: contacts, their rights, their invitations."""
