"""The letter that says that an alert waits, drawn in the reader's language. It names nobody and tells nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.lib import i18n, pages
from app.lib.mail import Letter
from app.settings import settings


def alert_letter(language: str) -> Letter:
    """Only that there is one, and where to sign in."""
    with _speaking(language):
        return _letter(i18n.gettext("An alert is waiting for you in Cohorte"), "mail", "/today")


def untold_letter(language: str) -> Letter:
    """That one waits in a centre where no practitioner could be told of it, and what to do about it."""
    with _speaking(language):
        return _letter(i18n.gettext("An alert waits, and no practitioner was told"), "mail_untold", "/administration")


def _letter(subject: str, template: str, path: str) -> Letter:
    address = f"{settings().base_url}{path}"
    text, html = (pages.render(f"alerts/{template}.{form}", address=address) for form in ("txt", "html"))
    return Letter(subject=subject, text=text, html=html)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    token = i18n.locale.set(language)
    try:
        yield
    finally:
        i18n.locale.reset(token)
