"""What somebody is asked to decide again, for themselves or for whom they may sign."""

from datetime import date
from uuid import UUID

from app.access.policy import Actor, Permission, Scope, allows
from app.consents.model import Line
from app.consents.queries import lines_of


async def list_to_decide(by: Actor, day: date) -> list[tuple[UUID, Line]]:
    """(patient, purpose), their own first: a text was renewed, or what others gave for them is theirs to give now."""
    mine = sorted(one for one in by.patients if allows(by, Permission.CONSENT_SIGN, Scope(one)))
    mine.sort(key=lambda one: one in by.proxy_for)
    return [(patient, line) for patient in mine for line in (await lines_of(patient, day))[0] if line.to_decide]
