"""What an amendment does to people who are enrolled already: foreseen by `plan`, done by `apply`. Pure.

Visits with answers, visits that are over and visits of another version than the one somebody follows are never
touched behind their back: a visit moves only while nothing has happened in it and its window is still to come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.questionnaires.head import version_key
from app.trials.format.calendar import Planned, plan_calendar
from app.trials.format.model import Facts, Trial

RULES = ("keep", "future_visits", "reconsent")
"""From the mildest to the strictest."""


class Kind(StrEnum):
    VERSION = "version"
    CONSENT_AGAIN = "consent_again"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    ASKS_MORE = "asks_more"
    ASKS_LESS = "asks_less"
    ASKS_OTHERWISE = "asks_otherwise"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an amendment does to one enrolment. `visit`: its name, "" for the enrolment as a whole.

    `held`: it waits until the person has agreed to the amendment. `detail` is for the eyes of a data manager.
    """

    enrolment: str
    kind: Kind
    visit: str = ""
    detail: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody in the trial, as planning sees them.

    `version`: the one that they follow. `visits`: by name, as they were planned, with all they ask (what is asked
    `once` too, answered or not). `touched`: names of those begun, skipped or with an answer. `held`: the version that
    waits for their consent, None for none. `consented`: whether everything that the newest reconsenting amendment
    asks to be signed is signed since.
    """

    id: str
    version: str
    anchors: Mapping[str, date]
    facts: Facts
    visits: Mapping[str, Planned]
    touched: frozenset[str] = frozenset()
    held: str | None = None
    consented: bool = False


def rule_for(new: Trial, version: str) -> str | None:
    """What becomes of somebody who follows a version: the strictest rule of every amendment above it.

    A protocol is followed whole, so amendments cannot be taken one by one: whoever stayed behind at one that said
    `keep` follows with the next that says more. None where the version is that of the file. Raises ValueError for a
    version above that of the file: an older file is never applied over a newer one.
    """
    followed, wanted = version_key(version), version_key(new.version)
    if followed is None or wanted is None or followed > wanted:
        raise ValueError(f"{new.key}: {version} is not a version before {new.version}")
    if followed == wanted:
        return None
    above = [one for one in new.file.amendments if (key := version_key(one.version)) is not None and key > followed]
    return max((one.enrolled_people for one in above), key=RULES.index, default="keep")


def plan(new: Trial, enrolments: Sequence[Enrolment], today: date) -> list[Change]:
    """What `apply` would do today, in the order of the enrolments; empty when it has been done."""
    return [change for one in enrolments for change in _changes(new, one, today)]


def apply(new: Trial, enrolments: Sequence[Enrolment], today: date) -> list[Enrolment]:
    """The enrolments afterwards; those that nothing is done to are the same objects. Twice is once."""
    return [_applied(new, one, today) for one in enrolments]


def _changes(new: Trial, one: Enrolment, today: date) -> Iterator[Change]:
    rule = rule_for(new, one.version)
    if rule in (None, "keep"):
        return
    held = rule == "reconsent" and not one.consented
    if held and one.held == new.version:
        return
    if held:
        yield Change(one.id, Kind.CONSENT_AGAIN, detail=new.version)
    yield Change(one.id, Kind.VERSION, detail=f"{one.version} → {new.version}", held=held)
    for name, before, after in _differing(new, one):
        for kind, detail in _compared(before, after, _why_kept(one, name, before, after, today)):
            yield Change(one.id, kind, name, detail, held)


def _applied(new: Trial, one: Enrolment, today: date) -> Enrolment:
    rule = rule_for(new, one.version)
    if rule in (None, "keep"):
        return one
    if rule == "reconsent" and not one.consented:
        return one if one.held == new.version else replace(one, held=new.version)
    visits = dict(one.visits)
    for name, before, after in _differing(new, one):
        if _why_kept(one, name, before, after, today):
            continue
        if after is None:
            del visits[name]
        else:
            visits[name] = after
    return replace(one, version=new.version, visits=visits, held=None)


def _differing(new: Trial, one: Enrolment) -> Iterator[tuple[str, Planned | None, Planned | None]]:
    """Name, visit as it stands and as the new version plans it, wherever they differ; by target day."""
    wanted = {visit.name: visit for visit in plan_calendar(new, one.anchors, one.facts)}
    both = {**wanted, **one.visits}
    for name in sorted(both, key=lambda name: (both[name].target, name)):
        before, after = one.visits.get(name), wanted.get(name)
        if before != after:
            yield name, before, after


def _why_kept(one: Enrolment, name: str, before: Planned | None, after: Planned | None, today: date) -> str:
    """Why a visit stays as it is; "" where it follows the new version."""
    if name in one.touched:
        return "touched"
    if before is not None and before.permitted[1] < today:
        return "over"
    return "past" if after is not None and after.permitted[1] < today else ""


def _compared(before: Planned | None, after: Planned | None, kept: str) -> Iterator[tuple[Kind, str]]:
    """What changes in one visit, with words for a data manager."""
    if kept:
        if before is not None:  # a visit that would come too late is simply not added
            yield Kind.KEPT, kept
    elif before is None:
        if after is not None:
            yield Kind.ADDED, after.target.isoformat()
    elif after is None:
        yield Kind.REMOVED, before.target.isoformat()
    else:
        if (before.target, before.window) != (after.target, after.window):
            yield Kind.MOVED, f"{before.target} → {after.target}"
        yield from _asked_differently(before, after)


def _asked_differently(before: Planned, after: Planned) -> Iterator[tuple[Kind, str]]:
    old = {(one.key, one.who): one for one in before.questionnaires}
    new = {(one.key, one.who): one for one in after.questionnaires}
    for kind, keys in ((Kind.ASKS_MORE, new.keys() - old.keys()), (Kind.ASKS_LESS, old.keys() - new.keys())):
        if keys:
            yield kind, ", ".join(sorted(f"{key} ({who})" for key, who in keys))
    same = old.keys() == new.keys()
    if (same and before.questionnaires != after.questionnaires) or before.place != after.place:
        changed = sorted({key for key, who in old.keys() & new.keys() if old[key, who] != new[key, who]})
        yield Kind.ASKS_OTHERWISE, ", ".join(changed) or after.place
