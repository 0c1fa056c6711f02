"""Which values of a visit are compared with their source, and which visits are drawn in full. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.responses.model import NO_ROW
from app.trials.format.sdv import is_sampled, is_to_verify
from app.trials.format.shapes import Sdv
from app.trials.model import Visit


def sample_id(visit: Visit) -> str:
    """What a visit is drawn by: it stays when the calendar is laid out anew, and whoever is enrolled later."""
    return f"{visit.enrolment}:{visit.name}"


def is_drawn(sdv: Sdv, visit: Visit) -> bool:
    """Whether every value of a visit is verified."""
    return is_sampled(sdv, sample_id(visit))


@dataclass(frozen=True, slots=True)
class Value:
    """One answer of a visit, or a score that the plan names; `row` is that of a repeating group, NO_ROW outside one."""

    response: UUID
    questionnaire: str
    item: str
    row: UUID = NO_ROW


@dataclass(frozen=True, slots=True)
class Required:
    """What is to be verified in a visit. `plan`: all, critical, sample; `full`: every value of this visit."""

    plan: str
    full: bool
    values: tuple[Value, ...]


def required_in(sdv: Sdv, visit: Visit, values: Iterable[Value]) -> Required:
    """What the plan wants of the answers that are there."""
    drawn_by = sample_id(visit)
    chosen = tuple(one for one in values if is_to_verify(sdv, drawn_by, one.questionnaire, one.item))
    return Required(sdv.plan, is_drawn(sdv, visit), chosen)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A visit that is verified in full: whose, by code."""

    code: str
    visit: Visit
