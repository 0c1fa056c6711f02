"""What consents allow: the one function that decides, for pages, lists, jobs, exports and interfaces. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What is asked of everybody. A trial asks for one of its own, `trial:<key>`."""

    CARE = "care"
    CONTACT = "contact"
    SHARING = "sharing"
    RESEARCH = "research"
    GENETICS = "genetics"


class Use(StrEnum):
    """What somebody, or a job, wants to do with a record."""

    OPEN_RECORD = "open_record"
    SEE_OTHER_CENTRES = "see_other_centres"
    WRITE_TO = "write_to"
    READ_GENETICS = "read_genetics"
    EXPORT = "export"
    JOIN_TRIAL = "join_trial"


# Whoever was informed and has not objected: these hold until somebody says no. The others until somebody says yes.
ALLOWED_UNASKED = frozenset({Purpose.CARE, Purpose.CONTACT, Purpose.SHARING})
TRIAL = "trial:"

# A record that its owner closed is closed to everything: nobody writes from it, reads, computes or exports.
NEEDS: dict[Use, frozenset[str]] = {
    Use.OPEN_RECORD: frozenset({Purpose.CARE}),
    Use.SEE_OTHER_CENTRES: frozenset({Purpose.CARE, Purpose.SHARING}),
    Use.WRITE_TO: frozenset({Purpose.CARE, Purpose.CONTACT}),
    Use.READ_GENETICS: frozenset({Purpose.CARE, Purpose.GENETICS}),
    Use.EXPORT: frozenset({Purpose.CARE, Purpose.RESEARCH}),
    Use.JOIN_TRIAL: frozenset({Purpose.CARE}),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody said yes or no to one purpose. `version` is that of the text they were given.

    `for_minor`: said by whoever answered for a child, in their place.
    """

    id: UUID
    purpose: str
    given: bool
    at: datetime
    version: int = 0
    for_minor: bool = False


@dataclass(frozen=True, slots=True)
class Renewal:
    """A text that changed so much that whoever said yes to an older version is asked again, until the end of a day."""

    purpose: str
    version: int
    until: date


@dataclass(frozen=True, slots=True)
class History:
    """All that was decided about one person, under whichever id, and what decides on it.

    `majority`: the first day on which the person might be of age; None where nobody decided for a child.
    """

    decisions: tuple[Decision, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    majority: date | None = None


def standing(history: History) -> dict[str, Decision]:
    """The decision that stands for each purpose: the newest; of two of the same moment the no."""
    newest: dict[str, Decision] = {}
    for one in history.decisions:
        known = newest.get(one.purpose)
        if known is None or _order(one) > _order(known):
            newest[one.purpose] = one
    return newest


def _order(one: Decision) -> tuple[datetime, bool, UUID]:
    return one.at, not one.given, one.id


def lapses(one: Decision, history: History, day: date) -> bool:
    """Whether a yes counts no longer: it was said for a child who is of age now, or its text was renewed in vain.

    What holds unasked never lapses: it falls back to what holds of whoever was never asked, until they say no.
    """
    if one.purpose in ALLOWED_UNASKED:
        return False
    grown = one.for_minor and history.majority is not None and day >= history.majority
    return grown or any(day > asked.until for asked in renewals(one, history))


def renewals(one: Decision, history: History) -> list[Renewal]:
    """The newer texts that this yes has still to be said to."""
    return [asked for asked in history.renewals if asked.purpose == one.purpose and asked.version > one.version]


def withheld(history: History, day: date, asked: Iterable[str] = ()) -> frozenset[str]:
    """The purposes that are not allowed on that day, of those asked of everybody, in the history, and in `asked`.

    >>> sorted(withheld(History(), date(2026, 11, 22), ["trial:lumen"]))
    ['genetics', 'research', 'trial:lumen']
    """
    stand = standing(history)
    concerned = {*map(str, Purpose), *stand, *asked}
    return frozenset(one for one in concerned if not _holds(one, stand.get(one), history, day))


def _holds(purpose: str, decision: Decision | None, history: History, day: date) -> bool:
    if decision is None:
        return purpose in ALLOWED_UNASKED
    return decision.given and not lapses(decision, history, day)


def allowed(withheld: frozenset[str], use: Use, trial: str = "") -> bool:
    """Whether what is withheld leaves room for this use. `trial`: the key of the one to be joined.

    >>> allowed(frozenset({"sharing"}), Use.OPEN_RECORD), allowed(frozenset({"sharing"}), Use.SEE_OTHER_CENTRES)
    (True, False)
    """
    needs = NEEDS[use] | {f"{TRIAL}{trial}"} if use is Use.JOIN_TRIAL else NEEDS[use]
    return needs.isdisjoint(withheld)
