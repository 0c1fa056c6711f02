"""Which language this request speaks, and its dates and times in words."""

from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

LOCALES = ("fr", "en")
FOLDER = Path(__file__).parents[2] / "locales"
ZONE = "Europe/Paris"
NBSP = "\N{NO-BREAK SPACE}"
locale: ContextVar[str] = ContextVar("locale", default="fr")

PATTERNS = {
    ("fr", "long"): "EEEE d MMMM y",
    ("en", "long"): "EEEE d MMMM y",
    ("fr", "day"): "EEEE d MMMM",
    ("en", "day"): "EEEE d MMMM",
    ("fr", "short"): "d MMM y",
    ("en", "short"): "d MMM y",
    ("fr", "full"): "d MMMM y",
    ("en", "full"): "d MMMM y",
    ("fr", "month"): "MMM y",
    ("en", "month"): "MMM y",
}


class Calendar(Protocol):
    """A day of the calendar, or what is known of one: the month may be missing, then so is the day."""

    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int | None: ...
    @property
    def day(self) -> int | None: ...


@cache
def catalogue(code: str) -> NullTranslations:
    """The texts of one language; French must be there, English stands in the code."""
    if code == "en":
        return NullTranslations()
    return translation("messages", FOLDER, [code])


def gettext(message: str) -> str:
    return catalogue(locale.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return catalogue(locale.get()).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    return catalogue(locale.get()).pgettext(context, message)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    return catalogue(locale.get()).npgettext(context, one, many, n)


def day_words(known: Calendar, style: str = "full") -> str:
    """A calendar day in words: `full` 24 novembre 2026, `long` with weekday, `day` without year, `short` for tables.

    Of a date that is known in part the month and year, or the year: novembre 2026.

    >>> day_words(date(2026, 11, 24), "long")
    'mardi 24\\xa0novembre\\xa02026'
    >>> day_words(date(2026, 12, 1), "day")
    'mardi 1er\\xa0décembre'
    """
    code = locale.get()
    if known.month is None:
        return str(known.year)
    day = date(known.year, known.month, known.day or 1)
    if known.day is None:
        pattern = "MMM y" if style == "short" else "MMMM y"
        return format_date(day, pattern, locale="fr_FR" if code == "fr" else "en_GB").replace(" ", NBSP)
    words = format_date(day, PATTERNS[code, style], locale="fr_FR" if code == "fr" else "en_GB")
    if code == "fr" and known.day == 1:
        words = words.replace("1 ", "1er ", 1)
    head, space, rest = words.partition(" ") if style in {"long", "day"} else ("", "", words)
    return head + space + rest.replace(" ", NBSP)


def local(at: datetime, zone: str = ZONE) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def time_words(at: datetime, zone: str = ZONE) -> str:
    """A clock time as people write it: 14 h 32, or 14:32 in English."""
    there = local(at, zone)
    if locale.get() == "fr":
        return f"{there.hour}{NBSP}h{NBSP}{there.minute:02d}"
    return f"{there.hour}:{there.minute:02d}"


def moment_words(at: datetime, style: str = "full", zone: str = ZONE) -> str:
    """Day and time: 24 novembre 2026 à 14 h 32."""
    joint = " à " if locale.get() == "fr" else " at "
    return day_words(local(at, zone).date(), style) + joint + time_words(at, zone)


def number_words(value: float, decimals: int = 3) -> str:
    """A number as the language writes it, at most so many decimals, no trailing zeros: 6,667 or 6.667."""
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    text: str = format_decimal(value, pattern, locale="fr_FR" if locale.get() == "fr" else "en_GB")
    return text.replace("\N{NARROW NO-BREAK SPACE}", NBSP)
