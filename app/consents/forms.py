"""Reading the forms about consents: what was typed becomes a signature, or says what is wrong with it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.consents.model import LANGUAGES, Content, Contents, Method, Signer, Text, may_give

LONGEST_NAME = 160
LONGEST_REASON = 1000
LONGEST_TEXT = 20_000
OLDEST = 50
"""Years: an older paper is a slip of the pen."""
YES, NO = "yes", "no"
PARTS = ("title", "summary", "body", "points", "refusing", "rights")


class Fault(StrEnum):
    """What is wrong with one field."""

    PURPOSES_MISSING = "purposes_missing"
    METHOD_MISSING = "method_missing"
    SIGNER_MISSING = "signer_missing"
    SIGNER_CHILD = "signer_child"
    SIGNER_ADULT = "signer_adult"
    LANGUAGE_MISSING = "language_missing"
    ANSWER_MISSING = "answer_missing"
    POINTS_MISSING = "points_missing"
    POINTS_OWN = "points_own"
    NAME_MISSING = "name_missing"
    NAME_LONG = "name_long"
    SECOND_MISSING = "second_missing"
    DAY_MISSING = "day_missing"
    DAY_WRONG = "day_wrong"
    DAY_FUTURE = "day_future"
    PAPER_MISSING = "paper_missing"
    PAPER_KIND = "paper_kind"
    TICKS_MISSING = "ticks_missing"
    REASON_LONG = "reason_long"
    PART_MISSING = "part_missing"
    PART_LONG = "part_long"
    POINTS_DIFFER = "points_differ"
    MATERIAL_MISSING = "material_missing"
    DAY_PAST = "day_past"


Faults = dict[str, Fault]


def line(text: str) -> str:
    """One line without control characters and double spaces."""
    return " ".join("".join(mark for mark in text if mark.isprintable() or mark.isspace()).split())


@dataclass(frozen=True, slots=True)
class Begun:
    """The first step: what is asked, in which language, how, and who signs."""

    purposes: tuple[str, ...] = ()
    method: str = ""
    signer: str = ""
    language: str = ""
    faults: Faults = field(default_factory=dict)


def read_begun(typed: Mapping[str, str], chosen: Sequence[str], offered: Collection[str], *, minor: bool) -> Begun:
    """Which texts to read to whom."""
    purposes = tuple(one for one in offered if one in chosen)
    method, signer, language = (typed.get(name, "") for name in ("method", "signer", "language"))
    faults: Faults = {}
    if not purposes:
        faults["purposes"] = Fault.PURPOSES_MISSING
    if method not in {Method.SCREEN, Method.PAPER, Method.SPOKEN}:
        faults["method"] = Fault.METHOD_MISSING
    if signer not in set(Signer) - {Signer.PROXY}:
        faults["signer"] = Fault.SIGNER_MISSING
    elif method != Method.SPOKEN and not may_give(Signer(signer), minor=minor):
        faults["signer"] = Fault.SIGNER_CHILD if minor else Fault.SIGNER_ADULT
    if language not in LANGUAGES:
        faults["language"] = Fault.LANGUAGE_MISSING
    return Begun(purposes, method, signer, language, faults)


@dataclass(frozen=True, slots=True)
class Signed:
    """The second step, as typed: yes or no by purpose, what was ticked, names, and of a paper its day."""

    answers: Mapping[str, str]
    points: Mapping[str, frozenset[str]]
    name: str
    second_name: str
    assent: bool
    day: str
    faults: Faults = field(default_factory=dict)
    on: date | None = None
    versions: Mapping[str, int] = field(default_factory=dict)


def read_day(typed: Mapping[str, str], name: str) -> tuple[str, date | None]:
    """The three boxes of a date, as typed (year-month-day) and as a day.

    >>> read_day({"day-day": "9", "day-month": "11", "day-year": "2026"}, "day")
    ('2026-11-9', datetime.date(2026, 11, 9))
    >>> read_day({"day-day": "31", "day-month": "2", "day-year": "2026"}, "day"), read_day({}, "day")
    (('2026-2-31', None), ('', None))
    """
    parts = [typed.get(f"{name}-{part}", "").strip()[:4] for part in ("year", "month", "day")]
    if not any(parts):
        return "", None
    try:
        year, month, day = map(int, parts)
        return "-".join(parts), date(year, month, day)
    except ValueError:
        return "-".join(parts), None


def read_signed(
    typed: Mapping[str, str],
    ticked: Mapping[str, Collection[str]],
    texts: Mapping[str, Text],
    *,
    paper: bool,
    both: bool,
    today: date,
) -> Signed:
    """What was signed. On screen each statement of a text is ticked for a yes; on paper the ticks are on the paper."""
    answers = {purpose: typed.get(f"answer-{purpose}", "") for purpose in texts}
    points = {purpose: frozenset(ticked.get(purpose, ())) for purpose in texts}
    faults: Faults = {}
    for purpose, text in texts.items():
        wanted = {str(nth) for nth in range(1, len(text.contents["fr"].points) + 1)}
        if answers[purpose] not in {YES, NO}:
            faults[f"answer-{purpose}"] = Fault.ANSWER_MISSING
        elif answers[purpose] == YES and not paper and points[purpose] < wanted:
            faults[f"point-{purpose}"] = Fault.POINTS_MISSING
    name, second = line(typed.get("name", "")), line(typed.get("second_name", ""))
    faults |= _names(name, second, both=both)
    shown, day = read_day(typed, "day")
    if paper:
        faults |= _day(shown, day, today)
    versions = {purpose: number(typed.get(f"version-{purpose}", "")) for purpose in texts}
    return Signed(answers, points, name, second, typed.get("assent") == YES, shown, faults, day, versions)


def number(text: str) -> int:
    """A version or a revision; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _names(name: str, second: str, *, both: bool) -> Faults:
    faults: Faults = {}
    if not name:
        faults["name"] = Fault.NAME_MISSING
    elif len(name) > LONGEST_NAME:
        faults["name"] = Fault.NAME_LONG
    if both and not second:
        faults["second_name"] = Fault.SECOND_MISSING
    elif len(second) > LONGEST_NAME:
        faults["second_name"] = Fault.NAME_LONG
    return faults


