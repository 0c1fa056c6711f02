"""Every page of administration."""

from typing import Any

from app.administration.routes import (
    affiliations,
    consents,
    invitations,
    organisations,
    overview,
    patients,
    permissions,
    places,
    professionals,
    removed,
    requests,
    resets,
    trail,
    trials,
)

HANDLERS: list[Any] = [
    *overview.HANDLERS,
    *requests.HANDLERS,
    *professionals.HANDLERS,
    *places.HANDLERS,
    *invitations.HANDLERS,
    *organisations.HANDLERS,
    *patients.HANDLERS,
    *affiliations.HANDLERS,
    *permissions.HANDLERS,
    *removed.HANDLERS,
    *resets.HANDLERS,
    *trail.HANDLERS,
    *consents.HANDLERS,
    *trials.HANDLERS,
]
