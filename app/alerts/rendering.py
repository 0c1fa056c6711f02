"""The letter that says that an alert waits, drawn in the reader's language. It names nobody and tells nothing."""

from app.lib import i18n, pages
from app.lib.mail import Letter
from app.settings import settings


def alert_letter(language: str) -> Letter:
    """Only that there is one, and where to sign in."""
    token = i18n.locale.set(language)
    try:
        address = f"{settings().base_url}/today"
        return Letter(
            subject=i18n.gettext("An alert is waiting for you in Cohorte"),
            text=pages.render("alerts/mail.txt", address=address),
            html=pages.render("alerts/mail.html", address=address),
        )
    finally:
        i18n.locale.reset(token)
