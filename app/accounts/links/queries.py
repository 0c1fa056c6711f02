"""Reading the links between accounts and patients from the patients' side."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

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


async def accounts_of_patients(patients: Collection[UUID], day: date) -> list[UUID]:
    """The open accounts of these patients and of whoever answers for one of them on that day."""
    return [row["account"] for row in await fetch(LINKED, list(patients), day)]
