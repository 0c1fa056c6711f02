"""A visit that has begun in Lyon, and Inès's tablet in the hands of the patient or a relative."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.i18n import ZONE
from app.trials.model import Visit
from app.trials.visits.actions.holding import open_visit
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, text_of, visit_named

RELATIVE = """      - {id: close, title: {en: Relative, fr: Proche}, who: proxy, questionnaires: [medication_taking]}
  - id: home"""


@dataclass(frozen=True, slots=True)
class Held:
    """The visit, and what it asks by key of the questionnaire."""

    visit: Visit
    asked: dict[str, UUID]

    @property
    def url(self) -> str:
        return f"/visits/{self.visit.id}"


async def visit_begun(people: Cast, who: str = "paul", by: str = "ines") -> Held:
    """PHQ-9 and GAD-7 of the patient, one questionnaire of a relative, and what the doctor fills in."""
    today = clock.day_in(ZONE, clock.now())
    # A title of its own, and nothing taken from elsewhere: others answer for the same people on a living product.
    text = text_of("small").replace("Small trial", "Held trial").replace("Petit essai", "Essai tenu")
    text = text.replace("key: small", "key: held").replace("{key: phq9, reuse: 14 days}", "phq9")
    await applied(text.replace("  - id: home", RELATIVE, 1))
    await opened("held", people.lyon if by == "ines" else people.brest)
    enrolment = await joined(people, "held", who=who, by=by, on=today - timedelta(days=1))
    visit = await visit_named(enrolment, "start#0")
    await open_visit(people[by].actor, visit.id, today, at=clock.now())
    asked = {one.questionnaire: one.id for one in await list_of_visits([visit.id])}
    return Held(visit, asked)


async def hand_over(browser: Any, held: Held, who: str = "patient") -> Any:
    """The answer to the button."""
    return await browser.post(f"{held.url}/tablet", data={"who": who})
