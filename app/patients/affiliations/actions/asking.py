"""A centre asks to follow somebody whom others may know, or thinks better of it. Each action is one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import execute, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.jobs import defer
from app.lib.keys import ring
from app.lib.throttle import Limit, within
from app.patients.affiliations.actions.telling import ASK_NETWORK, tell_centres, tell_patient
from app.patients.affiliations.model import LASTS, LONGEST_NOTE, State
from app.patients.affiliations.notices import Notice
from app.patients.affiliations.queries import followers_of, lock_request, records_elsewhere, waiting_like
from app.patients.matching.model import Match
from app.patients.model import NewPatient

# Asking tells whether somebody is known elsewhere: nobody needs more than this in a day.
BY_ONE_PERSON = Limit("affiliation.request", 20, timedelta(days=1))

INSERT = """
INSERT INTO affiliation_request (id, organisation, asked_by, asked_at, valid_until, data_key, typed, note, fingerprint)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisation, fingerprint) WHERE state = 'pending' DO NOTHING RETURNING id
"""
INSERT_RECORD = "INSERT INTO affiliation_request_record (id, request, patient, reasons) VALUES ($1, $2, $3, $4)"
CLOSE = "UPDATE affiliation_request SET state = $2, closed_at = $3 WHERE id = $1"
CLOSE_RECORDS = "UPDATE affiliation_request_record SET state = $2 WHERE request = $1 AND state = 'pending'"


async def ask_affiliation(by: Actor, typed: NewPatient, note: str, *, at: datetime) -> UUID:
    """Ask every centre that follows a record which may be this person's, without learning which; the request's id.

    Asking for the same person twice is asking once. Refused with `affiliation_request.none` when no such record is
    there (any more), and with `affiliation_request.too_many` after too many in a day.
    """
    if by.organisation is None:
        raise Refused("patient.no_centre")
    text = typed.as_text()
    fingerprint = ring().lookup("affiliation_request", f"{by.organisation}:{text}")
    async with transaction():
        waiting = await waiting_like(by.organisation, fingerprint)
        if waiting is not None:
            return waiting
        if not await within(BY_ONE_PERSON, str(by.id), at):
            raise Refused("affiliation_request.too_many")
        records = await records_elsewhere(by, typed)
        if not records:
            raise Refused("affiliation_request.none")
        request = new_id()
        wrapped = ring().new_key(request)
        key = ring().open(wrapped, request)
        sealed = key.seal(text, request, "affiliation_request.typed")
        said = key.seal(note[:LONGEST_NOTE], request, "affiliation_request.note") if note else None
        about = (request, by.organisation, by.id, at, at + LASTS)
        if await fetch_value(INSERT, *about, wrapped, sealed, said, fingerprint) is None:
            raise Refused("affiliation_request.sent")
        for record, match in records:
            await _ask_about(by, request, record, match, at)
        await audit.record(
            audit.Action.AFFILIATION_REQUESTED, by=by.id, at=at, subject=request, organisation=by.organisation
        )
    return request


async def _ask_about(by: Actor, request: UUID, record: UUID, match: Match, at: datetime) -> None:
    """One record: the person is told, and the centres that follow it are asked, or the network where none does."""
    question = new_id()
    await execute(INSERT_RECORD, question, request, record, [str(one) for one in match.reasons])
    await tell_patient(record, Notice.CENTRE_ASKS, at=at)
    centres = await followers_of(record)
    if not centres:
        await defer(ASK_NETWORK, question=str(question))
        return
    await tell_centres(centres, Notice.QUESTION)
    for centre in centres:  # in their trails: the asking centre's must not hold which records there are
        await audit.record(
            audit.Action.AFFILIATION_ASKED, by=by.id, at=at, subject=question, patient=record, organisation=centre
        )


async def withdraw_request(by: Actor, request: UUID, *, at: datetime) -> None:
    """The centre asks no longer. Refused once somebody has decided."""
    async with transaction():
        found = await lock_request(request)
        if found is None or found.state is not State.PENDING:
            raise Refused("affiliation_request.decided")
        await execute(CLOSE, request, State.WITHDRAWN, at)
        await execute(CLOSE_RECORDS, request, State.WITHDRAWN)
        await audit.record(
            audit.Action.AFFILIATION_WITHDRAWN, by=by.id, at=at, subject=request, organisation=found.organisation
        )
