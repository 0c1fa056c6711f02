"""Laboratory results of the demonstration: the months after lithium is begun, and the metabolic checks of another."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.access.policy import Actor
from app.biology.actions import correct_report, enter_report
from app.biology.model import About, Entry
from app.biology.queries import find_report
from app.demo.stories import Story
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.lib.ids import new_id

# What one laboratory prints: analyte, unit, its range.
PARK, CANAL = "Laboratoire du Parc", "Biologie du Canal"
OF_PARK: dict[str, tuple[str, str | None, str | None]] = {
    "lithium": ("mmol/L", "0.50", "0.80"),
    "tsh": ("m[IU]/L", "0.40", "4.00"),
    "creatinine": ("umol/L", "49", "90"),
    "calcium": ("mmol/L", "2.15", "2.55"),
    "sodium": ("mmol/L", "136", "145"),
    "potassium": ("mmol/L", "3.4", "4.5"),
}
# The same things in the units of another laboratory, so that the table shows them beside each other.
OF_CANAL: dict[str, tuple[str, str | None, str | None]] = {
    "cholesterol": ("g/L", None, "2.00"),
    "hdl": ("g/L", "0.40", None),
    "ldl": ("g/L", None, "1.60"),
    "triglycerides": ("g/L", None, "1.50"),
    "glucose": ("g/L", "0.74", "1.06"),
    "hba1c": ("%", "4.0", "6.0"),
}
PRINTED = {PARK: OF_PARK, CANAL: OF_CANAL}
# By the account of the story: how many days ago, which laboratory, what it found.
MEASURED: dict[str, tuple[tuple[int, str, str], ...]] = {
    "nadia": (
        (186, PARK, "tsh 1.62, creatinine 64, calcium 2.31, sodium 140, potassium 4.1"),
        (171, PARK, "lithium 0.41"),
        (160, PARK, "lithium 0.58"),
        (132, PARK, "lithium 0.66, creatinine 66, sodium 139, potassium 4.0"),
        (97, PARK, "lithium 0.71, tsh 2.85, creatinine 68, calcium 2.38"),
        (62, PARK, "lithium 0.87, creatinine 74, sodium 137, potassium 4.2"),
        (48, PARK, "lithium 0.69"),
        (12, PARK, "lithium 0.72, tsh 4.35, creatinine 70, calcium 2.41, sodium 140, potassium 4.1"),
    ),
    "paul": (
        (262, CANAL, "cholesterol 2.18, hdl 0.44, ldl 1.39, triglycerides 1.75, glucose 1.02, hba1c 5.6"),
        (139, CANAL, "cholesterol 2.05, hdl 0.46, ldl 1.28, triglycerides 1.56, glucose 0.99, hba1c 5.5"),
        (20, CANAL, "cholesterol 1.94, hdl 0.49, ldl 1.20, triglycerides 1.27, glucose 0.96, hba1c 5.4"),
    ),
}
COMMENTS = {("nadia", 62): "Prélevé trois heures après la prise du matin\N{NO-BREAK SPACE}: à recontrôler."}
# A figure that was first misread.
MISREAD = ("nadia", 132, "0.96")
EARLY = timedelta(hours=2)


async def measure(story: Story, patient: UUID, team: Actor, stage_at: datetime) -> None:
    """Enter the reports of one story, each the day after the sample."""
    for days_ago, laboratory, found in MEASURED.get(story.account, ()):
        taken, at = stage_at - timedelta(days=days_ago), stage_at - timedelta(days=days_ago - 1, minutes=7)
        about = About(
            taken_on=day_in(ZONE, taken),
            laboratory=laboratory,
            fasting=True if laboratory == CANAL else None,
            comment=COMMENTS.get((story.account, days_ago), ""),
        )
        right = _entries(laboratory, found)
        if MISREAD[:2] == (story.account, days_ago):
            wrong = _entries(laboratory, found.replace("lithium 0.66", f"lithium {MISREAD[2]}"))
            report = await enter_report(team, patient, new_id(), about, wrong, at=at)
            first = await find_report(report)
            revision = first.revision if first else 1
            await correct_report(team, report, about, right, "Chiffre mal lu.", revision, at=at + EARLY)
        else:
            await enter_report(team, patient, new_id(), about, right, at=at)


def _entries(laboratory: str, found: str) -> list[Entry]:
    return [_entry(PRINTED[laboratory], *one.split()) for one in found.split(", ")]


def _entry(printed: dict[str, tuple[str, str | None, str | None]], analyte: str, value: str) -> Entry:
    unit, low, high = printed[analyte]
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    return Entry(analyte=analyte, comparator="", value=Decimal(value), unit=unit, low=ends[0], high=ends[1])
