"""Taking a record out of sight, bringing it back, and what patients ask about that. Each action is one transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.links.queries import accounts_to_tell
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.affiliations.actions.telling import tell, tell_centres, tell_patient
from app.patients.affiliations.notices import Notice
from app.patients.identity.model import Kind as PastKind
from app.patients.identity.model import Past
from app.patients.identity.queries import write_history
from app.patients.queries import ids_of, lock_patient, organisations_of_patient
from app.patients.removing.model import State

REMOVE = "UPDATE patient SET removed_at = $2, removed_by = $3, removed_kind = $4, removed_reason = $5 WHERE id = $1"
RESTORE = """
UPDATE patient SET removed_at = NULL, removed_by = NULL, removed_kind = '', removed_reason = NULL
WHERE id = $1 AND removed_at IS NOT NULL RETURNING data_key
"""
ASK = """
INSERT INTO removal_request (id, patient, account, asked_at, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (patient) WHERE state = 'asked' DO NOTHING
"""
DECIDE = """
UPDATE removal_request SET state = $2, decided_by = $3, decided_at = $4, organisation = $5
WHERE patient = ANY($1) AND state = 'asked' RETURNING id, patient, account
"""


async def remove_record(
    by: Actor, patient: UUID, kind: str, reason: str, *, has_open_alerts: Callable[[], Awaitable[bool]], at: datetime
) -> None:
    """Take a record out of every page, list and search; it can be brought back.

    Refused while another centre follows the person, from whom it would be taken too, and while an alert waits to be
    taken up, which is asked once no other can be raised. Whoever signs in for the patient is told.
    """
    async with transaction():
        _, key = await lock_patient(patient)
        if await organisations_of_patient(patient) - {by.organisation}:
            raise Refused("patient.followed_elsewhere")
        if await has_open_alerts():
            raise Refused("patient.alerts_open")
        ids = await ids_of(patient)
        sealed = key.seal(reason, patient, "patient.removed_reason")
        await write_history(patient, key, Past(PastKind.REMOVED, None, reason, by.id, by.organisation, at))
        await db.fetch(DECIDE, ids, State.ACCEPTED, by.id, at, by.organisation)
        await tell_patient(patient, Notice.RECORD_REMOVED, at=at)
        await db.execute(REMOVE, patient, at, by.id, kind, sealed)
        await audit.record(
            audit.Action.PATIENT_REMOVED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
            removal_kind=kind,
        )


async def restore_record(by: Actor, patient: UUID, reason: str, *, at: datetime) -> None:
    """Bring a record back to whoever followed it. Refused when it is there."""
    async with transaction():
        wrapped = await db.fetch_value(RESTORE, patient)
        if wrapped is None:
            raise Refused("patient.not_removed")
        past = Past(PastKind.RESTORED, None, reason, by.id, by.organisation, at)
        await write_history(patient, ring().open(wrapped, patient), past)
        await tell_patient(patient, Notice.RECORD_RESTORED, at=at)
        await audit.record(
            audit.Action.PATIENT_RESTORED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
        )


async def ask_removal(by: Actor, patient: UUID, reason: str, *, at: datetime) -> None:
    """A patient, or whoever answers for them, asks that the record be removed. Asking twice is asking once."""
    async with transaction():
        _, key = await lock_patient(patient)
        row = new_id()
        sealed = key.seal(reason, row, "removal_request.reason") if reason else None
        if await db.execute(ASK, row, patient, by.id, at, sealed) == "INSERT 0 0":
            return
        await tell_centres(await organisations_of_patient(patient), Notice.REMOVAL_ASKED)
        await audit.record(audit.Action.REMOVAL_ASKED, by=by.id, at=at, subject=row, patient=patient)


async def withdraw_removal(by: Actor, patient: UUID, *, at: datetime) -> None:
    """They ask no longer. Refused once it was decided."""
    async with transaction():
        await lock_patient(patient)
        taken_back = await db.fetch(DECIDE, await ids_of(patient), State.WITHDRAWN, by.id, at, None)
        if not taken_back:
            raise Refused("removal.decided")
        await audit.record(
            audit.Action.REMOVAL_WITHDRAWN, by=by.id, at=at, subject=taken_back[0]["id"], patient=patient
        )


async def refuse_removal(by: Actor, patient: UUID, words: str, *, at: datetime) -> None:
    """Say no, in words that whoever asked reads. Refused when somebody has decided."""
    async with transaction():
        await lock_patient(patient)
        decided = await db.fetch(DECIDE, await ids_of(patient), State.REFUSED, by.id, at, by.organisation)
        if not decided:
            raise Refused("removal.decided")
        for row in decided:
            wrapped = await db.fetch_value("SELECT data_key FROM patient WHERE id = $1", row["patient"])
            sealed = ring().open(wrapped, row["patient"]).seal(words, row["id"], "removal_request.words")
            await db.execute("UPDATE removal_request SET words = $2 WHERE id = $1", row["id"], sealed)
        still = await accounts_to_tell(await ids_of(patient), day_in(ZONE, at))
        await tell({row["account"] for row in decided} & set(still), Notice.REMOVAL_DECIDED)
        await audit.record(
            audit.Action.REMOVAL_REFUSED,
            by=by.id,
            at=at,
            subject=decided[0]["id"],
            patient=patient,
            organisation=by.organisation,
        )
