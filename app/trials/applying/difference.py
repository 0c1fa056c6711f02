"""What differs between two versions of a protocol, line by line, for the eyes of a data manager. In English. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.questionnaires.model import text
from app.trials.format.model import Module, Trial
from app.trials.format.shapes import Use, Visit

HEAD = ("title", "sponsor", "principal_investigator", "registrations", "source", "time_zone", "unscheduled")
WHEN = ("planned", "unique", "after", "at", "repeat", "best", "permitted", "place", "arms")
LISTS = {
    "arms": "arm",
    "events": "event",
    "consents": "consent",
    "eligibility": "eligibility rule",
    "data_checks": "data check",
    "reminders": "reminder",
}


def compare(old: Trial | None, new: Trial) -> list[str]:
    """A line for each difference: `+` is new, `-` is gone, `~` is otherwise. Of a first version: what there is.

    The words of the file count, not their order; that a questionnaire has changed in the library is not seen here.
    """
    if old is None:
        return [f"+ visit {visit.id}: {_when(visit)}; {_asks(new, visit.id)}" for visit in new.file.visits]
    return [*_head(old, new), *_lists(old, new), *_visits(old, new), *_plan_of_checks(old, new)]


def _head(old: Trial, new: Trial) -> Iterator[str]:
    for name in HEAD:
        before, after = getattr(old.file, name), getattr(new.file, name)
        if before != after:
            yield f"~ {name.replace('_', ' ')}: {_said(before)} → {_said(after)}"
    if old.file.description != new.file.description:
        yield "~ description"


def _lists(old: Trial, new: Trial) -> Iterator[str]:
    for name, word in LISTS.items():
        before, after = _by_id(getattr(old.file, name)), _by_id(getattr(new.file, name))
        yield from (f"+ {word} {one}" for one in after if one not in before)
        yield from (f"- {word} {one}" for one in before if one not in after)
        for one in after:
            if one in before and before[one] != after[one]:
                yield f"~ {word} {one}: {', '.join(_fields(before[one], after[one])) or 'words'}"


def _by_id(things: Any) -> dict[str, Any]:
    return dict(things) if isinstance(things, Mapping) else {one.id: one for one in things}


def _fields(before: Any, after: Any) -> list[str]:
    """The parts of two like things that differ, by name."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return [name for name in new if old.get(name) != new[name]]


def _visits(old: Trial, new: Trial) -> Iterator[str]:
    before, after = ({one.id: one for one in trial.file.visits} for trial in (old, new))
    yield from (f"+ visit {one}: {_when(after[one])}; {_asks(new, one)}" for one in after if one not in before)
    yield from (f"- visit {one}" for one in before if one not in after)
    for one in after:
        if one in before:
            yield from (f"~ visit {one}: {said}" for said in _changed(before[one], after[one]))
            yield from (f"~ visit {one} {said}" for said in _asked(old.modules[one], new.modules[one]))


def _changed(before: Visit, after: Visit) -> Iterator[str]:
    for name in WHEN:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield f"{name} {_said(old)} → {_said(new)}"
    if (before.title, before.description) != (after.title, after.description):
        yield "words"


Uses = dict[tuple[str, str], tuple[str, str | None, Use]]


def _uses(modules: Sequence[Module]) -> Uses:
    """(questionnaire, who answers) → the module, its condition, how it is asked."""
    return {
        (use.key, use.who or module.who): (module.id, module.only_if, use)
        for module in modules
        for use in module.questionnaires
    }


def _asked(old: Sequence[Module], new: Sequence[Module]) -> Iterator[str]:
    before, after = _uses(old), _uses(new)
    more, less = ([f"{key} ({who})" for key, who in one] for one in (after.keys() - before, before.keys() - after))
    if more:
        yield f"asks more: {', '.join(sorted(more))}"
    if less:
        yield f"asks less: {', '.join(sorted(less))}"
    same = [one for one in after if one in before]
    otherwise = sorted(key for key, who in same if before[key, who] != after[key, who])
    if otherwise:
        yield f"asks otherwise: {', '.join(otherwise)}"
    if [one for one in before if one in after] != same:
        yield "asks in another order"


def _plan_of_checks(old: Trial, new: Trial) -> Iterator[str]:
    if old.file.sdv != new.file.sdv:
        yield f"~ source data verification: {', '.join(_fields(old.file.sdv, new.file.sdv))}"


def _when(visit: Visit) -> str:
    if not visit.planned:
        return "opened when it happens"
    repeat = f", every {visit.repeat.every}, {visit.repeat.times} times" if visit.repeat else ""
    return f"{visit.at} from {visit.after}{repeat}, permitted {_said(visit.permitted)}"


def _asks(trial: Trial, visit: str) -> str:
    number = sum(len(module.questionnaires) for module in trial.modules[visit])
    return f"{number} questionnaire{'' if number == 1 else 's'}"


def _said(value: Any) -> str:
    """A value of a file on one line.

    >>> _said(["-1 week", "1 week"]), _said(None), _said({"en": "Study", "fr": "Étude"}), _said(True)
    ('-1 week – 1 week', 'nothing', 'Study', 'yes')
    """
    if value is None or value in ({}, []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return text(value, "en") if "en" in value else ", ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, list):
        return " – ".join(map(str, value))
    every, times = getattr(value, "every", None), getattr(value, "times", None)
    return f"every {every}, {times} times" if every else str(value)
