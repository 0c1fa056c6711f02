"""Reading the links between accounts and patients from the patients' side."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from app.access.rights import Right
from app.accounts.proxies.queries import list_links, standing_of
from app.lib.db import fetch

LINKED = """
SELECT DISTINCT l.account FROM patient_link l JOIN account a ON a.id = l.account AND a.closed_at IS NULL
WHERE l.patient = ANY($1) AND l.valid_from <= $2 AND (l.valid_to IS NULL OR l.valid_to >= $2)
ORDER BY l.account
"""
OWN = LINKED.replace("ORDER BY", "AND l.relationship = 'self' ORDER BY")


async def own_accounts_of(patients: Collection[UUID], day: date) -> list[UUID]:
    """The open accounts of the persons themselves, by whichever of these records."""
    return [row["account"] for row in await fetch(OWN, list(patients), day)]


async def accounts_to_tell(patients: Collection[UUID], day: date) -> list[UUID]:
    """Who may hear of one of these patients: the person, and those who may read the record for them on that day."""
    standing = await standing_of([link for one in patients for link in await list_links(one)], day)
    may_read = [one.link for one in standing if one.holds and not one.paused]
    told = {link.account for link in may_read if link.is_self or Right.VIEW in link.rights}
    return [account for account in await accounts_of_patients(patients, day) if account in told]


async def accounts_of_patients(patients: Collection[UUID], day: date) -> list[UUID]:
    """The open accounts of these patients and of whoever answers for one of them on that day."""
    return [row["account"] for row in await fetch(LINKED, list(patients), day)]


async def own_patients_of(account: UUID, day: date) -> list[UUID]:
    """The records, by the ids they were linked under, that are about the owner of this account on that day."""
    sql = """
    SELECT patient FROM patient_link WHERE account = $1 AND relationship = 'self'
    AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
    """
    return [row["patient"] for row in await fetch(sql, account, day)]
