"""Reports that tests enter, by the product's own actions."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.biology.actions import enter_report
from app.biology.imports.actions import keep_file
from app.biology.model import About, Entry
from app.lib import clock
from app.lib.ids import new_id


def entry(
    analyte: str, value: str, unit: str, low: str | None = None, high: str | None = None, sign: str = ""
) -> Entry:
    low_end, high_end = (None if one is None else Decimal(one) for one in (low, high))
    return Entry(analyte=analyte, comparator=sign, value=Decimal(value), unit=unit, low=low_end, high=high_end)


LITHIUM = entry("lithium", "0.72", "mmol/L", "0.6", "0.8")
CREATININE = entry("creatinine", "14.5", "mg/L", "7", "12")


async def report(people, *entries, who="ines", patient: UUID | None = None, day=date(2026, 11, 2), **about) -> UUID:
    """A report of Paul's, or of somebody else."""
    said = About(taken_on=day, laboratory=about.pop("laboratory", "Laboratoire du Parc"), **about)
    given = entries or (LITHIUM, CREATININE)
    return await enter_report(people[who].actor, patient or people.paul_patient, new_id(), said, given, at=clock.now())


async def looked_at(
    people, who: str, text: str = "code;date;analyte;value;unit\nABCD;2026-11-02;lithium;0,7;mmol/L"
) -> UUID:
    """A file that somebody has looked at and not taken over."""
    return await keep_file(people[who].actor, text, "biology.csv", at=clock.now())
