"""Reading alerts and their receipts."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from app.access.policy import Actor, Scope
from app.accounts.queries import list_administrator_addresses, list_network_addresses, list_team_addresses
from app.alerts.model import BOUNCED, MAILED, Addressee, Alert, Receipt
from app.lib import db
from app.patients.queries import ids_of

COLUMNS = """l.id, (SELECT p.root FROM patient p WHERE p.id = l.patient) AS patient, l.response, l.flag, l.urgency,
l.raised_at, l.acknowledged_at, l.acknowledged_by, l.note, l.read_from"""
# Somebody in danger is no matter of consent: an alert reaches every centre that follows the person.
SCOPE = "SELECT s.root, s.organisations FROM alert l JOIN patient_scope s ON s.patient = l.patient WHERE l.id = $1"
UNTAKEN = """
SELECT s.organisations FROM alert l JOIN patient_scope s ON s.patient = l.patient
WHERE l.id = $1 AND l.acknowledged_at IS NULL
"""
OPEN = f"""
SELECT {COLUMNS} FROM alert l
WHERE l.acknowledged_at IS NULL
  AND EXISTS (SELECT FROM following f WHERE f.patient = l.patient AND f.organisation = $1)
ORDER BY array_position(ARRAY['now', 'today', 'visit'], l.urgency), l.raised_at, l.id
"""


async def scope_of_alert(alert: UUID) -> Scope | None:
    row = await db.fetch_row(SCOPE, alert)
    return None if row is None else Scope(row["root"], frozenset(row["organisations"]))


def _alert(row: db.Row) -> Alert:
    return Alert(**{**dict(row), "read_from": msgspec.json.decode(row["read_from"])})


async def get_alert(alert: UUID) -> Alert:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM alert l WHERE l.id = $1", alert)
    if row is None:
        raise LookupError(f"no alert {alert}")
    return _alert(row)


async def lock_open_alert(alert: UUID) -> Alert | None:
    """The alert, held; None if somebody has taken it up."""
    row = await db.fetch_row(
        f"SELECT {COLUMNS} FROM alert l WHERE l.id = $1 AND l.acknowledged_at IS NULL FOR UPDATE", alert
    )
    return _alert(row) if row else None


async def list_open_alerts(by: Actor) -> list[Alert]:
    """What waits for the actor's centre: the most urgent first, then the longest waiting."""
    return [_alert(row) for row in await db.fetch(OPEN, by.organisation)]


async def alerts_of_patient(patient: UUID) -> list[Alert]:
    """Every alert of one patient, open ones first, then the latest."""
    rows = await db.fetch(
        f"""SELECT {COLUMNS} FROM alert l WHERE l.patient = ANY($1)
            ORDER BY (l.acknowledged_at IS NOT NULL), l.raised_at DESC, l.id""",
        await ids_of(patient),
    )
    return [_alert(row) for row in rows]


async def receipts_of(alerts: Collection[UUID]) -> dict[UUID, list[Receipt]]:
    """Who was told of these alerts or looked at them, in the order in which it happened."""
    rows = await db.fetch(
        "SELECT alert, account, kind, at FROM alert_receipt WHERE alert = ANY($1) ORDER BY at, id",
        list(alerts),
    )
    found: dict[UUID, list[Receipt]] = {alert: [] for alert in alerts}
    for row in rows:
        found[row["alert"]].append(Receipt(*row))
    return found


async def list_unmailed(alert: UUID) -> list[Addressee]:
    """Who should still be told of an open alert; nobody once it is taken up, or its record is gone.

    The practitioners of the centres that follow the patient. If there are none, or nobody has any of their addresses,
    the centres' administrators, then those who look after the network: an alert always reaches somebody who can act.
    """
    organisations = await _followers(alert)
    if organisations is None:
        return []
    receipts = {one.account: one.kind for one in (await receipts_of([alert]))[alert] if one.kind in {MAILED, BOUNCED}}
    for circle in (list_team_addresses, list_administrator_addresses, _network):
        people = await circle(organisations)
        left = [Addressee(*one, follows=circle is list_team_addresses) for one in people if one[0] not in receipts]
        if left or MAILED in {receipts.get(one[0]) for one in people}:
            return left
    return []


async def is_untold(alert: UUID) -> bool:
    """Whether an alert is open, and no practitioner who follows the patient was told or looked."""
    organisations = await _followers(alert)
    if organisations is None:
        return False
    told = {one.account for one in (await receipts_of([alert]))[alert] if one.kind != BOUNCED}
    return not any(one[0] in told for one in await list_team_addresses(organisations))


async def _followers(alert: UUID) -> list[UUID] | None:
    """The centres that follow the patient of an open alert; None once it is taken up or the record is gone."""
    row = await db.fetch_row(UNTAKEN, alert)
    return None if row is None else list(row["organisations"])


async def _network(_organisations: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    return await list_network_addresses()
