"""What somebody close may do for a patient, and from which day on they may not without a new ground. Pure."""

import re
from datetime import date
from enum import StrEnum


class Right(StrEnum):
    """What a proxy may do. `speak`: in the patient's own voice too, as for a small child; settled for each proxy."""

    VIEW = "view"
    ANSWER = "answer"
    CONSENT = "consent"
    REMIND = "remind"
    SPEAK = "speak"


EVERY_RIGHT = frozenset(Right)
USUAL_RIGHTS = EVERY_RIGHT - {Right.SPEAK}

MAJORITY = 18
BIRTH = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def of_age_on(birth: str) -> date:
    """The 18th birthday of somebody born then; where only a year or a month is known, the first day that it can be.

    Somebody born on 29 February is of age on 1 March. ValueError if it is no date.

    >>> of_age_on("2008-11-22"), of_age_on("2008-02-29")
    (datetime.date(2026, 11, 22), datetime.date(2026, 3, 1))
    >>> of_age_on("2008-11"), of_age_on("2008")
    (datetime.date(2026, 11, 1), datetime.date(2026, 1, 1))
    """
    found = BIRTH.fullmatch(birth)
    if found is None:
        raise ValueError("not a birth date as it is kept")
    year, month, day = (int(part or 1) for part in found.groups())
    born = date(year, month, day)
    leap_day = (born.month, born.day) == (2, 29)
    return date(year + MAJORITY, 3, 1) if leap_day else born.replace(year=year + MAJORITY)


def is_paused(birth: str, beyond: str, today: date) -> bool:
    """Whether a proxy's rights rest: the patient is or may be of age, and there is no ground `beyond`.

    >>> is_paused("2008-11-23", "", date(2026, 11, 22)), is_paused("2008-11-22", "", date(2026, 11, 22))
    (False, True)
    >>> is_paused("1980", "court", date(2026, 11, 22)), is_paused("unknown", "", date(2026, 11, 22))
    (False, True)
    """
    if beyond:
        return False
    try:
        return today >= of_age_on(birth)
    except ValueError:
        return True
