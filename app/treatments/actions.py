"""Prescribing, changing a dose, stopping, correcting, removing; adverse effects. Each action is one transaction."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.crypto import PersonKey
from app.lib.db import execute, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.queries import lock_patient
from app.treatments.model import Effect, NewEffect, Plan, Prescription, Rhythm, Stop
from app.treatments.queries import find_effect, find_prescription, key_of

INSERT = """
INSERT INTO prescription (id, patient, organisation, cis, label, substance, strength, strength_per, follows, created_by,
    created_at, words, unit, takes, every_days, weekdays, as_needed, most_per_day, route, started, refill_on, reason,
    prescriber)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
"""
CORRECT = """
UPDATE prescription SET words = $2, unit = $3, takes = $4, every_days = $5, weekdays = $6, as_needed = $7,
    most_per_day = $8, route = $9, started = $10, refill_on = $11, reason = $12, prescriber = $13,
    revision = revision + 1
WHERE id = $1
"""
END = """
UPDATE prescription SET ended = $2, stop_reason = $3, stop_note = $4, revision = revision + 1 WHERE id = $1
"""
KEEP = """
INSERT INTO prescription_history (id, patient, prescription, revision, former, why, changed_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REMOVE = "UPDATE {} SET removed_at = $2, removed_by = $3, removed_reason = $4 WHERE id = $1"
REOPEN = """
UPDATE prescription SET ended = NULL, stop_reason = '', stop_note = NULL, revision = revision + 1
WHERE id = $1 AND stop_reason = 'changed' AND removed_at IS NULL
"""
INSERT_EFFECT = """
INSERT INTO adverse_effect (id, patient, organisation, created_by, created_at, label, severity, started, ended, outcome,
    action_taken, suspected)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
CORRECT_EFFECT = """
UPDATE adverse_effect SET label = $2, severity = $3, started = $4, ended = $5, outcome = $6, action_taken = $7,
    suspected = $8, revision = revision + 1
WHERE id = $1
"""
KEEP_EFFECT = """
INSERT INTO adverse_effect_history (id, patient, adverse_effect, revision, former, changed_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
THERE = "SELECT EXISTS (SELECT FROM {} WHERE id = $1)"


@dataclass(frozen=True, slots=True)
class What:
    """What is prescribed, as the drug database says it now; nothing of it for what is written in words."""

    cis: str | None = None
    label: str = ""
    substance: str = ""
    strength: Decimal | None = None
    strength_per: str = ""


async def prescribe(by: Actor, patient: UUID, prescription: UUID, what: What, plan: Plan, *, at: datetime) -> None:
    """Write a prescription down. `prescription`: its id, made with the form; a second sending changes nothing.

    Refused: `prescription.taken` where the id is of one that says otherwise.
    """
    async with transaction():
        await lock_patient(patient)
        if await _is_kept(by, patient, prescription, (what.cis, plan, None)):
            return
        await _insert(by, patient, prescription, (what, plan, None), at)
        await audit.record(audit.Action.PRESCRIPTION_ADDED, **_of(by, patient, prescription, at))


async def change_dose(
    by: Actor, patient: UUID, held: tuple[UUID, int], prescription: UUID, plan: Plan, *, at: datetime
) -> Prescription | None:
    """Another dose from `plan.started` on: the one held, (id, revision), ends; a new one follows.

    What stands there, if it is not that revision or was stopped. Refused: `prescription.taken`, as above.
    """
    async with transaction():
        await lock_patient(patient)
        former = await _taken(held[0])
        if await _is_kept(by, patient, prescription, (former.cis, plan, former.id)):
            return None
        if former.revision != held[1] or former.stop is not None:
            return former
        await execute(END, former.id, plan.started.text, "changed", None)
        what = What(former.cis, former.label, former.substance, former.strength, former.strength_per)
        await _insert(by, patient, prescription, (what, plan, former.id), at)
        await audit.record(audit.Action.PRESCRIPTION_CHANGED, **_of(by, patient, prescription, at))
    return None


async def _is_kept(by: Actor, patient: UUID, prescription: UUID, said: tuple[str | None, Plan, UUID | None]) -> bool:
    """Whether this very form was kept already: the drug, how it is taken, which one it follows."""
    if not await fetch_value(THERE.format("prescription"), prescription):
        return False
    held = await find_prescription(prescription)
    if held is None or (held.patient, held.created_by, (held.cis, held.plan, held.follows)) != (patient, by.id, said):
        raise Refused("prescription.taken")
    return True


async def correct_prescription(
    by: Actor, prescription: UUID, revision: int, plan: Plan, why: str, *, at: datetime
) -> Prescription | None:
    """Put right what was typed wrong; what stood there is kept, with why. What stands there, if not `revision`.

    The dose before ends with the day on which this one begins, so it moves along.
    """
    async with transaction():
        held = await _taken(prescription)
        if held.revision != revision:
            return held
        key = await key_of(held.patient)
        await _keep(by, held, key, why, at)
        await execute(CORRECT, held.id, *_said(key, held.id, plan))
        if held.follows is not None and plan.started != held.plan.started:
            await _end_former(by, held.follows, plan, why, at)
        await audit.record(audit.Action.PRESCRIPTION_CORRECTED, **_of(by, held.patient, held.id, at))
    return None


async def stop_prescription(by: Actor, prescription: UUID, stop: Stop, *, at: datetime) -> None:
    """It is no longer taken; or it ended otherwise than was written, which is kept.

    Refused: `prescription.followed` where it ended because another dose follows.
    """
    async with transaction():
        held = await _taken(prescription)
        if held.stop == stop:
            return
        if held.stop is not None and held.stop.reason == "changed":
            raise Refused("prescription.followed")
        key = await key_of(held.patient)
        if held.stop is not None:
            await _keep(by, held, key, stop.note, at)
        note = key.seal(stop.note, held.id, "prescription.stop_note") if stop.note else None
        await execute(END, held.id, stop.ended.text, stop.reason, note)
        await audit.record(audit.Action.PRESCRIPTION_STOPPED, **_of(by, held.patient, held.id, at), why=stop.reason)


async def remove_prescription(by: Actor, prescription: UUID, reason: str, *, at: datetime) -> None:
    """It was written by mistake. The dose that it changed goes on then; another that follows it must go first."""
    async with transaction():
        held = await _taken(prescription)
        if held.stop is not None and held.stop.reason == "changed":
            raise Refused("prescription.followed")
        key = await key_of(held.patient)
        sealed = key.seal(reason, held.id, "prescription.removed_reason")
        await execute(REMOVE.format("prescription"), held.id, at, by.id, sealed)
        if held.follows is not None:
            await execute(REOPEN, held.follows)
        await audit.record(audit.Action.PRESCRIPTION_REMOVED, **_of(by, held.patient, held.id, at))


async def add_effect(by: Actor, patient: UUID, effect: UUID, new: NewEffect, *, at: datetime) -> None:
    """Write down what was not tolerated. `effect`: its id, made with the form; a second sending changes nothing.

    Refused: `adverse_effect.taken` where the id is of one that says otherwise.
    """
    if by.organisation is None:
        raise Refused("patient.no_centre")
    async with transaction():
        await lock_patient(patient)
        if await fetch_value(THERE.format("adverse_effect"), effect):
            held = await find_effect(effect)
            if held is None or (held.patient, held.created_by, held.known) != (patient, by.id, new):
                raise Refused("adverse_effect.taken")
            return
        said = _effect_said(await key_of(patient), effect, new)
        await execute(INSERT_EFFECT, effect, patient, by.organisation, by.id, at, *said)
        await audit.record(audit.Action.ADVERSE_EFFECT_ADDED, **_of(by, patient, effect, at))


async def correct_effect(by: Actor, effect: UUID, revision: int, new: NewEffect, *, at: datetime) -> Effect | None:
    """Say more or otherwise of it; what was said is kept. What stands there, if not `revision`."""
    async with transaction():
        held = await find_effect(effect, lock=True)
        if held is None:
            raise Refused("adverse_effect.gone")
        if held.revision != revision:
            return held
        key, kept = await key_of(held.patient), new_id()
        former = key.seal(json.dumps(effect_values(held.known)), kept, "adverse_effect_history.former")
        await execute(KEEP_EFFECT, kept, held.patient, effect, held.revision, former, by.id, at)
        await execute(CORRECT_EFFECT, effect, *_effect_said(key, effect, new))
        await audit.record(audit.Action.ADVERSE_EFFECT_CORRECTED, **_of(by, held.patient, effect, at))
    return None


async def remove_effect(by: Actor, effect: UUID, reason: str, *, at: datetime) -> None:
    """It was written by mistake."""
    async with transaction():
        held = await find_effect(effect, lock=True)
        if held is None:
            raise Refused("adverse_effect.gone")
        sealed = (await key_of(held.patient)).seal(reason, effect, "adverse_effect.removed_reason")
        await execute(REMOVE.format("adverse_effect"), effect, at, by.id, sealed)
        await audit.record(audit.Action.ADVERSE_EFFECT_REMOVED, **_of(by, held.patient, effect, at))


def values_of(plan: Plan, stop: Stop | None = None) -> dict[str, Any]:
    """A plan as it is kept in the history."""
    return {
        "words": plan.words,
        "unit": plan.unit,
        "takes": [[when, str(amount)] for when, amount in plan.takes],
        "rhythm": plan.rhythm.value,
        "every_days": plan.every_days,
        "weekdays": list(plan.weekdays),
        "most_per_day": str(plan.most_per_day or ""),
        "route": plan.route,
        "started": plan.started.text,
        "refill_on": plan.refill_on.isoformat() if plan.refill_on else "",
        "reason": plan.reason,
        "prescriber": plan.prescriber,
        "ended": stop.ended.text if stop else "",
    }


def effect_values(known: NewEffect) -> dict[str, Any]:
    return {
        "label": known.label,
        "severity": known.severity,
        "started": known.started.text,
        "ended": known.ended.text if known.ended else "",
        "outcome": known.outcome,
        "action_taken": known.action_taken,
        "suspected": [str(one) for one in known.suspected],
    }


async def _end_former(by: Actor, prescription: UUID, plan: Plan, why: str, at: datetime) -> None:
    former = await find_prescription(prescription, lock=True)
    if former is not None and former.stop is not None and former.stop.reason == "changed":
        await _keep(by, former, await key_of(former.patient), why, at)
        await execute(END, former.id, plan.started.text, "changed", None)


async def _keep(by: Actor, held: Prescription, key: PersonKey, why: str, at: datetime) -> None:
    """What stands there goes to the history."""
    kept = new_id()
    former = key.seal(json.dumps(values_of(held.plan, held.stop)), kept, "prescription_history.former")
    sealed = key.seal(why, kept, "prescription_history.why")
    await execute(KEEP, kept, held.patient, held.id, held.revision, former, sealed, by.id, at)


async def _taken(prescription: UUID) -> Prescription:
    held = await find_prescription(prescription, lock=True)
    if held is None:
        raise Refused("prescription.gone")
    return held


async def _insert(
    by: Actor, patient: UUID, prescription: UUID, said: tuple[What, Plan, UUID | None], at: datetime
) -> None:
    if by.organisation is None:
        raise Refused("patient.no_centre")
    what, plan, follows = said
    drug = (what.cis, what.label, what.substance, what.strength, what.strength_per)
    written = (prescription, patient, by.organisation, *drug, follows, by.id, at)
    await execute(INSERT, *written, *_said(await key_of(patient), prescription, plan))


def _said(key: PersonKey, row: UUID, plan: Plan) -> tuple[Any, ...]:
    """The columns of a plan, in the order of the statements."""

    def sealed(name: str, text: str) -> bytes | None:
        return key.seal(text, row, f"prescription.{name}") if text else None

    return (
        sealed("words", plan.words),
        plan.unit,
        json.dumps([[when, str(amount)] for when, amount in plan.takes]),
        plan.every_days if plan.rhythm is Rhythm.EVERY else 1,
        "".join(map(str, plan.weekdays)) if plan.rhythm is Rhythm.WEEKDAYS else "",
        plan.rhythm is Rhythm.NEEDED,
        plan.most_per_day if plan.rhythm is Rhythm.NEEDED else None,
        plan.route,
        plan.started.text,
        plan.refill_on,
        sealed("reason", plan.reason),
        sealed("prescriber", plan.prescriber),
    )


def _effect_said(key: PersonKey, row: UUID, new: NewEffect) -> tuple[Any, ...]:
    return (
        key.seal(new.label, row, "adverse_effect.label"),
        new.severity,
        new.started.text,
        new.ended.text if new.ended else None,
        new.outcome,
        new.action_taken,
        list(new.suspected),
    )


def _of(by: Actor, patient: UUID, subject: UUID, at: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": at, "subject": subject, "patient": patient, "organisation": by.organisation}
