"""What somebody may do for a patient: changed, agreed to, ended. Linking is in accounts.actions.places.

Each action is one transaction.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.access.rights import Right
from app.accounts.proxies import queries
from app.accounts.proxies.model import Beyond, Ended, Link, Terms
from app.accounts.queries import get_email, get_language
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import execute, fetch, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.settings import settings

TELL = jobs.Job("proxies:tell_of_majority", queue="mail")
A_DAY = timedelta(days=1)
CHANGE = """
UPDATE patient_link SET rights = $2, beyond = $3, beyond_on = $4, contact = coalesce($5, contact),
    revision = revision + 1
WHERE id = ANY($1)
"""
END = """
UPDATE patient_link SET valid_to = $2, ended_at = $3, ended_by = $4, ended_reason = $5, revision = revision + 1
WHERE id = ANY($1)
"""
MOVE = """
UPDATE patient_link l SET contact = $3 FROM patient p
WHERE p.id = l.patient AND p.root = ANY($1) AND l.contact = $2 RETURNING l.account, p.root
"""
TOLD = "UPDATE patient_link SET majority_at = $2 WHERE id = ANY($1)"


async def change_proxy(by: Actor, link: UUID, terms: Terms, revision: int, *, at: datetime) -> Link | None:
    """Give a proxy other rights, or another ground beyond 18. What stands there, where it is not `revision`."""
    async with transaction():
        held = await _held(link, at)
        if held.revision != revision:
            return held
        await _change(by, held, terms, at)
        await audit.record(
            audit.Action.PROXY_CHANGED,
            by=by.id,
            at=at,
            subject=held.account,
            patient=held.patient,
            organisation=by.organisation,
            rights=_said(terms),
            beyond=terms.beyond,
        )
    return None


async def agree(by: Actor, link: UUID, rights: frozenset[Right], *, at: datetime) -> None:
    """The patient, of age, lets somebody go on answering for them, with these rights. Never in the patient's voice."""
    async with transaction():
        held = await _held(link, at)
        if held.patient not in by.patients - by.proxy_for:
            raise Refused("proxy.not_yours")
        _refuse_court(held)
        if not await queries.is_of_age(held.patient, day_in(ZONE, at)):
            raise Refused("proxy.minor")
        terms = Terms(rights=rights - {Right.SPEAK}, beyond=Beyond.AGREED, beyond_on=day_in(ZONE, at))
        await _change(by, held, terms, at)
        await audit.record(
            audit.Action.PROXY_CHANGED,
            by=by.id,
            at=at,
            subject=held.account,
            patient=held.patient,
            rights=_said(terms),
            beyond=terms.beyond,
        )


async def _change(by: Actor, held: Link, terms: Terms, at: datetime) -> None:
    rights = sorted(terms.rights)
    await execute(CHANGE, list(held.ids), rights, terms.beyond.value, terms.beyond_on, terms.contact)


def _said(terms: Terms) -> str:
    return ",".join(sorted(terms.rights))


def _refuse_court(held: Link) -> None:
    """What a court has decided is not the patient's to undo."""
    if held.beyond == Beyond.COURT:
        raise Refused("proxy.court")


async def move_contact(by: Actor, patients: Collection[UUID], former: UUID, contact: UUID, *, at: datetime) -> None:
    """Another entry says from now on who answers for these patients, where `former` did."""
    async with transaction():
        for row in await fetch(MOVE, list(patients), former, contact):
            await audit.record(
                audit.Action.PROXY_CHANGED,
                by=by.id,
                at=at,
                subject=row["account"],
                patient=row["root"],
                organisation=by.organisation,
            )


async def end_proxy(by: Actor, link: UUID, reason: Ended, *, at: datetime) -> None:
    """Somebody answers no longer for this patient: their next click finds nothing of the patient."""
    async with transaction():
        held = await _held(link, at)
        if reason is Ended.BY_PATIENT:
            _refuse_court(held)
        await execute(END, list(held.ids), day_in(ZONE, at) - A_DAY, at, by.id, reason.value)
        await audit.record(
            audit.Action.PROXY_ENDED,
            by=by.id,
            at=at,
            subject=held.account,
            patient=held.patient,
            organisation=by.organisation,
            why=reason,
        )


async def _held(link: UUID, at: datetime) -> Link:
    """A link of somebody close that has not ended, with all that let them answer for the same person.

    Each is written, so that making two records again of a merged one brings nothing back.
    """
    held = await queries.lock_link(link, day_in(ZONE, at))
    if held is None:
        raise LookupError(f"no link {link}")
    if held.is_self or not held.holds(day_in(ZONE, at)):
        raise Refused("proxy.ended")
    return held


async def note_majority(patient: UUID, *, today: date, at: datetime) -> bool:
    """The rights of this patient's proxies pause: everybody whom it concerns is told, once; whether any was left."""
    async with transaction():
        found = await queries.lock_newly_of_age(patient, today)
        if not found:
            return False
        await execute(TOLD, [one.id for one in found], at)
        for account, audience in await queries.concerned(patient, [one.account for one in found], today):
            await jobs.defer(TELL, patient=str(patient), account=str(account), audience=audience)
        await audit.record(
            audit.Action.MAJORITY_REACHED,
            by=audit.WORKER,
            at=at,
            subject=patient,
            patient=patient,
            changes=len(found),
        )
    return True


async def tell_of_majority(patient: UUID, account: UUID, audience: str, *, at: datetime) -> None:
    """Write to a proxy, to the patient or to a member of the team. A letter names nobody; the team's has the code."""
    async with transaction():
        written = letter(
            "accounts/mail_majority",
            await get_language(account),
            audience=audience,
            code=await queries.code_of(patient) if audience == "team" else "",
            link=f"{settings().base_url}/",
        )
        await send_letter(await get_email(account), written, Purpose("majority", account), at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice="majority")
