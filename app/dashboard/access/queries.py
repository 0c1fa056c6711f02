"""Reads from the trail who looked at a record: people of the own centre by name, others as their centre."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.lib import db
from app.patients.queries import ids_of

LOOKS = (
    "patient.read",
    "response.read",
    "response.opened",
    "response.corrected",
    "alert.seen",
    "document.read",
    "identity.opened",
    "nir.shown",
)
LATELY = timedelta(days=90)
READERS = """
SELECT e.organisation, CASE WHEN e.organisation = $2 THEN e.actor END AS account, max(e.at) AS last,
       count(DISTINCT (e.at AT TIME ZONE 'Europe/Paris')::date) AS days
FROM audit_event e JOIN account a ON a.id = e.actor AND a.kind <> 'patient'
WHERE e.patient = ANY($1) AND e.action = ANY($3) AND e.at >= $4
GROUP BY 1, 2 ORDER BY last DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody of the own centre, or (`account` None) another centre; `organisation` None: the network."""

    organisation: UUID | None
    account: UUID | None
    last: datetime
    days: int


async def list_readers(by: Actor, patient: UUID, at: datetime) -> list[Reader]:
    """Who read the record in the last 90 days, whoever did last first."""
    rows = await db.fetch(READERS, await ids_of(patient), by.organisation, list(LOOKS), at - LATELY)
    return [Reader(*row) for row in rows]
