"""What a person sees of their own account, as values, and what may be wrong with what they type. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.access.policy import Role
from app.accounts.model import Kind
from app.accounts.names import LONGEST, is_name


class Fault(StrEnum):
    """What is wrong with what was typed, besides the problems of signing in."""

    GIVEN_NAME_MISSING = "given_name_missing"
    FAMILY_NAME_MISSING = "family_name_missing"
    NAME_TOO_LONG = "name_too_long"
    NAME_WRONG = "name_wrong"
    CURRENT_MISSING = "current_missing"
    CURRENT_WRONG = "current_wrong"
    NEW_MISSING = "new_missing"
    NEW_SAME = "new_same"
    TOO_MANY_TRIES = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Names:
    given: str
    family: str

    @classmethod
    def of(cls, given: str, family: str) -> "Names":
        """As typed, white space tidied.

        >>> Names.of("  Anne  Marie ", "Roux")
        Names(given='Anne Marie', family='Roux')
        """
        return cls(" ".join(given.split()), " ".join(family.split()))

    def faults(self) -> dict[str, Fault]:
        """What is wrong, by field.

        >>> Names("", "Roux").faults(), Names("Anne", "R\\0").faults(), Names("Anne", "Roux").faults()
        ({'given_name': <Fault.GIVEN_NAME_MISSING: 'given_name_missing'>}, \
{'family_name': <Fault.NAME_WRONG: 'name_wrong'>}, {})
        """
        found = {}
        for field, name, missing in (
            ("given_name", self.given, Fault.GIVEN_NAME_MISSING),
            ("family_name", self.family, Fault.FAMILY_NAME_MISSING),
        ):
            if not name:
                found[field] = missing
            elif len(name) > LONGEST:
                found[field] = Fault.NAME_TOO_LONG
            elif not is_name(name):
                found[field] = Fault.NAME_WRONG
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account as its owner sees it. `phone` is empty unless it was verified."""

    kind: Kind
    given_name: str
    family_name: str
    email: str
    phone: str
    birth_date: date | None
    sex: str
    language: str
    has_password: bool
    password_changed_at: datetime | None
    has_authenticator: bool
    passkeys: int
    recovery_codes: int
    identities: int
    sessions: int
    trained_until: date | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser that is signed in; `here` is the one that asks."""

    id: UUID
    method: str
    device: str
    network: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works, as what, since when."""

    organisation_name: str
    city: str
    profession: str
    role: Role
    administers: bool
    since: date
