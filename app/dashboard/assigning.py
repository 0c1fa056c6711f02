"""Reading the form by which a team asks for questionnaires. Pure; saving is the assignments' business."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.access.policy import OWN_VOICE
from app.questionnaires.model import Questionnaire


class Fault(StrEnum):
    NOTHING_CHOSEN = "nothing_chosen"
    UNKNOWN = "unknown"
    ALREADY_ASKED = "already_asked"
    NOT_A_DATE = "not_a_date"
    PAST = "past"
    BEFORE_OPENING = "before_opening"


class Voice(StrEnum):
    """Who speaks: each is a group of choices on the form."""

    PATIENT = "patient"
    PROXY = "proxy"
    TEAM = "team"


Choice = tuple[str, str]
"""A questionnaire and who answers it, `answered_by`."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent, to be shown again."""

    chosen: tuple[str, ...]
    opens_on: str
    due_on: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form asks for, or what is wrong with it, by field."""

    choices: tuple[Choice, ...] = ()
    opens_on: date = date.min
    due_on: date | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)


def offers(questionnaires: Collection[Questionnaire]) -> dict[Voice, list[tuple[str, Questionnaire]]]:
    """What may be asked of whom: (value of the box, questionnaire) by voice. A team fills in a questionnaire once,
    whichever of its professions does."""
    found: dict[Voice, list[tuple[str, Questionnaire]]] = {voice: [] for voice in Voice}
    for q in questionnaires:
        own = [name for name in q.file.answered_by if name in OWN_VOICE]
        for name in own:
            found[Voice(name)].append((f"{q.key}:{name}", q))
        team = [name for name in q.file.answered_by if name not in OWN_VOICE]
        if team:
            found[Voice.TEAM].append((f"{q.key}:{team[0]}", q))
    return found


def read_day(typed: str) -> date | None:
    """A day as a browser's date field sends it, or as people in France write it.

    >>> read_day("2026-11-22"), read_day(" 1/12/2026 "), read_day("2026-02-30"), read_day("soon")
    (datetime.date(2026, 11, 22), datetime.date(2026, 12, 1), None, None)
    """
    parts = typed.strip().split("/")
    if len(parts) == 3:
        day, month, year = parts
        typed = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def read_wish(typed: Typed, possible: Collection[str], asked: Collection[tuple[str, str, date]], today: date) -> Wish:
    """What was asked for. `possible` are the values of the boxes; `asked` what already waits: key, voice, opening."""
    faults: dict[str, Fault] = {}
    opens_on = read_day(typed.opens_on)
    if opens_on is None or opens_on < today:
        faults["opens_on"] = Fault.NOT_A_DATE if opens_on is None else Fault.PAST
    due_on = read_day(typed.due_on) if typed.due_on.strip() else None
    if typed.due_on.strip() and due_on is None:
        faults["due_on"] = Fault.NOT_A_DATE
    elif due_on and opens_on and due_on < opens_on:
        faults["due_on"] = Fault.BEFORE_OPENING
    choices = tuple((key, who) for key, _, who in (value.partition(":") for value in dict.fromkeys(typed.chosen)))
    if not choices:
        faults["chosen"] = Fault.NOTHING_CHOSEN
    elif any(value not in possible for value in typed.chosen):
        faults["chosen"] = Fault.UNKNOWN
    elif opens_on and any((*choice, opens_on) in asked for choice in choices):
        faults["chosen"] = Fault.ALREADY_ASKED
    return Wish(choices, opens_on or today, due_on, faults)
