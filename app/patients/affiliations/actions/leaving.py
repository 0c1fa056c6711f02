"""A centre follows somebody no more, or another practitioner does; a patient asks for it. Each is one transaction."""

from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.queries import list_team_addresses
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import execute, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.affiliations.actions.telling import tell, tell_centres, tell_patient
from app.patients.affiliations.model import LONGEST_NOTE, End, Leave
from app.patients.affiliations.notices import Notice
from app.patients.affiliations.queries import list_followings, lock_leave
from app.patients.queries import ids_of

# Of a record that took others in, each of them may have been followed by the centre.
OURS = "organisation = $1 AND patient = ANY($2) AND status = 'active' AND valid_to IS NULL"
FIRST_DAY = f"SELECT max(valid_from) FROM affiliation WHERE {OURS}"
END = f"UPDATE affiliation SET status = 'ended', valid_to = $3, ended_by = $4, ended_reason = $5 WHERE {OURS}"
CLOSE_LEAVES = """
UPDATE leave_request SET state = 'accepted', decided_by = $2, decided_at = $3
WHERE state = 'asked' AND affiliation IN (
    SELECT id FROM affiliation WHERE organisation = $1 AND patient = ANY($4) AND valid_to IS NOT NULL)
"""
PRACTITIONER = f"UPDATE affiliation SET practitioner = $3 WHERE {OURS}"
ASK = """
INSERT INTO leave_request (id, patient, affiliation, account, asked_at, data_key, note)
VALUES ($1, (SELECT patient FROM affiliation WHERE id = $2), $2, $3, $4, $5, $6)
ON CONFLICT (affiliation) WHERE state = 'asked' DO NOTHING RETURNING id
"""
DECIDE = "UPDATE leave_request SET state = $2, decided_by = $3, decided_at = $4, reply = $5 WHERE id = $1"


async def end_following(by: Actor, patient: UUID, why: End, last_day: date, *, at: datetime) -> None:
    """The actor's centre follows the person no more: its next click no longer finds the record."""
    async with transaction():
        ids = await ids_of(patient)
        await execute("SELECT FROM patient WHERE id = $1 FOR UPDATE", patient)
        first = await fetch_value(FIRST_DAY, by.organisation, ids)
        if first is None:
            raise Refused("affiliation.ended")
        if not first <= last_day <= day_in(ZONE, at):
            raise Refused("affiliation.day")
        await execute(END, by.organisation, ids, last_day, by.id, why)
        await execute(CLOSE_LEAVES, by.organisation, by.id, at, ids)
        if why is not End.DIED:  # whoever is left must not read that the person is followed no more
            await tell_patient(patient, Notice.CENTRE_LEFT, at=at)
        await audit.record(
            audit.Action.AFFILIATION_ENDED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
            why=why,
            last_day=last_day.isoformat(),
        )


async def choose_practitioner(by: Actor, patient: UUID, practitioner: UUID | None, *, at: datetime) -> None:
    """Whom the person sees in the actor's centre; None: nobody in particular."""
    async with transaction():
        team = {account for account, _, _ in await list_team_addresses([by.organisation] if by.organisation else [])}
        if practitioner is not None and practitioner not in team:
            raise Refused("affiliation.practitioner")
        await execute(PRACTITIONER, by.organisation, await ids_of(patient), practitioner)
        await audit.record(
            audit.Action.PRACTITIONER_CHOSEN,
            by=by.id,
            at=at,
            subject=practitioner or patient,
            patient=patient,
            organisation=by.organisation,
        )


async def ask_to_leave(by: Actor, patient: UUID, affiliation: UUID, note: str, *, at: datetime) -> None:
    """The person asks a centre to follow them no more; it is told and decides. Asking twice is asking once."""
    async with transaction():
        held = {one.id: one for one in await list_followings(patient) if one.active}
        if affiliation not in held:
            raise Refused("affiliation.ended")
        leave = new_id()
        wrapped = ring().new_key(leave)
        sealed = ring().open(wrapped, leave).seal(note[:LONGEST_NOTE], leave, "leave_request.note") if note else None
        if await fetch_value(ASK, leave, affiliation, by.id, at, wrapped, sealed) is None:
            return
        centre = held[affiliation].organisation
        await tell_centres([centre], Notice.LEAVE_ASKED)
        await audit.record(
            audit.Action.LEAVE_ASKED, by=by.id, at=at, subject=leave, patient=patient, organisation=centre
        )


async def withdraw_leave(by: Actor, leave: UUID, *, at: datetime) -> None:
    """The person thinks better of it."""
    async with transaction():
        found = await _asked(leave)
        await execute(DECIDE, leave, "withdrawn", by.id, at, None)
        await audit.record(
            audit.Action.LEAVE_DECIDED, by=by.id, at=at, subject=leave, patient=found.patient, state="withdrawn"
        )


async def keep_following(by: Actor, leave: UUID, reply: str, *, at: datetime) -> None:
    """The centre goes on, and says why. To agree is to end following."""
    async with transaction():
        found = await _asked(leave)
        key = ring().open(await fetch_value("SELECT data_key FROM leave_request WHERE id = $1", leave), leave)
        sealed = key.seal(reply[:LONGEST_NOTE], leave, "leave_request.reply")
        await execute(DECIDE, leave, "refused", by.id, at, sealed)
        await tell([found.account], Notice.LEAVE_DECIDED)
        await audit.record(
            audit.Action.LEAVE_DECIDED,
            by=by.id,
            at=at,
            subject=leave,
            patient=found.patient,
            organisation=by.organisation,
            state="refused",
        )


async def _asked(leave: UUID) -> Leave:
    found = await lock_leave(leave)
    if found is None or found.state != "asked":
        raise Refused("leave.decided")
    return found
