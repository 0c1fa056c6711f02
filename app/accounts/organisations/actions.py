"""Opening, changing and closing centres. Each action is one transaction."""

import json
from datetime import datetime
from uuid import UUID

from app.accounts.organisations import queries
from app.accounts.organisations.model import Details, changed, fingerprint
from app.audit import actions as audit
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id

INSERT = """
INSERT INTO organisation (id, code, name, city, kind, phone, time_zone, pathologies, controller, data_owner,
                          data_protection_officer, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (code) DO NOTHING
"""
CHANGE = """
UPDATE organisation SET code = $2, name = $3, city = $4, kind = $5, phone = $6, time_zone = $7, pathologies = $8,
       controller = $9, data_owner = $10, data_protection_officer = $11
WHERE id = $1
"""
# Held while a code is chosen, so that two centres cannot take the same one at once.
ONE_CODE_AT_A_TIME = 2026_1134


def _values(details: Details) -> list[str]:
    return [
        details.code,
        details.name,
        details.city,
        details.kind,
        details.phone,
        details.time_zone,
        json.dumps(details.pathologies),
        details.controller,
        details.data_owner,
        details.data_protection_officer,
    ]


async def create_organisation(by: UUID, details: Details, *, at: datetime) -> UUID:
    """A new centre. Refused when another has its code."""
    async with transaction():
        organisation = new_id()
        if await execute(INSERT, organisation, *_values(details), at) == "INSERT 0 0":
            raise Refused("organisation.code_taken")
        await audit.record(
            audit.Action.ORGANISATION_CREATED, by=by, at=at, subject=organisation, organisation=organisation
        )
    return organisation


async def change_organisation(by: UUID, organisation: UUID, new: Details, *, seen: str, at: datetime) -> None:
    """Keep what was changed. `seen`: the fingerprint of what the form showed; refused when that is no longer so."""
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", ONE_CODE_AT_A_TIME)
        kept = await queries.lock_organisation(organisation)
        if fingerprint(kept.details) != seen:
            raise Refused("organisation.changed")
        if await queries.has_code(new.code, other_than=organisation):
            raise Refused("organisation.code_taken")
        fields = changed(kept.details, new)
        if not fields:
            return
        await execute(CHANGE, organisation, *_values(new))
        await audit.record(
            audit.Action.ORGANISATION_CHANGED,
            by=by,
            at=at,
            subject=organisation,
            organisation=organisation,
            fields=",".join(fields),
        )


async def close_organisation(
    by: UUID, organisation: UUID, reason: str, *, leaves_patients: bool = False, at: datetime
) -> None:
    """Nobody acts in it any more, from their next click on. Its records stay.

    `leaves_patients`: knowing that no team will follow some of its patients; else that is refused.
    """
    async with transaction():
        await queries.lock_organisation(organisation)
        alone = await queries.count_left_alone(organisation)
        if alone and not leaves_patients:
            raise Refused("organisation.leaves_patients")
        closed = "UPDATE organisation SET closed_at = $2, closed_reason = $3 WHERE id = $1 AND closed_at IS NULL"
        if await execute(closed, organisation, at, reason) == "UPDATE 0":
            raise Refused("organisation.closed")
        await audit.record(
            audit.Action.ORGANISATION_CLOSED,
            by=by,
            at=at,
            subject=organisation,
            organisation=organisation,
            left_alone=alone,
        )


async def reopen_organisation(by: UUID, organisation: UUID, *, at: datetime) -> None:
    """Those who have a place in it act there again."""
    async with transaction():
        opened = "UPDATE organisation SET closed_at = NULL, closed_reason = '' WHERE id = $1 AND closed_at IS NOT NULL"
        if await execute(opened, organisation) == "UPDATE 0":
            raise Refused("organisation.open")
        await audit.record(
            audit.Action.ORGANISATION_REOPENED, by=by, at=at, subject=organisation, organisation=organisation
        )
