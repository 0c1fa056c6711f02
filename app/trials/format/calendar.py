"""The planned visits of one person: targets, windows, and what each visit asks of whom. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date

from app.questionnaires.expressions.kinds import Env
from app.trials.format.model import Facts, Trial
from app.trials.format.shapes import Visit
from app.trials.format.spans import Span, Window, add, between, span_of

Days = tuple[tuple[date, date], tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One questionnaire of a visit. `order` counts from 1. `once`: only while it was not answered in the enrolment."""

    module: str
    key: str
    who: str
    required: bool = True
    version: str | None = None
    reuse: Span | None = None
    once: bool = False
    order: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit with its days: first and last, both included."""

    visit: str
    number: int
    target: date
    best: tuple[date, date]
    permitted: tuple[date, date]
    questionnaires: tuple[Asked, ...]
    place: str = "site"

    @property
    def name(self) -> str:
        return f"{self.visit}#{self.number}"

    @property
    def window(self) -> Window:
        return Window(self.best, self.permitted)


def plan_calendar(
    trial: Trial, anchors: Mapping[str, date], facts: Facts, answered_once: Set[str] = frozenset()
) -> list[Planned]:
    """Every planned visit whose anchor is known, by target day.

    `anchors`: `inclusion`, `birth` (else the birth date of the facts), `event:<id>`, `visit:<id>` (the day on which
    it was held). Ages are those of the target day. What is counted from a birth or an event and was over before the
    inclusion is left out; the others keep their numbers. `answered_once`: keys of the questionnaires asked `once`
    that this enrolment has answered: no visit asks for them any more.
    """
    known = {"birth": facts.birth_date, **anchors}
    planned: list[Planned] = []
    for visit in trial.file.visits:
        if _concerns(visit, facts) and (anchor := known.get(visit.after)) is not None:
            first = True
            for number, target, days in _days(visit, anchor, anchors.get("inclusion")):
                env = facts.on(target, first_time=first)
                asked = questionnaires_of(trial, visit.id, env, answered_once)
                planned.append(Planned(visit.id, number, target, *days, asked, visit.place))
                first = False
    return sorted(planned, key=lambda one: one.target)


def _days(visit: Visit, anchor: date, inclusion: date | None) -> Iterator[tuple[int, date, Days]]:
    """Number, target, and the best and the permitted days of each repeat that somebody can still come to."""
    best, permitted = ends(visit)
    for number, target in enumerate(targets(visit, anchor)):
        days = between(target, best), between(target, permitted)
        before = inclusion is not None and days[1][1] < inclusion
        if visit.after == "inclusion" or not before:
            yield number, target, days


def waiting(trial: Trial, anchors: Mapping[str, date], facts: Facts) -> list[Visit]:
    """The planned visits of this arm that wait for their anchor."""
    known = {"birth": facts.birth_date, **anchors}
    return [visit for visit in trial.file.visits if _concerns(visit, facts) and known.get(visit.after) is None]


def targets(visit: Visit, anchor: date) -> list[date]:
    """The target day of each repeat, always counted from the anchor."""
    first = span_of(visit.at)
    if visit.repeat is None:
        return [add(anchor, first)]
    step = span_of(visit.repeat.every)
    return [add(anchor, first.plus(step.times(n))) for n in range(visit.repeat.times)]


def questionnaires_of(
    trial: Trial, visit_id: str, env: Env, answered_once: Set[str] = frozenset()
) -> tuple[Asked, ...]:
    """What a visit asks of somebody of whom `env` holds (`Facts.on`); also for a visit out of plan."""
    asked: list[Asked] = []
    for module in trial.modules[visit_id]:
        if not trial.holds(module.only_if, env):
            continue
        for use in module.questionnaires:
            if (use.once and use.key in answered_once) or not trial.holds(use.only_if, env):
                continue
            reuse = span_of(use.reuse) if use.reuse else None
            who = use.who or module.who
            order = len(asked) + 1
            asked.append(Asked(module.id, use.key, who, use.required, use.version, reuse, use.once, order))
    return tuple(asked)


def _concerns(visit: Visit, facts: Facts) -> bool:
    return visit.planned and (visit.arms is None or facts.arm in visit.arms)


def ends(visit: Visit) -> tuple[tuple[Span, Span], tuple[Span, Span]]:
    """The best and the permitted window of a planned visit, from its target."""
    best, permitted = visit.best or ["0", "0"], visit.permitted or ["0", "0"]
    return (span_of(best[0]), span_of(best[1])), (span_of(permitted[0]), span_of(permitted[1]))
