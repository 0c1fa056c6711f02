"""Signing a visit, and withdrawing a signature: by hand, or because what was signed has changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from app.access.policy import Actor
from app.accounts.queries import list_memberships, list_team_addresses
from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.assignments.visiting.actions import close_waiting
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import db, jobs
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.responses.queries import lock_response
from app.settings import settings
from app.trials.checks.actions import run_checks
from app.trials.model import Visit
from app.trials.queries import find_visit
from app.trials.signing.model import Cause, pins_of
from app.trials.signing.queries import content_of, preflight
from app.trials.visits.queries import hold, key_of

TELL_SIGNER = jobs.Job("trials:tell_signer", queue="mail")
LONGEST_REASON = 1_000
SIGN = """
INSERT INTO visit_signature (id, patient, visit, signed_by, profession, signed_at, pins, content_hash)
SELECT $1, v.patient, v.id, $3, $4, $5, $6::jsonb, $7 FROM visit v WHERE v.id = $2
"""
SIGNED = "UPDATE visit SET signed_at = $2, revision = revision + 1 WHERE id = $1"
UNSIGNED = "UPDATE visit SET signed_at = NULL, revision = revision + 1 WHERE id = $1"
STANDING = "SELECT id, patient, signed_by FROM visit_signature WHERE visit = $1 AND undone_at IS NULL FOR UPDATE"
UNDO = """
UPDATE visit_signature SET undone_at = $2, undone_by = $3, undone_cause = $4, undone_reason = $5 WHERE id = $1
"""
TOLD = """
UPDATE visit_signature SET told_at = $2 WHERE id = $1 AND told_at IS NULL AND undone_at IS NOT NULL
RETURNING visit, signed_by
"""


async def sign_visit(by: Actor, visit: UUID, seen: str, *, confirmed: bool, at: datetime) -> bool:
    """Sign a visit that is over, as it was read on the page; False if it is no longer what was read (`seen`).

    Nobody answers, corrects or scores meanwhile. Refused: `visit.not_ready` while something stands in the way,
    `visit.not_confirmed` where something must be confirmed. Signed already by the same person, nothing happens.
    """
    async with transaction():
        for response in await _responses_of(visit):
            await lock_response(response)
        found, enrolment = await hold(visit)
        if found.locked:
            return await _own(by, visit)
        await run_checks(by.id, visit, at=at)
        read = await preflight(found, enrolment, day_in(ZONE, at))
        _sent, kept, content = await content_of(found)
        if read.seen != seen:
            return False
        if read.blocking:
            raise Refused("visit.not_ready")
        if read.to_confirm and not confirmed:
            raise Refused("visit.not_confirmed")
        profession = await _profession(by, found, at)
        pins = msgspec.json.encode(pins_of(kept)).decode()
        await db.execute(SIGN, new_id(), visit, by.id, profession, at, pins, content)
        await db.execute(SIGNED, visit, at)
        # What is signed waits for nothing more: no answer that somebody gives elsewhere comes to count for it.
        await close_waiting(by.id, [visit], State.EXPIRED, at=at)
        await audit.record(
            audit.Action.VISIT_SIGNED,
            by=by.id,
            at=at,
            subject=visit,
            patient=found.patient,
            organisation=found.organisation,
            visit=found.name,
            answers=len(kept),
        )
        return True


async def _responses_of(visit: UUID) -> list[UUID]:
    """What was sent for a visit and what was begun, in the order in which everybody takes them."""
    return sorted({one.response for one in await list_of_visits([visit]) if one.response is not None})


async def _own(by: Actor, visit: UUID) -> bool:
    """Whether this very person has signed it: the form was sent twice."""
    row = await db.fetch_row(STANDING, visit)
    return row is not None and row["signed_by"] == by.id


async def _profession(by: Actor, visit: Visit, at: datetime) -> str:
    """As what somebody works in the centre of the visit."""
    places = await list_memberships(by.id, day_in(ZONE, at))
    return next((one.profession for one in places if one.organisation == visit.organisation), "other")


@dataclass(frozen=True, slots=True)
class Undoing:
    """Why a signature is withdrawn. By hand it needs words. `signature`: the one that was on the page, if any."""

    cause: Cause
    reason: str = ""
    signature: UUID | None = None


async def unsign_visit(by: UUID, visit: UUID, why: Undoing, *, at: datetime) -> bool:
    """Withdraw the signature under a visit; whether there was one, and it was the one that was meant.

    Whoever signed is told, unless they do it themselves. Refused: `visit.reason` by hand without one.
    """
    async with transaction():
        found, _enrolment = await hold(visit)
        row = await db.fetch_row(STANDING, visit)
        if row is None or why.signature not in {None, row["id"]}:
            return False
        by_hand = why.cause is Cause.BY_HAND
        if by_hand and not why.reason.strip():
            raise Refused("visit.reason")
        sealed = None
        if by_hand:
            key = await key_of(row["patient"])
            sealed = key.seal(why.reason.strip()[:LONGEST_REASON], row["id"], "visit_signature.undone_reason")
        await db.execute(UNDO, row["id"], at, by, why.cause.value, sealed)
        await db.execute(UNSIGNED, visit)
        await audit.record(
            audit.Action.VISIT_UNSIGNED,
            by=by,
            at=at,
            subject=visit,
            patient=found.patient,
            organisation=found.organisation,
            visit=found.name,
            cause=why.cause.value,
        )
        if row["signed_by"] != by:
            await jobs.defer(TELL_SIGNER, signature=str(row["id"]))
        return True


async def tell_by_mail(signature: UUID, *, at: datetime) -> None:
    """Write to whoever signed that their signature was withdrawn, once; not where they no longer work there."""
    async with transaction():
        row = await db.fetch_row(TOLD, signature, at)
        visit = None if row is None else await find_visit(row["visit"])
        if row is None or visit is None:
            return
        signer = [one for one in await list_team_addresses([visit.organisation]) if one[0] == row["signed_by"]]
        if not signer:
            return
        _account, email, language = signer[0]
        await audit.record(
            audit.Action.VISIT_SIGNER_TOLD,
            by=audit.WORKER,
            at=at,
            subject=visit.id,
            patient=visit.patient,
            account=str(row["signed_by"]),
        )
        written = letter("trials/mail_unsigned", language, address=f"{settings().base_url}/visits/{visit.id}")
        # Sent before the commit: if the server refuses, nothing was written and the job comes back.
        await send_letter(email, written, Purpose("visit", row["signed_by"], visit.id), at=at)
