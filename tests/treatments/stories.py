"""Prescriptions and adverse effects of the cast, written through the product's own actions."""

from decimal import Decimal
from uuid import UUID

from app.lib import clock
from app.lib.ids import new_id
from app.patients.dates import PartialDate
from app.treatments.actions import What, add_effect, prescribe
from app.treatments.model import NewEffect, Plan
from tests.people import Cast


def plan(words="", amount="1", unit="tablet", started="2026-02-03", **more) -> Plan:
    return Plan(unit, (("morning", Decimal(amount)),), PartialDate.of(started), words=words, **more)


async def prescribed(people: Cast, who: str, patient: UUID, new: Plan, what: What | None = None) -> UUID:
    prescription = new_id()
    await prescribe(people[who].actor, patient, prescription, what or What(), new, at=clock.now())
    return prescription


async def noticed(people: Cast, who: str, patient: UUID, label: str = "Tremor", **more) -> UUID:
    effect = new_id()
    new = NewEffect(label, "moderate", PartialDate.of("2026-03"), None, "ongoing", "none", **more)
    await add_effect(people[who].actor, patient, effect, new, at=clock.now())
    return effect


async def treatment_things(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    """One of each in Lyon and in Brest."""
    worlds = (("ines", people.paul_patient), ("zoe", people.yann_patient))
    plans = [await prescribed(people, who, patient, plan("Walks")) for who, patient in worlds]
    effects = [await noticed(people, who, patient) for who, patient in worlds]
    return {"prescription_id": (plans[0], plans[1]), "effect_id": (effects[0], effects[1])}
