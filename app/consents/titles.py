"""What the texts of trials are called, as this process last read them: trials come at any time. Reading is not here.

The purposes asked of everybody have their own words; a trial's are the title of the text that is signed for it.
"""

from collections.abc import Iterable

from app.access.consent import TRIAL
from app.consents.model import Contents
from app.lib import i18n

TITLES: dict[str, dict[str, str]] = {}


def keep(purpose: str, contents: Contents) -> None:
    """Note what a published text is called, the newest last."""
    if purpose.startswith(TRIAL):
        TITLES[purpose] = {language: content.title for language, content in contents.items()}


def unknown(purposes: Iterable[str]) -> list[str]:
    """Those of trials that were never read here."""
    return sorted({one for one in purposes if one.startswith(TRIAL)} - TITLES.keys())


def title_of(purpose: str) -> str | None:
    """The title in the reader's language; None where the text was never read."""
    return TITLES.get(purpose, {}).get(i18n.locale.get())
