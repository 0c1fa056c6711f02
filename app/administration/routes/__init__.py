"""Every page of administration."""

from typing import Any

from app.administration.routes import (
    invitations,
    organisations,
    overview,
    patients,
    permissions,
    places,
    professionals,
    resets,
)

HANDLERS: list[Any] = [
    *overview.HANDLERS,
    *professionals.HANDLERS,
    *places.HANDLERS,
    *invitations.HANDLERS,
    *organisations.HANDLERS,
    *patients.HANDLERS,
    *permissions.HANDLERS,
    *resets.HANDLERS,
]
