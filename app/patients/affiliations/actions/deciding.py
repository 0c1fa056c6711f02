"""A centre that follows a record says whether another one may; its person may say no first."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import execute, fetch, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.affiliations.actions.telling import ANSWER, tell_patient
from app.patients.affiliations.model import LONGEST_NOTE, SUPERSEDED, Grounds, Question, Refusal, State, told_reason
from app.patients.affiliations.notices import Notice
from app.patients.affiliations.queries import WORDS, find_question, followers_of, lock_request

DECIDE = """
UPDATE affiliation_request_record
SET state = $2, decided_by = $3, decided_at = $4, decided_organisation = $5, reason = $6, data_key = $7, words = $8
WHERE id = $1
"""
SUPERSEDE = "UPDATE affiliation_request_record SET state = $2 WHERE request = $1 AND state = 'pending'"
WAITS = "SELECT EXISTS (SELECT FROM affiliation_request_record WHERE request = $1 AND state = 'pending')"
REASONS = "SELECT reason FROM affiliation_request_record WHERE request = $1 AND state = 'refused'"
CLOSE = "UPDATE affiliation_request SET state = $2, reason = $3, closed_at = $4 WHERE id = $1"
AFFILIATE = """
INSERT INTO affiliation (id, patient, organisation, status, valid_from, grounds, origin, granted_by, active_at)
VALUES ($1, $2, $3, 'active', $4, $5, $6, $7, $8)
"""


async def approve_request(by: Actor, question: UUID, *, at: datetime) -> None:
    """This is the person, who was told and does not object: the centre that asks follows them from now on."""
    async with transaction():
        found = await _waiting(by, question)
        if found.objected_at is not None:
            raise Refused("affiliation_request.objected")
        request, record = found.request, found.record
        await execute(DECIDE, question, State.APPROVED, by.id, at, by.organisation, "", None, None)
        await execute(SUPERSEDE, request.id, SUPERSEDED)
        await execute(CLOSE, request.id, State.APPROVED, "", at)
        if request.organisation not in await followers_of(record):
            what = (record, request.organisation, day_in(ZONE, at), Grounds.REQUEST, request.id, by.id, at)
            await execute(AFFILIATE, new_id(), *what)
        await jobs.defer(ANSWER, request=str(request.id))
        await tell_patient(record, Notice.CENTRE_FOLLOWS, at=at)
        await audit.record(
            audit.Action.AFFILIATION_GRANTED,
            by=by.id,
            at=at,
            subject=question,
            patient=record,
            organisation=by.organisation,
        )


async def refuse_request(by: Actor, question: UUID, why: Refusal, words: str, *, at: datetime) -> None:
    """Say no. The asking centre reads `why` once nobody else is left to decide; `words` stay in the own file."""
    async with transaction():
        found = await _waiting(by, question)
        wrapped = sealed = None
        if words:
            wrapped = ring().new_key(question)
            sealed = ring().open(wrapped, question).seal(words[:LONGEST_NOTE], question, WORDS)
        await execute(DECIDE, question, State.REFUSED, by.id, at, by.organisation, why, wrapped, sealed)
        if not await fetch_value(WAITS, found.request.id):
            reasons = [row["reason"] for row in await fetch(REASONS, found.request.id)]
            await execute(CLOSE, found.request.id, State.REFUSED, told_reason(reasons), at)
            await jobs.defer(ANSWER, request=str(found.request.id))
        await audit.record(
            audit.Action.AFFILIATION_REFUSED,
            by=by.id,
            at=at,
            subject=question,
            patient=found.record,
            organisation=by.organisation,
            why=why,
        )


async def _waiting(by: Actor, question: UUID) -> Question:
    """What waits for the actor's centre, its request held. Nobody decides on what they asked for themselves."""
    found = await find_question(question)
    if found is None or await lock_request(found.request.id) is None:
        raise Refused("affiliation_request.decided")
    found = await find_question(question)
    if found is None or found.state != State.PENDING or found.request.state is not State.PENDING:
        raise Refused("affiliation_request.decided")
    if found.request.asked_by == by.id or found.request.organisation == by.organisation:
        raise Refused("affiliation_request.own")
    return found


async def note_objection(by: Actor, question: UUID, *, objects: bool, at: datetime) -> None:
    """The person, or somebody who answers for them, does not want it, or thinks again. While nobody has decided."""
    async with transaction():
        found = await find_question(question)
        if found is None or await lock_request(found.request.id) is None:
            raise Refused("affiliation_request.decided")
        found = await find_question(question)  # as it stands now that it is held
        if found is None or found.state != State.PENDING or found.request.state is not State.PENDING:
            raise Refused("affiliation_request.decided")
        sql = "UPDATE affiliation_request_record SET objected_by = $2, objected_at = $3 WHERE id = $1"
        await execute(sql, question, by.id if objects else None, at if objects else None)
        await audit.record(
            audit.Action.AFFILIATION_OBJECTED,
            by=by.id,
            at=at,
            subject=question,
            patient=found.record,
            state="objects" if objects else "agrees",
        )
