"""A trial whose file has passed every check. Reading a file stands in `reading`, what follows from it elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.access.consent import TRIAL
from app.questionnaires.expressions.functions import full_years
from app.questionnaires.expressions.kinds import Env, Node
from app.questionnaires.shapes import Answerer, Text
from app.questionnaires.troubles import Trouble
from app.trials.format.shapes import Consent, DataCheck, TrialFile, Use, Visit


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may know of a person; None is not known. `sex`: female or male."""

    birth_date: date | None = None
    sex: str | None = None
    arm: str | None = None

    def on(self, day: date, *, first_time: bool = True) -> Env:
        """Every name a condition may use, as it stands on that day."""
        born = self.birth_date
        age = full_years(born, day) if born is not None and born <= day else None
        return {"age": age, "sex": self.sex, "arm": self.arm, "first_time": first_time}


@dataclass(frozen=True, slots=True)
class Module:
    """A part of a visit, with what included visits put into it."""

    id: str
    title: Text
    who: Answerer
    only_if: str | None
    questionnaires: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A data check ready to run. `uses`: name → (questionnaire, item or score)."""

    check: DataCheck
    node: Node
    uses: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """`modules`: visit id → what it asks, in order, includes resolved. `conditions`: their text → compiled."""

    file: TrialFile
    modules: Mapping[str, tuple[Module, ...]]
    conditions: Mapping[str, Node] = field(repr=False)
    checks: tuple[CompiledCheck, ...] = ()
    warnings: tuple[Trouble, ...] = ()

    @property
    def key(self) -> str:
        return self.file.key

    @property
    def version(self) -> str:
        return self.file.version

    def visit(self, visit_id: str) -> Visit:
        """The visit with this id; raises KeyError."""
        for visit in self.file.visits:
            if visit.id == visit_id:
                return visit
        raise KeyError(visit_id)

    def holds(self, condition: str | None, env: Env) -> bool:
        """Whether a condition of this file is true; no condition is true, an unknown one is not."""
        return condition is None or self.conditions[condition].run(env) is True

    def may_open(self, visit_id: str, held: int) -> bool:
        """Whether a visit may be opened out of plan, when so many of its kind are planned or were held."""
        visit = self.visit(visit_id)
        return self.file.unscheduled and not (visit.unique and (visit.planned or held > 0))

    def purpose(self, consent: Consent) -> str:
        """What a signature under this text allows: `trial:<key>`, or `trial:<key>:<id>` for an option."""
        purpose = f"{TRIAL}{self.key}"
        return purpose if consent.needed_for == "enrolment" else f"{purpose}:{consent.id}"
