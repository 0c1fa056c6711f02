"""Birth dates as far as they are known: a year, a month of a year, or a day; read as people write them. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from unicodedata import combining, normalize

TEXT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
BETWEEN = re.compile(r"[\s./,\-\N{EN DASH}]+")
OLDEST = 125
"""Nobody has lived to more full years and could still be met; Jeanne Calment, the oldest known, died at 122."""
ORDINALS = {"1er": "1", "1st": "1", "2nd": "2", "3rd": "3"}
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        1,
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, or what is known of one: without a month there is no day either. ValueError if it cannot exist.

    >>> PartialDate(1984, 3).text, PartialDate(1984).latest, PartialDate(1984, 2).latest
    ('1984-03', datetime.date(1984, 12, 31), datetime.date(1984, 2, 29))
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day needs its month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def of(cls, text: str) -> "PartialDate":
        """Read what `text` wrote: 1984, 1984-03 or 1984-03-14.

        >>> PartialDate.of("1984-03"), PartialDate.of("1984-03-14").whole
        (PartialDate(year=1984, month=3, day=None), datetime.date(1984, 3, 14))
        """
        found = TEXT.fullmatch(text)
        if found is None:
            raise ValueError("not a date as it is kept")
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(year or 0, month, day)

    @classmethod
    def on(cls, day: "date | PartialDate") -> "PartialDate":
        """The same for a day that is known."""
        return day if isinstance(day, PartialDate) else cls(day.year, day.month, day.day)

    @property
    def text(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def whole(self) -> date | None:
        """The day, if all of it is known."""
        return None if self.month is None or self.day is None else date(self.year, self.month, self.day)

    @property
    def earliest(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Under which less is known of the same day: the year, then the month, then the day.

        >>> PartialDate(1984, 3, 14).beginnings
        ('1984', '1984-03', '1984-03-14')
        """
        return tuple(self.text[:end] for end in (4, 7, 10) if end <= len(self.text))


def age_on(birth: date, day: date) -> int:
    """Full years. Somebody born on 29 February turns on 1 March in common years.

    >>> age_on(date(2004, 2, 29), date(2026, 2, 28)), age_on(date(2004, 2, 29), date(2026, 3, 1))
    (21, 22)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def ages_on(birth: date | PartialDate, day: date) -> tuple[int, int]:
    """The lowest and the highest age that somebody may have on a day; equal where it is certain.

    >>> ages_on(PartialDate(1984, 3), date(2026, 3, 14)), ages_on(PartialDate(1984, 3), date(2026, 4, 1))
    ((41, 42), (42, 42))
    >>> ages_on(PartialDate(2026), date(2026, 3, 1))
    (0, 0)
    """
    known = PartialDate.on(birth)
    return max(0, age_on(known.latest, day)), max(0, age_on(known.earliest, day))


def read_date(text: str) -> PartialDate | None:
    """A birth date in one piece, as it is typed or pasted; None if it is none. Days come before months.

    >>> [read_date(text).text for text in ("12/05/1980", "12 mai 1980", "1980-05-12", "1er août 1980", "12.5.1980")]
    ['1980-05-12', '1980-05-12', '1980-05-12', '1980-08-01', '1980-05-12']
    >>> [read_date(text).text for text in ("1980", "05/1980", "mai 1980", "1980-05", "May 12, 1980", "12051980")]
    ['1980', '1980-05', '1980-05', '1980-05', '1980-05-12', '1980-05-12']
    >>> read_date("99999999999/1/2020"), read_parts("1", "9" * 20, "1980")
    (None, None)
    >>> [read_date(text) for text in ("", "12", "12/13/1980", "31/02/1980", "12/05/80", "Martin 1980", "１９８０")]
    [None, None, None, None, None, None, None]
    """
    words = [ORDINALS.get(word, word) for word in BETWEEN.split(_plain(text)) if word]
    if len(words) == 1 and len(words[0]) == 8:
        words = [words[0][:2], words[0][2:4], words[0][4:]]
    if len(words) == 3 and words[0] in MONTHS:
        words[:2] = words[1], words[0]
    return read_parts(*_in_order(words))


def read_parts(day: str, month: str, year: str) -> PartialDate | None:
    """The three boxes of a form. Day, or day and month, may be empty; None if it cannot be a date.

    >>> read_parts("", "3", "1984"), read_parts("14", "", "1984"), read_parts("14", "mars", "1984").text
    (PartialDate(year=1984, month=3, day=None), None, '1984-03-14')
    """
    month = str(MONTHS.get(_plain(month), month)).strip()
    parts = [part.strip() for part in (year, month, day)]
    if len(parts[0]) != 4 or max(len(part) for part in parts[1:]) > 2:
        return None
    if not all(part.isascii() and part.isdigit() for part in parts if part):
        return None
    try:
        known = [int(part) if part else None for part in parts]
        return PartialDate(known[0] or 0, known[1], known[2])
    except ValueError:
        return None


def _plain(text: str) -> str:
    return "".join(sign for sign in normalize("NFD", text.strip().casefold()) if not combining(sign))


def _in_order(words: list[str]) -> tuple[str, str, str]:
    """Day, month, year, whichever of the ways of writing it was; more words are no date."""
    if len(words) > 3 or not words:
        return "", "", ""
    if len(words[0]) == 4 and words[0].isdigit():
        words = words[::-1]
    day, month, year = ["", "", *words][-3:]
    return day, month, year
