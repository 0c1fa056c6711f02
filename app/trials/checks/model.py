"""What a data check found in a visit, and over which values. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from app.questionnaires.expressions.kinds import Env
from app.questionnaires.model import Questionnaire
from app.responses.model import Answers, StoredScore
from app.trials.format.data_checks import Values, doubtful
from app.trials.format.model import CompiledCheck, Trial
from app.trials.model import Visit

LONGEST_NOTE = 1_000


class State(StrEnum):
    """`explained`: somebody said why the values are right. `resolved`: the check finds nothing any more."""

    OPEN = "open"
    EXPLAINED = "explained"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one visit. `patient` is the record it was written under.

    `note`: the explanation, read only where it is shown.
    """

    id: UUID
    patient: UUID
    visit: UUID
    check_id: str
    state: State
    inputs_hash: bytes
    raised_at: datetime
    explained_at: datetime | None = None
    explained_by: UUID | None = None
    resolved_at: datetime | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN


@dataclass(frozen=True, slots=True)
class Read:
    """One questionnaire of a visit as the checks read it: the newest answer to it that was sent.

    `env`: its items as expressions read them, hidden ones missing. Scores that wait to be computed are not there.
    """

    response: UUID
    questionnaire: Questionnaire
    answers: Answers
    env: Env
    scores: Mapping[str, StoredScore]

    def value(self, name: str) -> Any:
        """An item or a score; None is missing."""
        if name in self.questionnaire.questions:
            return self.env.get(name)
        stored = self.scores.get(name)
        return None if stored is None or stored.stale or stored.status != "computed" else stored.value

    def waits_for(self, name: str) -> bool:
        """Whether a name is a score that the worker has still to compute."""
        scores = self.scores.values()
        return name not in self.questionnaire.questions and (not scores or any(one.stale for one in scores))


def waits(compiled: CompiledCheck, read: Mapping[str, Read]) -> bool:
    """Whether a check reads a score that has still to be computed, or computed anew."""
    return any(key in read and read[key].waits_for(name) for key, name in compiled.uses.values())


def values_for(checks: list[CompiledCheck], read: Mapping[str, Read]) -> Values:
    """What the checks name, as far as it is known."""
    named = {use for one in checks for use in one.uses.values()}
    values: dict[str, dict[str, Any]] = {}
    for key, name in named:
        found = read[key].value(name) if key in read else None
        if found is not None:
            values.setdefault(key, {})[name] = found
    return values


def found_in(trial: Trial, visit_id: str, values: Values, env: Env) -> dict[str, bytes]:
    """The checks that are true, each with the hash of what it read. What is not known makes no check true."""
    return {one.check.id: inputs_hash(one, values, env) for one in doubtful(trial, visit_id, values, env)}


def inputs_hash(compiled: CompiledCheck, values: Values, env: Env) -> bytes:
    """SHA-256 over the values that a check reads: the same values were explained once, others were not."""
    named = {alias: values.get(key, {}).get(name) for alias, (key, name) in compiled.uses.items()}
    facts = {name: env[name] for name in compiled.node.names if name in env and name not in named}
    read = sorted((name, _plain(value)) for name, value in {**named, **facts}.items())
    return hashlib.sha256(msgspec.json.encode([compiled.check.query_if, read])).digest()


def _plain(value: Any) -> str:
    """A value so that 15 and 15.0 are one.

    >>> _plain(15) == _plain(15.0), _plain(True), _plain(None), _plain(frozenset({"b", "a"}))
    (True, 'true', 'null', 'a,b')
    """
    if isinstance(value, bool) or value is None:
        return str(msgspec.json.encode(value), "ascii")
    if isinstance(value, int | float):
        return repr(float(value))
    if isinstance(value, set | frozenset | tuple | list):
        return ",".join(sorted(map(str, value)))
    return str(value)


def day_of(visit: Visit, today: date) -> date:
    """The day of which a check may ask how old somebody was."""
    return visit.started_on or visit.completed_on or visit.target or today
