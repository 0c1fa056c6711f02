"""Keeping with each record what its owner does not allow, so that lists and searches need not work it out."""

from datetime import datetime
from uuid import UUID

from app.access.consent import Purpose
from app.audit import actions as audit
from app.consents import queries
from app.consents.news import ConsentSettled
from app.lib import db, jobs
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.hearing import tell
from app.lib.i18n import ZONE

# What could not be computed while the record was closed. The responses say how it is done.
REOPENED = jobs.Job("responses:score_waiting", queue="scoring")

HOLD = """
SELECT r.id, r.withheld FROM patient r
WHERE r.id = (SELECT m.root FROM patient m WHERE m.id = $1) FOR NO KEY UPDATE
"""
KEEP = "UPDATE patient SET withheld = $2 WHERE id = $1"


async def settle(patient: UUID, *, by: UUID, at: datetime) -> frozenset[str]:
    """Work out what is withheld today about a person and keep it with the record; what it comes to.

    Called in the transaction of everything that may change it: a decision, a merge, the passing of time.
    """
    async with transaction():
        held = await db.fetch_row(HOLD, patient)
        if held is None:
            raise LookupError(f"no patient {patient}")
        root, former = held["id"], frozenset(held["withheld"])
        found = await queries.withheld_of(root, day_in(ZONE, at))
        if found != former:
            await db.execute(KEEP, root, sorted(found))
            await audit.record(
                audit.Action.CONSENT_SETTLED, by=by, at=at, subject=root, patient=root, withheld=",".join(sorted(found))
            )
        if Purpose.CARE in former - found:
            await jobs.defer(REOPENED, patient=str(root))
        await tell(ConsentSettled(root, former, found, by, at))
    return found


async def note_majority(patient: UUID, *, at: datetime) -> None:
    """Somebody came of age: what others gave for them beyond care is theirs to give from now on."""
    async with transaction():
        await audit.record(
            audit.Action.CONSENT_MAJORITY_NOTED, by=audit.WORKER, at=at, subject=patient, patient=patient
        )
        await settle(patient, by=audit.WORKER, at=at)
