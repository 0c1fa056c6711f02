"""A contact of a patient as a value: who somebody is, and what they are to the patient. Pure."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

# What somebody can be to a patient; the last two are not of the family.
KINDS = (
    "mother",
    "father",
    "guardian",
    "partner",
    "child",
    "sibling",
    "grandparent",
    "friend",
    "doctor",
    "other",
)
# Who somebody is, whomever they are close to.
PERSONAL = ("given_name", "family_name", "email", "phone", "language")
ENDINGS = ("no_longer", "other_person", "died", "error", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """What a team writes of somebody close, and of what they are to the patient. `since`: from when, if known."""

    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    language: str = "fr"
    kind: str
    emergency: bool = False
    note: str = ""
    since: date | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept when something else takes its place."""
        return asdict(self) | {"since": self.since and self.since.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody close to a patient. `id` names what they are to this patient, `person` who they are.

    `revision` changes with every correction of either.
    """

    id: UUID
    person: UUID
    patient: UUID
    written_under: UUID
    known: NewContact
    until: date | None
    ended_at: datetime | None
    ended_reason: str
    revision: str

    @property
    def full_name(self) -> str:
        return f"{self.known.given_name} {self.known.family_name}".strip()

    @property
    def holds(self) -> bool:
        return self.ended_at is None


def of_person(person: NewContact, close: NewContact) -> NewContact:
    """Who somebody is by the first, and what they are to a patient by the second."""
    return replace(close, **{name: getattr(person, name) for name in PERSONAL})


@dataclass(frozen=True, slots=True)
class Former:
    """What a correction replaced, by whom and when. `revision`: what a page that showed it holds of the person."""

    revision: int
    changed_at: datetime
    changed_by: UUID
    known: NewContact


def rebased(mine: NewContact, base: NewContact, theirs: NewContact) -> tuple[NewContact, set[str]]:
    """What two corrections of `base` come to, and the fields that both changed, each otherwise; there it is mine.

    >>> base = NewContact(given_name="Ada", family_name="Roy", kind="friend")
    >>> mine, theirs = replace(base, phone="+33639980001"), replace(base, note="Deaf", phone="+33639980002")
    >>> both, colliding = rebased(mine, base, theirs)
    >>> both.note, both.phone, colliding
    ('Deaf', '+33639980001', {'phone'})
    """
    changed, colliding = set(differing(base, mine)), set(differing(mine, theirs))
    taken = {name: getattr(theirs, name) for name in set(differing(mine, theirs)) - changed}
    return replace(mine, **taken), changed & colliding & set(differing(base, theirs))


def differing(one: NewContact, other: NewContact) -> list[str]:
    """The fields in which two versions differ."""
    mine, theirs = asdict(one), asdict(other)
    return [name for name in mine if mine[name] != theirs[name]]