def _day(shown: str, day: date | None, today: date) -> Faults:
    if not shown:
        return {"day": Fault.DAY_MISSING}
    if day is None or day.year < today.year - OLDEST:
        return {"day": Fault.DAY_WRONG}
    return {"day": Fault.DAY_FUTURE} if day > today else {}


TICKS = ("identity", "text", "questions")
"""What somebody of the team vouches for."""


def read_ticks(chosen: Sequence[str]) -> Faults:
    return {} if set(TICKS) <= set(chosen) else {"ticks": Fault.TICKS_MISSING}


def read_reason(typed: str) -> tuple[str, Faults]:
    """Why somebody says no, in their own words; nobody has to say it."""
    reason = "\n".join(line(one) for one in typed.replace("\r", "").split("\n")).strip()
    return reason, {"reason": Fault.REASON_LONG} if len(reason) > LONGEST_REASON else {}


def typed_contents(contents: Contents) -> dict[str, str]:
    """A text as the boxes of a form hold it: `fr-title` and so on; points one a line."""
    found = {}
    for language, content in contents.items():
        for part in PARTS:
            said = getattr(content, part)
            found[f"{language}-{part}"] = "\n".join(said) if part == "points" else said
    return found


def read_contents(typed: Mapping[str, str]) -> tuple[Contents, Faults]:
    """Both languages of a text; every part of both has to be there."""
    faults: Faults = {}
    contents: dict[str, Content] = {}
    for language in LANGUAGES:
        said = {part: _tidy(typed.get(f"{language}-{part}", "")) for part in PARTS}
        for part, text in said.items():
            if not text:
                faults[f"{language}-{part}"] = Fault.PART_MISSING
            elif len(text) > LONGEST_TEXT:
                faults[f"{language}-{part}"] = Fault.PART_LONG
        points = tuple(line(one) for one in said.pop("points").split("\n") if line(one))
        contents[language] = Content(**said, points=points)
    if not faults and len({len(content.points) for content in contents.values()}) > 1:
        faults["en-points"] = Fault.POINTS_DIFFER
    return contents, faults


def _tidy(text: str) -> str:
    kept = "".join(mark for mark in text.replace("\r", "") if mark.isprintable() or mark == "\n")
    return "\n".join(row.strip() for row in kept.split("\n")).strip()


def read_publishing(typed: Mapping[str, str], today: date) -> tuple[date | None, Faults]:
    """Whether people are asked again, and until the end of which day."""
    if typed.get("material") not in {YES, NO}:
        return None, {"material": Fault.MATERIAL_MISSING}
    if typed["material"] == NO:
        return None, {}
    shown, day = read_day(typed, "until")
    if not shown:
        return None, {"until": Fault.DAY_MISSING}
    if day is None:
        return None, {"until": Fault.DAY_WRONG}
    return day, {} if day > today else {"until": Fault.DAY_PAST}
