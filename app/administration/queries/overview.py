"""Counts of a centre or of the whole network, and what waits for its administrators. Counts alone, nobody's name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.lib import db

ENDING_SOON = timedelta(days=30)

# $1: the centre, NULL for all of them. $2: today.
COUNTS = """
SELECT
  (SELECT count(DISTINCT f.root) FROM following f WHERE $1::uuid IS NULL OR f.organisation = $1) AS patients,
  (SELECT count(DISTINCT m.account) FROM membership m JOIN account a ON a.id = m.account AND a.closed_at IS NULL
      WHERE m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
      AND ($1::uuid IS NULL OR m.organisation = $1)) AS professionals,
  (SELECT count(*) FROM assignment s JOIN patient_scope p ON p.patient = s.patient
      WHERE s.state IN ('to_do', 'in_progress') AND ($1::uuid IS NULL OR s.organisation = $1)) AS awaited,
  (SELECT count(DISTINCT r.id) FROM response r JOIN assignment s ON s.response = r.id
      WHERE r.submitted_at > $3 AND ($1::uuid IS NULL OR s.organisation = $1)) AS received,
  (SELECT count(*) FROM organisation o WHERE o.closed_at IS NULL) AS organisations
"""
WAITING = """
SELECT
  (SELECT count(*) FROM membership_request r WHERE r.decided_at IS NULL
      AND ($1::uuid IS NULL OR r.organisation = $1)) AS requests,
  (SELECT count(*) FROM account_reset r WHERE r.confirmed_at IS NULL AND r.refused_at IS NULL AND r.valid_until > $3
      AND ($1::uuid IS NULL OR EXISTS (SELECT FROM membership m WHERE m.account = r.account AND m.organisation = $1
           AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)))) AS resets,
  (SELECT count(*) FROM invitation i WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL
      AND (i.bounced_at IS NOT NULL OR EXISTS (SELECT FROM delivery d WHERE d.subject = i.id AND d.state = 'bounced'
           AND d.created_at >= i.sent_at))
      AND ($1::uuid IS NULL OR i.organisation = $1)) AS bounced,
  (SELECT count(DISTINCT a.id) FROM account a JOIN membership m ON m.account = a.id
      AND m.role IN ('practitioner', 'arc') AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
      WHERE a.closed_at IS NULL AND (a.trained_until IS NULL OR a.trained_until < $4)
      AND ($1::uuid IS NULL OR m.organisation = $1)) AS training,
  (SELECT count(*) FROM alert l JOIN patient_scope p ON p.patient = l.patient
      WHERE l.acknowledged_at IS NULL AND l.raised_at < $5
      AND ($1::uuid IS NULL OR $1 = ANY (p.organisations))
      AND NOT EXISTS (SELECT FROM alert_receipt r JOIN membership m ON m.account = r.account
           AND m.role = 'practitioner' AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
           JOIN account a ON a.id = m.account AND a.closed_at IS NULL
           JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL AND o.id = ANY (p.organisations)
           WHERE r.alert = l.id AND r.kind IN ('mailed', 'seen'))) AS untold
"""
LATELY = timedelta(days=30)
BEING_TOLD = timedelta(minutes=15)
"""So long an alert's mail may be under way before it counts as untold."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. `received` counts the last thirty days."""

    patients: int
    professionals: int
    awaited: int
    received: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody should look after. `training`: the course is missing or runs out within thirty days.

    `untold`: open alerts of which no practitioner who follows the patient today was told.
    """

    requests: int
    resets: int
    bounced: int
    training: int
    untold: int


async def count_all(organisation: UUID | None, day: date, at: datetime) -> Counts:
    """The counts of a centre; of the whole network without one."""
    row = await db.fetch_row(COUNTS, organisation, day, at - LATELY)
    return Counts(**dict(row or {}))


async def count_waiting(organisation: UUID | None, day: date, at: datetime) -> Waiting:
    """What waits in a centre; in the whole network without one."""
    row = await db.fetch_row(WAITING, organisation, day, at, day + ENDING_SOON, at - BEING_TOLD)
    return Waiting(**dict(row or {}))
