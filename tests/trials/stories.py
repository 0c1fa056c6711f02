"""Trials applied, centres opened and people enrolled through the product's own actions, for tests of what follows."""

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.i18n import ZONE
from app.questionnaires.library import library
from app.trials.applying.actions import apply_trial
from app.trials.enrolling.actions import Joining, Screening, enrol
from app.trials.format.reading import Trial, read_trial
from app.trials.model import Visit
from app.trials.queries import visits_of
from app.trials.sites.actions import Hope, open_site
from tests.consents.stories import says
from tests.people import Cast

FILES = Path(__file__).with_name("files")


def text_of(name: str) -> str:
    """A trial file of the tests: small ones that use what a test is about."""
    return (FILES / f"{name}.yml").read_text()


def trial_of(text: str) -> Trial:
    return read_trial(text, library())


async def applied(text: str, *, at: datetime | None = None) -> Trial:
    """This text is the current version of its trial."""
    trial = trial_of(text)
    await apply_trial(NOBODY, text, trial, at=at or clock.now())
    return trial


async def opened(key: str, *organisations: UUID, hope: Hope | None = None) -> list[UUID]:
    """These centres may enrol in the trial, since long ago."""
    since = clock.day_in(ZONE, clock.now()) - timedelta(days=400)
    return [await open_site(NOBODY, key, one, since, hope or Hope(), at=clock.now()) for one in organisations]


async def joined(
    people: Cast,
    key: str,
    *,
    who: str = "paul",
    by: str = "ines",
    on: date | None = None,
    arm: str | None = None,
    events: dict[str, date] | None = None,
    answers: dict[str, bool] | None = None,
) -> UUID:
    """Paul (or Yann, at Brest by Zoé) agrees and is enrolled; every question of the protocol as it should be."""
    await says(people, who, f"trial:{key}", yes=True)
    patient = {"paul": people.paul_patient, "claire": people.lea_patient, "yann": people.yann_patient}[who]
    screening = Screening(patient=patient, trial=key, answers=answers or {})
    joining = Joining(included_on=on or clock.day_in(ZONE, clock.now()), arm=arm, events=events)
    return await enrol(people[by].actor, screening, joining, at=clock.now())


async def visit_named(enrolment: UUID, name: str) -> Visit:
    """One visit of an enrolment by its name, such as start#0."""
    return next(one for one in await visits_of([enrolment]) if one.name == name)
