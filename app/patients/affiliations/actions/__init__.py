"""What centres and patients do about who follows whom. Each action is one transaction."""

from app.patients.affiliations.actions.asking import ask_affiliation

__all__ = ["ask_affiliation"]
