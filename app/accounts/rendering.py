"""The letters that go with signing in, drawn from templates in the reader's language."""

from app.lib import i18n, pages
from app.lib.mail import Letter


def code_letter(language: str, code: str) -> Letter:
    """The mail that carries a sign-in code; no link, so that nobody learns to follow one."""
    token = i18n.locale.set(language)
    try:
        return Letter(
            subject=i18n.gettext("Your sign-in code"),
            text=pages.render("accounts/mail_code.txt", code=code),
            html=pages.render("accounts/mail_code.html", code=code),
        )
    finally:
        i18n.locale.reset(token)
