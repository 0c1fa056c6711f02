"""Treatments of the demonstration: what some patients take and took, and what one did not tolerate."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.access.policy import Actor
from app.demo.stories import Story
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.dates import PartialDate
from app.treatments.actions import What, add_effect, change_dose, prescribe, stop_prescription
from app.treatments.drugs.queries import find_drug, search_drugs
from app.treatments.model import NewEffect, Plan, Rhythm, Stop

# By the account of the story: what is looked for in the drug database (or written in words), unit, amount and time of
# each dose with how many days ago it began, how many days ago it ended and why, what it is for.
Given = tuple[str, str, tuple[tuple[str, str, int], ...], tuple[int, str] | None, str]
TAKEN: dict[str, tuple[Given, ...]] = {
    "paul": (
        ("sertraline 50 gelule", "capsule", (("morning", "1", 290), ("morning", "2", 200)), None, "Épisode dépressif"),
        ("", "session", (("any", "1", 150),), (20, "remission"), "Thérapie cognitive et comportementale"),
        ("teralithe 250", "tablet", (("evening", "2", 170),), (75, "adverse_effect"), "Potentialisation"),
    ),
    "nadia": (
        ("lamictal 100", "tablet", (("evening", "1", 400), ("evening", "2", 310)), None, "Trouble bipolaire"),
        ("quetiapine lp 300", "tablet", (("night", "1", 250),), (60, "wish"), "Trouble bipolaire"),
    ),
    "claire": (("melatonine 2", "tablet", (("night", "1", 120),), None, "Sommeil"),),
}
NOTICED = {"paul": ("Tremblement des mains", 80, 60, "teralithe")}


async def prescribe_all(story: Story, patient: UUID, head: Actor, at: datetime) -> None:
    """Write down what one story says was taken, each dose on its day, and what was not tolerated."""
    by: dict[str, UUID] = {}
    for searched, unit, doses, ended, reason in TAKEN.get(story.account, ()):
        by[searched.partition(" ")[0]] = await _one(head, patient, (searched, unit, doses, ended, reason), at)
    if story.account in NOTICED:
        label, began, over, suspected = NOTICED[story.account]
        days = [PartialDate.on(_day(at, ago)) for ago in (began, over)]
        new = NewEffect(label, "moderate", days[0], days[1], "recovered", "stopped", (by[suspected],))
        await add_effect(head, patient, new_id(), new, at=at - timedelta(days=began - 2))


def _day(at: datetime, ago: int) -> date:
    return day_in(ZONE, at - timedelta(days=ago))


async def _one(head: Actor, patient: UUID, given: Given, at: datetime) -> UUID:
    """The last of its doses."""
    searched, unit, doses, ended, reason = given
    what, former = await _what(searched), None
    prescription = new_id()
    for when, amount, ago in doses:
        plan = Plan(
            unit, ((when, Decimal(amount)),), PartialDate.on(_day(at, ago)), reason=reason, prescriber=head.name
        )
        if what.cis is None:
            words = searched.capitalize() or reason
            plan = replace(plan, words=words)
        if unit == "session":
            plan = replace(plan, reason="", rhythm=Rhythm.EVERY, every_days=7)
        if ago == doses[-1][2] and ended is None:
            plan = replace(plan, refill_on=_day(at, -24))
        if former is None:
            await prescribe(head, patient, prescription, what, plan, at=at - timedelta(days=ago))
        else:
            prescription = new_id()
            await change_dose(head, patient, (former, 1), prescription, plan, at=at - timedelta(days=ago))
        former = prescription
    if ended is not None:
        stop = Stop(PartialDate.on(_day(at, ended[0])), ended[1])
        await stop_prescription(head, prescription, stop, at=at - timedelta(days=ended[0]))
    return prescription


async def _what(searched: str) -> What:
    """The first drug that answers, as the team would choose it; nothing where no drugs were brought in."""
    found = await search_drugs(searched) if searched else []
    known = await find_drug(found[0].cis) if found else None
    if known is None:
        return What()
    drug, substance = known
    return What(drug.cis, drug.name, substance, drug.strength, drug.strength_per)
