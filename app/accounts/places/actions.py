"""Asking for a place in a centre, and the decision. The place itself is given in accounts.actions.places."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts import queries
from app.accounts.actions.notices import tell_owner
from app.accounts.actions.places import add_membership
from app.accounts.model import NewPlace
from app.accounts.notices import Notice
from app.accounts.places.model import WAITING_AT_MOST, Wish
from app.accounts.places.queries import SEALED_AS, count_waiting, is_open, is_waiting_for, lock_request, who_decides
from app.accounts.professions import role_of
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import Row, execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id

INSERT = """
INSERT INTO membership_request (id, account, organisation, other_organisation, profession, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
DECIDE = """
UPDATE membership_request SET decided_at = $2, decided_by = $3, membership = $4, organisation = $5, reason = $6
WHERE id = $1
"""


async def request_place(account: UUID, wish: Wish, *, at: datetime) -> UUID:
    """Ask for a place; who decides is told. Refused when the centre was asked already, or too many requests wait."""
    async with transaction():
        if await queries.lock_account(account) is None:
            raise Refused("account.closed")
        await _check(account, wish, at)
        request = new_id()
        await execute(INSERT, request, account, wish.organisation, wish.other_organisation, wish.profession, at)
        for administrator in await who_decides(wish.organisation, day_in(ZONE, at)):
            await tell_owner(administrator, Notice.PLACE_ASKED, at=at)
        await audit.record(
            audit.Action.PLACE_REQUESTED, by=account, at=at, subject=account, organisation=wish.organisation
        )
    return request


async def _check(account: UUID, wish: Wish, at: datetime) -> None:
    if await count_waiting(account) >= WAITING_AT_MOST:
        raise Refused("place.too_many")
    if wish.organisation is None:
        return
    if not await is_open(wish.organisation):
        raise Refused("place.closed")
    held = {place.organisation for place in await queries.list_memberships(account, day_in(ZONE, at))}
    if wish.organisation in held or await is_waiting_for(account, wish.organisation):
        raise Refused("place.asked")


async def grant_place(by: Actor, request: UUID, organisation: UUID | None = None, *, at: datetime) -> UUID:
    """Give the place that was asked for. `organisation`: which centre it is, where the person named one freely."""
    async with transaction():
        row = await _undecided(request)
        centre = row["organisation"] or organisation
        if centre is None or not await is_open(centre):
            raise Refused("place.closed")
        account = row["account"]
        place = NewPlace(centre, row["profession"], role_of(row["profession"]))
        membership = await add_membership(by.id, account, place, since=day_in(ZONE, at), at=at)
        await execute(DECIDE, request, at, by.id, membership, centre, None)
        await tell_owner(account, Notice.PLACE_GRANTED, at=at)
        await audit.record(audit.Action.PLACE_GRANTED, by=by.id, at=at, subject=account, organisation=centre)
    return membership


async def refuse_place(by: Actor, request: UUID, reason: str, *, at: datetime) -> None:
    """Say no, for a reason that the person reads."""
    async with transaction():
        row = await _undecided(request)
        sealed = (await queries.key_of(row["account"])).seal(reason, request, SEALED_AS)
        await execute(DECIDE, request, at, by.id, None, row["organisation"], sealed)
        await tell_owner(row["account"], Notice.PLACE_REFUSED, at=at)
        await audit.record(
            audit.Action.PLACE_REFUSED, by=by.id, at=at, subject=row["account"], organisation=row["organisation"]
        )


async def _undecided(request: UUID) -> Row:
    """The request, held. Refused once somebody has decided, or when the account was closed meanwhile."""
    row = await lock_request(request)
    if row is None or row["decided_at"] is not None:
        raise Refused("place.decided")
    if await queries.lock_account(row["account"]) is None:
        raise Refused("account.closed")
    return row
