"""Reads the list of a centre's patients, a page at a time and from an index, and the figures of the lines shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.policy import Actor
from app.dashboard.listing.model import Figures, Key, Order, Show, Wanted
from app.lib import db

WAITING = "s.state IN ('to_do', 'in_progress')"
# What another centre asks or was answered is none of this one's business where sharing is withheld.
SHOWN = "(s.organisation = $1 OR NOT 'sharing' = ANY (p.withheld))"
ASKED = f"""f.patient IN (
    SELECT p.id FROM assignment s JOIN patient m ON m.id = s.patient JOIN patient p ON p.id = m.root
    WHERE {WAITING} AND {SHOWN} AND {{}})"""
# Every statement names the same parameters: $1 the centre, $2 who asks, $3 the day.
NAMED = "$2::uuid IS NOT NULL AND $3::date IS NOT NULL"
WHICH: Mapping[Show, str] = {
    Show.ALL: NAMED,
    Show.MINE: f"f.practitioner = $2 AND {NAMED}",
    Show.ALERTS: f"""f.patient IN (SELECT m.root FROM alert l JOIN patient m ON m.id = l.patient
        WHERE l.acknowledged_at IS NULL) AND {NAMED}""",
    Show.OVERDUE: f"{ASKED.format('s.due_on < $3')} AND {NAMED}",
    Show.WAITING: f"{ASKED.format('s.opens_on <= $3')} AND {NAMED}",
}


@dataclass(frozen=True, slots=True)
class _Sorted:
    """From where, and by which two columns."""

    source: str
    first: str
    second: str
    falling: bool = False


FOLLOWED = "followed_record f"
# The first of what is awaited of each patient; the index on due dates is walked from its beginning.
FIRST_DUE = f"""assignment s JOIN patient m ON m.id = s.patient JOIN patient p ON p.id = m.root
JOIN followed_record f ON f.patient = p.id AND {WAITING} AND {SHOWN} AND s.due_on IS NOT NULL
AND NOT EXISTS (SELECT FROM assignment e JOIN patient n ON n.id = e.patient
    WHERE n.root = p.id AND e.state IN ('to_do', 'in_progress') AND (e.due_on, e.id) < (s.due_on, s.id)
    AND (e.organisation = $1 OR NOT 'sharing' = ANY (p.withheld)))"""
SORTED: Mapping[Order, _Sorted] = {
    Order.ACTIVITY: _Sorted(FOLLOWED, "f.active_at", "f.patient", falling=True),
    Order.CODE: _Sorted(f"{FOLLOWED} JOIN patient p ON p.id = f.patient", "p.code", "f.patient"),
    Order.DUE: _Sorted(FIRST_DUE, "s.due_on", "s.id"),
}
FIGURES = f"""
SELECT p.id, f.active_at,
       EXISTS (SELECT FROM patient m JOIN response s ON s.patient = m.id WHERE m.root = p.id AND {SHOWN}) AS answered,
       (SELECT count(*) FROM patient m JOIN alert l ON l.patient = m.id AND l.acknowledged_at IS NULL
        WHERE m.root = p.id) AS alerts,
       awaited.*, f.practitioner
FROM followed_record f JOIN patient p ON p.id = f.patient
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE s.opens_on <= $2) AS waiting, count(*) FILTER (WHERE s.due_on < $2) AS overdue,
           min(s.due_on) AS due_on
    FROM patient m JOIN assignment s ON s.patient = m.id AND {WAITING} WHERE m.root = p.id AND {SHOWN}) awaited
WHERE f.organisation = $1 AND p.id = ANY($3)
"""


async def list_page(by: Actor, wanted: Wanted, today: date, limit: int) -> list[tuple[UUID, Key]]:
    """The patients of one page with their place in the order: those after a key, or the nearest before one."""
    how, upwards = SORTED[wanted.order], wanted.before is not None
    key = wanted.before or wanted.after
    falling = how.falling is not upwards
    sign, way = ("<", "DESC") if falling else (">", "ASC")
    beyond = f"AND ({how.first}, {how.second}) {sign} ($5, $6)" if key else ""
    found = await db.fetch(
        f"""SELECT f.patient, {how.first} AS first, {how.second} AS second FROM {how.source}
            WHERE f.organisation = $1 AND {WHICH[wanted.show]} {beyond}
            ORDER BY {how.first} {way}, {how.second} {way} LIMIT $4""",
        by.organisation,
        by.id,
        today,
        limit,
        *(key or ()),
    )
    return [(row["patient"], (row["first"], row["second"])) for row in (found[::-1] if upwards else found)]


async def figures_of(by: Actor, today: date, patients: Collection[UUID]) -> dict[UUID, Figures]:
    """The lines of these patients, if the actor's centre follows them."""
    rows = await db.fetch(FIGURES, by.organisation, today, list(patients))
    return {row["id"]: Figures(*row) for row in rows}
