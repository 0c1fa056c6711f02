"""The letters that say that an alert waits, drawn in the reader's language. They name nobody and tell nothing."""

from app.channels.rendering import letter
from app.lib.mail import Letter
from app.settings import settings


def alert_letter(language: str) -> Letter:
    """Only that there is one, and where to sign in."""
    return letter("alerts/mail", language, address=f"{settings().base_url}/today")


def untold_letter(language: str) -> Letter:
    """That one waits in a centre where no practitioner could be told of it, and what to do about it."""
    return letter("alerts/mail_untold", language, address=f"{settings().base_url}/administration")
