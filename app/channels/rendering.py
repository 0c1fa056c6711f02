"""Letters in the language of their reader, from `<template>.txt` (subject, empty line, text) and `<template>.html`."""

from typing import Any

from app.lib import i18n, pages
from app.lib.mail import Letter


def letter(template: str, language: str, **context: Any) -> Letter:
    """Both forms of one letter; the HTML one is given `subject` too."""
    token = i18n.locale.set(language)
    try:
        subject, _, text = pages.render(f"{template}.txt", **context).strip().partition("\n\n")
        return Letter(subject, text.strip() + "\n", pages.render(f"{template}.html", subject=subject, **context))
    finally:
        i18n.locale.reset(token)
