"""The visits of a trial file: ids, anchors, arms and windows. What they ask is judged in `modules`."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from app.trials.format.calendar import ends, targets
from app.trials.format.checking.findings import Findings
from app.trials.format.shapes import Every, Visit
from app.trials.format.spans import Span, between, read_span, within_limits

MOST_REPEATS = 200
SAMPLE_DAYS = [date(year, month, day) for year in (2023, 2024) for month in range(1, 13) for day in (1, 15, 28)]
SAMPLE_DAYS += [date(2024, 2, 29), *(date(2023, month, 31) for month in (1, 3, 5, 7, 8, 10, 12))]
"""Anchors on which windows are tried: short and long months, a leap year, month ends."""


def check_visits(found: Findings) -> None:
    events = {event.id for event in found.file.events}
    above: dict[str, Visit] = {}
    seen = {"inclusion", "birth"}
    if not found.file.visits:
        found.say("T17", "$.visits", "The trial has no visit.", "Add at least one.")
    for i, visit in enumerate(found.file.visits):
        place = f"$.visits[{i}]"
        found.identifier(visit.id, f"{place}.id", seen, "T06")
        found.text(visit.title, f"{place}.title")
        found.text(visit.description, f"{place}.description")
        _check_arms(found, visit, place)
        if visit.planned:
            _check_anchor(found, visit, place, above, events)
            _check_planned(found, visit, place)
        else:
            _check_unplanned(found, visit, place)
        above[visit.id] = visit


def _check_arms(found: Findings, visit: Visit, place: str) -> None:
    for arm in visit.arms or ():
        if arm not in found.file.arms:
            remedy = f"The arms are: {', '.join(found.file.arms) or 'none'}."
            found.say("T13", f"{place}.arms", f"There is no arm '{arm}'.", remedy)
    if visit.arms == []:
        found.say("T13", f"{place}.arms", "The visit is of no arm.", "Name one, or remove arms: for all.")


def _check_anchor(found: Findings, visit: Visit, place: str, above: dict[str, Visit], events: set[str]) -> None:
    kind, _, name = visit.after.partition(":")
    other = above.get(name) if kind == "visit" else None
    if other is not None and (other.repeat is not None or not other.planned):
        message = f"'{name}' is not planned for one day, so there is none to count from."
        found.say("T28", f"{place}.after", message, "Count from a visit that does not repeat, or from an event.")
    elif other is None and visit.after not in ("inclusion", "birth") and not (kind == "event" and name in events):
        remedy = "Use inclusion, birth, event:<id> or visit:<id of an earlier visit>."
        found.say("T07", f"{place}.after", f"There is no anchor '{visit.after}'.", remedy)


def _check_unplanned(found: Findings, visit: Visit, place: str) -> None:
    for name in ("at", "best", "permitted", "repeat", "after"):
        if f"{place}.{name}" in found.document.lines:
            message = f"A visit that is not planned has no {name}:."
            found.say("T31", f"{place}.{name}", message, "Remove the key, or planned: false.")
    if not found.file.unscheduled:
        message = "The visit is not planned, and the trial allows no visit out of plan: it could never be held."
        found.say("T31", f"{place}.planned", message, "Write unscheduled: true for the trial.")


def _check_planned(found: Findings, visit: Visit, place: str) -> None:
    lengths = [found.span(visit.at, f"{place}.at")]
    for name in ("best", "permitted"):
        pair: list[str] | None = getattr(visit, name)
        if pair is None:
            found.say("T31", place, f"The visit has no {name} window.", f"Add {name}: [-2 weeks, 2 weeks].")
        elif len(pair) != 2:
            found.say("T08", f"{place}.{name}", "A window has two ends.", "Write [-2 weeks, 2 weeks].")
        lengths += [found.span(one, f"{place}.{name}") for one in pair or ()]
    whole = visit.best is not None and visit.permitted is not None and None not in lengths and len(lengths) == 5
    repeats = visit.repeat is not None and _check_repeat(found, visit, visit.repeat, place)
    if whole:
        _check_windows(found, visit, place)
    if whole and repeats:
        _check_overlap(found, visit, place)


def _check_windows(found: Findings, visit: Visit, place: str) -> None:
    best, permitted = ends(visit)
    for name, pair in (("best", best), ("permitted", permitted)):
        if any(first > last for first, last in (between(day, pair) for day in SAMPLE_DAYS)):
            found.say("T09", f"{place}.{name}", "The window ends before it begins.", "Put the earlier end first.")
    for day in SAMPLE_DAYS:
        inner, outer = between(day, best), between(day, permitted)
        if inner[0] < outer[0] or inner[1] > outer[1]:
            remedy = "Widen permitted: or narrow best:."
            found.say("T10", f"{place}.best", "The best window is not inside the permitted one.", remedy)
            return


def _check_repeat(found: Findings, visit: Visit, repeat: Every, place: str) -> bool:
    """Whether the repeats can be laid out."""
    step, first = found.span(repeat.every, f"{place}.repeat.every"), read_span(visit.at) or Span()
    if visit.unique:
        message = "The visit is unique, yet it repeats."
        found.say("T32", f"{place}.unique", message, "Remove unique: or repeat:.")
    if not 1 <= repeat.times <= MOST_REPEATS:
        message = f"A repeat needs a number of times from 1 to {MOST_REPEATS}."
        found.say("T12", f"{place}.repeat.times", message, "Correct times:.")
        return False
    if step is None:
        return False
    if step.months <= 0 and step.days <= 0:
        found.say("T12", f"{place}.repeat.every", "The step does not go forward.", "Write e.g. 6 months.")
        return False
    if not within_limits(first.plus(step.times(repeat.times))):
        found.say("T12", f"{place}.repeat.times", "The last repeat lies beyond 120 years.", "Correct times:.")
        return False
    return True


def _check_overlap(found: Findings, visit: Visit, place: str) -> None:
    permitted = ends(visit)[1]
    for day in SAMPLE_DAYS:
        windows = (between(target, permitted) for target in targets(visit, day)[:14])
        if any(one[1] >= following[0] for one, following in pairwise(windows)):
            message = "Its permitted window reaches into that of its next repeat."
            found.say("T11", f"{place}.repeat", message, "Narrow permitted: or lengthen the step.")
            return


def check_neighbours(found: Findings) -> None:
    """Warns of visits of one arm and anchor that may both be held on one day. Only for visits without errors."""
    visits = [(i, visit) for i, visit in enumerate(found.file.visits) if visit.planned]
    for n, (_, one) in enumerate(visits):
        for i, other in visits[n + 1 :]:
            if one.after == other.after and _share_arm(one, other) and _overlap(one, other):
                message = f"Its permitted window overlaps that of '{one.id}'."
                remedy = "Narrow one of them, or say why in a comment."
                found.warn("T18", f"$.visits[{i}]", message, remedy)


def _share_arm(one: Visit, other: Visit) -> bool:
    return one.arms is None or other.arms is None or bool(set(one.arms) & set(other.arms))


def _overlap(one: Visit, other: Visit) -> bool:
    """Whether two windows share a day, on one anchor; each visit's own windows are known to be apart."""
    both = sorted(window for visit in (one, other) for window in _windows(visit, SAMPLE_DAYS[0]))
    return any(first[1] >= second[0] for first, second in pairwise(both))


def _windows(visit: Visit, anchor: date) -> Iterator[tuple[date, date]]:
    permitted = ends(visit)[1]
    return (between(target, permitted) for target in targets(visit, anchor))
