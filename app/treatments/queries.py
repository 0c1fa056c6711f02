"""Reading prescriptions and adverse effects: rows come in sealed, values go out. The drug database is in `finding`."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Role
from app.lib import db
from app.lib.crypto import PersonKey
from app.patients.dates import PartialDate
from app.patients.queries import keys_of
from app.treatments.model import (
    Effect,
    Former,
    NewEffect,
    Period,
    Plan,
    Prescription,
    Rhythm,
    RowScope,
    Stop,
    timeline,
)

SEEN_BY = "seen_by(s.organisations, s.withheld, r.organisation)"
SCOPE = f"""
SELECT s.root, s.withheld, r.removed_at IS NOT NULL AS removed, {SEEN_BY} AS organisations
FROM {{}} r JOIN patient_scope s ON s.patient = r.patient WHERE r.id = $1
"""
PRESCRIPTION = """r.id, r.patient, r.organisation, r.cis, r.label, r.substance, r.strength, r.strength_per, r.words,
r.unit, r.takes, r.every_days, r.weekdays, r.as_needed, r.most_per_day, r.route, r.started, r.ended, r.refill_on,
r.reason, r.prescriber, r.stop_reason, r.stop_note, r.follows, r.created_by, r.created_at, r.revision,
(SELECT d.atc FROM drug d WHERE d.cis = r.cis) AS atc"""
EFFECT = """r.id, r.patient, r.organisation, r.label, r.severity, r.started, r.ended, r.outcome, r.action_taken,
r.suspected, r.created_by, r.created_at, r.revision"""
# Less what consent withholds from the reader's centre; to patients nothing of their own is withheld.
OF_PATIENT = f"""
SELECT {{}} FROM {{}} r JOIN patient_scope s ON s.patient = r.patient
WHERE s.root = $1 AND ($2::uuid IS NULL OR $2 = ANY({SEEN_BY})) AND r.removed_at IS NULL
ORDER BY r.started DESC, r.id DESC
"""
ONE = "SELECT {} FROM {} r WHERE r.id = $1 AND r.removed_at IS NULL"
HISTORY = "SELECT * FROM prescription_history WHERE prescription = $1 ORDER BY revision DESC"
EFFECT_HISTORY = "SELECT * FROM adverse_effect_history WHERE adverse_effect = $1 ORDER BY revision DESC"


async def scope_of_prescription(prescription: UUID) -> RowScope | None:
    return _scope(await db.fetch_row(SCOPE.format("prescription"), prescription))


async def scope_of_effect(effect: UUID) -> RowScope | None:
    return _scope(await db.fetch_row(SCOPE.format("adverse_effect"), effect))


def _scope(row: db.Row | None) -> RowScope | None:
    if row is None:
        return None
    organisations, withheld = frozenset(row["organisations"]), frozenset(row["withheld"])
    return RowScope(row["root"], organisations, withheld=withheld, removed=row["removed"])


def _centre(by: Actor) -> UUID | None:
    return None if by.role is Role.PATIENT else by.organisation


async def list_prescriptions(by: Actor, patient: UUID) -> list[Prescription]:
    """Everything prescribed to a person that the actor may know of, the newest first."""
    rows = await db.fetch(OF_PATIENT.format(PRESCRIPTION, "prescription"), patient, _centre(by))
    keys = await keys_of({row["patient"] for row in rows})
    return [_prescription(row, keys[row["patient"]]) for row in rows]


async def current_of(by: Actor, patient: UUID, today: date) -> list[Prescription]:
    """What is taken now or is about to be."""
    return [one for one in await list_prescriptions(by, patient) if one.is_current(today)]


async def periods_of(by: Actor, patient: UUID) -> list[Period]:
    """The times under each dose, the oldest first; one `label` is one thing over time."""
    return [period for _one, period in timeline(await list_prescriptions(by, patient))]


async def list_effects(by: Actor, patient: UUID) -> list[Effect]:
    """What a person did not tolerate, the newest first."""
    rows = await db.fetch(OF_PATIENT.format(EFFECT, "adverse_effect"), patient, _centre(by))
    keys = await keys_of({row["patient"] for row in rows})
    return [_effect(row, keys[row["patient"]]) for row in rows]


async def find_prescription(prescription: UUID, *, lock: bool = False) -> Prescription | None:
    """One that is there. `lock`: held until the transaction ends."""
    row = await db.fetch_row(ONE.format(PRESCRIPTION, "prescription") + _held(lock), prescription)
    return None if row is None else _prescription(row, await key_of(row["patient"]))


async def find_effect(effect: UUID, *, lock: bool = False) -> Effect | None:
    row = await db.fetch_row(ONE.format(EFFECT, "adverse_effect") + _held(lock), effect)
    return None if row is None else _effect(row, await key_of(row["patient"]))


def _held(lock: bool) -> str:
    return " FOR UPDATE" if lock else ""


async def key_of(patient: UUID) -> PersonKey:
    return (await keys_of([patient]))[patient]


async def history_of(prescription: UUID) -> list[Former]:
    """What corrections of a prescription replaced, the newest first."""
    return await _history(HISTORY, prescription, "prescription_history")


async def effect_history_of(effect: UUID) -> list[Former]:
    return await _history(EFFECT_HISTORY, effect, "adverse_effect_history")


async def _history(statement: str, of: UUID, table: str) -> list[Former]:
    rows = await db.fetch(statement, of)
    keys = await keys_of({row["patient"] for row in rows})
    found = []
    for row in rows:
        key = keys[row["patient"]]
        values = json.loads(key.open(row["former"], row["id"], f"{table}.former"))
        why = key.open(row["why"], row["id"], f"{table}.why") if "why" in row else ""
        found.append(Former(values, why, row["changed_by"], row["changed_at"]))
    return found


def _prescription(row: db.Row, key: PersonKey) -> Prescription:
    said = {name: key.open_or_empty(row[name], row["id"], f"prescription.{name}") for name in SEALED}
    ended = PartialDate.of(row["ended"]) if row["ended"] else None
    return Prescription(
        id=row["id"],
        patient=row["patient"],
        organisation=row["organisation"],
        cis=row["cis"],
        label=row["label"],
        substance=row["substance"],
        strength=row["strength"],
        strength_per=row["strength_per"],
        plan=_plan(row, said),
        stop=Stop(ended, row["stop_reason"], said["stop_note"]) if ended else None,
        follows=row["follows"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        revision=row["revision"],
        atc=row["atc"] or "",
    )


SEALED = ("words", "reason", "prescriber", "stop_note")


def _plan(row: db.Row, said: dict[str, str]) -> Plan:
    takes: list[Any] = json.loads(row["takes"])
    return Plan(
        unit=row["unit"],
        takes=tuple((when, Decimal(amount)) for when, amount in takes),
        started=PartialDate.of(row["started"]),
        rhythm=_rhythm(row),
        every_days=row["every_days"],
        weekdays=tuple(map(int, row["weekdays"])),
        most_per_day=row["most_per_day"],
        route=row["route"],
        words=said["words"],
        reason=said["reason"],
        prescriber=said["prescriber"],
        refill_on=row["refill_on"],
    )


def _rhythm(row: db.Row) -> Rhythm:
    if row["as_needed"]:
        return Rhythm.NEEDED
    if row["weekdays"]:
        return Rhythm.WEEKDAYS
    return Rhythm.EVERY if row["every_days"] > 1 else Rhythm.DAILY


def _effect(row: db.Row, key: PersonKey) -> Effect:
    known = NewEffect(
        label=key.open(row["label"], row["id"], "adverse_effect.label"),
        severity=row["severity"],
        started=PartialDate.of(row["started"]),
        ended=PartialDate.of(row["ended"]) if row["ended"] else None,
        outcome=row["outcome"],
        action_taken=row["action_taken"],
        suspected=tuple(row["suspected"]),
    )
    return Effect(
        id=row["id"],
        patient=row["patient"],
        organisation=row["organisation"],
        known=known,
        created_by=row["created_by"],
        created_at=row["created_at"],
        revision=row["revision"],
    )
