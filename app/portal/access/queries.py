"""Reads from the trail who was shown something of one patient's record. A patient's own looks are nobody's business."""

from uuid import UUID

from app.accounts.break_glass.queries import reason_in
from app.lib import db
from app.lib.cursors import Place
from app.portal.access.log import Look

LOOKS = (
    "patient.read",
    "response.read",
    "response.opened",
    "response.corrected",
    "alert.seen",
    "document.read",
    "identity.opened",
    "nir.shown",
)
LIST = """
SELECT e.id, e.at, e.actor, e.organisation, e.action, coalesce(e.details->>'page', '') AS page,
       m.profession, f.valid_from, f.valid_to, g.id AS opening, g.reason, g.patient AS sealed_for, k.data_key
FROM audit_event e
JOIN account a ON a.id = e.actor AND a.kind <> 'patient'
JOIN patient p ON p.id = e.patient AND p.root = $1
LEFT JOIN LATERAL (
    SELECT m.profession FROM membership m
    WHERE m.account = e.actor AND m.organisation = e.organisation AND m.valid_from <= e.at::date
    ORDER BY m.valid_from DESC LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT f.valid_from, f.valid_to FROM patient o JOIN affiliation f ON f.patient = o.id
    WHERE o.root = $1 AND f.organisation = e.organisation
    ORDER BY (f.valid_from <= e.at::date) DESC, f.valid_from DESC LIMIT 1) f ON true
LEFT JOIN LATERAL (
    SELECT g.id, g.reason, g.patient FROM patient o JOIN break_glass g ON g.patient = o.id
    WHERE o.root = $1 AND g.account = e.actor AND g.opened_at <= e.at AND g.valid_until > e.at
    ORDER BY g.opened_at DESC LIMIT 1) g ON e.organisation IS NULL
LEFT JOIN patient k ON k.id = g.patient
WHERE e.action = ANY($2)
  AND ($3::timestamptz IS NULL OR (e.at, e.id) < ($3, $4::uuid))
ORDER BY e.at DESC, e.id DESC LIMIT $5
"""


async def list_looks(patient: UUID, *, before: Place | None, most: int) -> list[Look]:
    """The newest first, from a place on."""
    at, event = before or (None, None)
    return [_look(row) for row in await db.fetch(LIST, patient, list(LOOKS), at, event, most)]


def _look(row: db.Row) -> Look:
    begins, ends = row["valid_from"], row["valid_to"]
    because = row["reason"] and reason_in(row["opening"], row["sealed_for"], row["data_key"], row["reason"])
    return Look(
        row["id"],
        row["at"],
        row["actor"],
        row["organisation"],
        row["action"],
        row["page"],
        row["profession"],
        (begins, ends) if begins else None,
        because,
    )
