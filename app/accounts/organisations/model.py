"""A centre as a value: what it is called, what it looks after, who answers for its data. No I/O, no words."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from app.lib.i18n import ZONE


class OrganisationKind(StrEnum):
    EXPERT_CENTRE = "expert_centre"
    INCLUSION_SITE = "inclusion_site"


PATHOLOGIES = (
    "bipolar",
    "schizophrenia",
    "depression",
    "autism",
    "rett",
    "type_1_diabetes",
    "chronic_pain",
    "other",
)
# Where French-speaking centres are; days begin and end there.
TIME_ZONES = (
    ZONE,
    "Europe/Brussels",
    "Europe/Zurich",
    "Europe/London",
    "America/Martinique",
    "America/Guadeloupe",
    "America/Cayenne",
    "America/Montreal",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What may be changed. `code` names it in files and lists; `controller`, `data_owner` and
    `data_protection_officer` answer for its data."""

    code: str
    name: str
    city: str
    kind: str = OrganisationKind.EXPERT_CENTRE
    phone: str = ""
    time_zone: str = ZONE
    pathologies: tuple[str, ...] = ()
    controller: str = ""
    data_owner: str = ""
    data_protection_officer: str = ""


# What the administrators of a centre keep up to date themselves; the rest is the network's.
OF_THE_CENTRE = frozenset({"phone", "pathologies", "controller", "data_owner", "data_protection_officer"})


@dataclass(frozen=True, slots=True)
class Organisation:
    id: UUID
    details: Details
    created_at: datetime
    closed_at: datetime | None
    closed_reason: str

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def fingerprint(details: Details) -> str:
    """Changes when anything of it changes: tells whether somebody else was there in between."""
    return sha256(repr(sorted(asdict(details).items())).encode()).hexdigest()[:16]


def changed(before: Details, after: Details) -> list[str]:
    """The names of what differs.

    >>> changed(Details(code="A", name="B", city="C"), Details(code="A", name="D", city="C"))
    ['name']
    """
    later = asdict(after)
    return [name for name, value in asdict(before).items() if later[name] != value]
