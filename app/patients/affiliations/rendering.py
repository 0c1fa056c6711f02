"""The letters about who follows whom."""

from app.channels.rendering import letter
from app.lib.mail import Letter
from app.patients.affiliations.notices import PAGES, Notice
from app.settings import settings


def notice_letter(notice: Notice, language: str) -> Letter:
    """That something happened or waits, and where to read it."""
    return letter(f"patients/notice_{notice}", language, link=f"{settings().base_url}{PAGES[notice]}")
