"""Walks to the provider and back, and what may go wrong on the way. No I/O, no words."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from app.lib.openid import Walk

BY_OIDC = "oidc"
WALK_LASTS = timedelta(minutes=10)


class OidcProblem(StrEnum):
    """Why nobody was signed in or linked; the words are in wording.py."""

    UNKNOWN = "oidc_unknown"
    WALK_OVER = "oidc_walk_over"
    REFUSED = "oidc_refused"
    UNREACHABLE = "oidc_unreachable"
    NOT_VOUCHED_FOR = "oidc_not_vouched_for"
    TAKEN = "oidc_taken"
    OTHER_PERSON = "oidc_other_person"
    TOO_MANY = "oidc_too_many"


@dataclass(frozen=True, slots=True)
class Return:
    """A walk whose traveller is back. `account`: who links an identity to their own; none when signing in."""

    id: UUID
    walk: Walk
    following: str
    account: UUID | None


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The identity is known, but was vouched for by one factor: the token of the attempt that asks for another."""

    token: str
    email: str
