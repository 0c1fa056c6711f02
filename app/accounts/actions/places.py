"""Places in centres: given, changed, ended; and whom an account answers for. Each action is one transaction."""

from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import queries
from app.accounts.actions.offers import withdraw_offers
from app.accounts.model import NewPlace
from app.accounts.organisations import queries as organisations
from app.accounts.proxies.model import USUAL, Terms
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import Row, execute, fetch_row, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id

A_DAY = timedelta(days=1)
POWER_GIVEN = "UPDATE membership SET given_by = $2, given_on = $3 WHERE id = $1"
HELD = """
SELECT EXISTS (SELECT FROM membership
               WHERE account = $1 AND organisation = $2 AND (valid_to IS NULL OR valid_to >= $3))
"""
# $4: until when the place that goes would have lasted. Whoever leaves before then takes nobody's place.
ANOTHER = """
SELECT EXISTS (
  SELECT FROM membership m JOIN account a ON a.id = m.account AND a.closed_at IS NULL
  WHERE m.organisation = $1 AND m.account <> $2 AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to >= $4)
    AND {})
"""
ANOTHER_ADMINISTRATOR = ANOTHER.format("(m.administers OR m.role = 'administrator')")
ANOTHER_PRACTITIONER = ANOTHER.format("m.role = 'practitioner'")
LINK = """
INSERT INTO patient_link (id, account, patient, relationship, valid_from, rights, contact, given_by, given_at, beyond,
                          beyond_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def add_membership(by: UUID, account: UUID, place: NewPlace, *, since: date, at: datetime) -> UUID:
    """Give a person a place in a centre. Refused when they hold one there."""
    async with transaction():
        await organisations.lock_organisation(place.organisation)
        if await fetch_value(HELD, account, place.organisation, since):
            raise Refused("place.held")
        membership = new_id()
        await execute(
            "INSERT INTO membership (id, account, organisation, profession, role, administers, valid_from, given_by,"
            " given_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)",
            membership,
            account,
            place.organisation,
            place.profession,
            place.role.value,
            place.administers,
            since,
            by,
        )
        await audit.record(
            audit.Action.MEMBERSHIP_ADDED,
            by=by,
            at=at,
            subject=account,
            organisation=place.organisation,
            role=place.role,
            administers=int(place.administers),
        )
    return membership


async def change_membership(by: Actor, membership: UUID, new: NewPlace, *, at: datetime) -> None:
    """Another profession, another role, or administering or not. Not of oneself."""
    async with transaction():
        row = await _held(by, membership, at)
        if not (new.administers or new.role is Role.ADMINISTRATOR):
            await _keep_an_administrator(by, row, at)
        if new.role is not Role.PRACTITIONER:
            await _keep_a_practitioner(by, row, at)
        await execute(
            "UPDATE membership SET profession = $2, role = $3, administers = $4 WHERE id = $1",
            membership,
            new.profession,
            new.role.value,
            new.administers,
        )
        leads = new.administers or new.role is Role.ADMINISTRATOR
        if leads and not (row["administers"] or row["role"] == Role.ADMINISTRATOR):
            await execute(POWER_GIVEN, membership, by.id, day_in(ZONE, at))
        if not leads:
            await withdraw_offers(by.id, row["account"], row["organisation"], at=at)
        await audit.record(
            audit.Action.MEMBERSHIP_CHANGED,
            by=by.id,
            at=at,
            subject=row["account"],
            organisation=row["organisation"],
            role=new.role,
            administers=int(new.administers),
        )


async def end_membership(by: Actor, membership: UUID, last_day: date | None, *, at: datetime) -> None:
    """The last day in this place; without one it ends now, and the person's next click no longer finds the centre."""
    async with transaction():
        row, today = await _held(by, membership, at), day_in(ZONE, at)
        if last_day is None or row["valid_to"] is None or last_day < row["valid_to"]:
            await _keep_an_administrator(by, row, at)
            await _keep_a_practitioner(by, row, at)
        await execute("UPDATE membership SET valid_to = $2 WHERE id = $1", membership, last_day or today - A_DAY)
        if last_day is None:
            following = await queries.membership_to_act_in(row["account"], today)
            await execute("UPDATE session SET membership = $2 WHERE membership = $1", membership, following)
            await withdraw_offers(by.id, row["account"], row["organisation"], at=at)
        await audit.record(
            audit.Action.MEMBERSHIP_ENDED,
            by=by.id,
            at=at,
            subject=row["account"],
            organisation=row["organisation"],
            last_day=(last_day or today).isoformat(),
        )


async def _held(by: Actor, membership: UUID, at: datetime) -> Row:
    """A place that is somebody else's and has not ended; its centre's places change one at a time."""
    row = await fetch_row("SELECT * FROM membership WHERE id = $1", membership)
    if row is None:
        raise LookupError(f"no membership {membership}")
    await organisations.lock_organisation(row["organisation"])
    row = await fetch_row(
        "SELECT * FROM membership WHERE id = $1 AND (valid_to IS NULL OR valid_to >= $2) FOR UPDATE",
        membership,
        day_in(ZONE, at),
    )
    if row is None:
        raise Refused("place.ended")
    if row["account"] == by.id:
        raise Refused("place.own")
    return row


async def _keep_an_administrator(by: Actor, row: Row, at: datetime) -> None:
    """A centre keeps somebody who looks after it, unless the network decides otherwise."""
    leaves = row["administers"] or row["role"] == Role.ADMINISTRATOR
    if not leaves or by.role is Role.SUPERADMIN:
        return
    if not await _another(ANOTHER_ADMINISTRATOR, row, at):
        raise Refused("place.last_administrator")


async def _keep_a_practitioner(by: Actor, row: Row, at: datetime) -> None:
    """A centre that follows patients keeps somebody whom their alerts reach, unless the network decides otherwise."""
    if row["role"] != Role.PRACTITIONER or by.role is Role.SUPERADMIN:
        return
    if await organisations.follows_patients(row["organisation"]) and not await _another(ANOTHER_PRACTITIONER, row, at):
        raise Refused("place.last_practitioner")


async def _another(query: str, row: Row, at: datetime) -> bool:
    return bool(await fetch_value(query, row["organisation"], row["account"], day_in(ZONE, at), row["valid_to"]))


async def link_patient(
    by: UUID, account: UUID, patient: UUID, relationship: str, terms: Terms = USUAL, *, since: date, at: datetime
) -> UUID:
    """Let a person answer for a patient: for themselves (`self`), or as mother, father, guardian… on these terms."""
    async with transaction():
        link = new_id()
        rights = [] if relationship == "self" else sorted(terms.rights)
        about = (link, account, patient, relationship, since, rights, terms.contact)
        await execute(LINK, *about, by, at, terms.beyond, terms.beyond_on)
        await audit.record(
            audit.Action.PATIENT_LINKED, by=by, at=at, subject=account, patient=patient, rights=",".join(rights)
        )
    return link
