"""Which version of the protocol each visit follows after an amendment."""

from datetime import timedelta

from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.i18n import ZONE
from app.trials.applying.actions import apply_trial
from app.trials.applying.queries import plan_trial
from app.trials.queries import visits_of
from app.trials.visits.actions.holding import open_visit
from tests.trials.stories import applied, joined, opened, text_of, trial_of, visit_named

TODAY = clock.day_in(ZONE, clock.now())
CHECK = """data_checks:
  - {id: low, uses: {mood: phq9.total}, query_if: mood >= 20, message: {en: Is this right?, fr: Est-ce exact ?}}
amendments:
  - version: "1.1.0"
    approved: "2026-06-01"
    changes: {en: A data check., fr: Un contrôle.}
    enrolled_people: future_visits
sdv:"""


async def test_visits_to_come_that_stay_as_they_are_are_checked_by_the_amendment_too(db, people):
    former = (await applied(text_of("small"))).version
    await opened("small", people.lyon)
    enrolment = await joined(people, "small", on=TODAY - timedelta(days=50))
    begun = await visit_named(enrolment, "home#1")
    await open_visit(people["ines"].actor, begun.id, TODAY, at=clock.now())
    standing = {one.name: one for one in await visits_of([enrolment])}

    text = text_of("small").replace('version: "1.0.0"\ntitle', 'version: "1.1.0"\ntitle').replace("sdv:", CHECK, 1)
    done = await apply_trial(NOBODY, text, trial_of(text), at=clock.now())

    after = {one.name: one for one in await visits_of([enrolment])}
    followed = {name for name, one in after.items() if one.version == done.version}
    assert former == "1.0.0"
    assert followed == {"home#2", "home#3", "home#4", "home#5"}, "what is over or begun stays under the former one"
    assert {name: (one.planned, one.revision) for name, one in after.items()} == {
        name: (one.planned, one.revision) for name, one in standing.items()
    }
    assert await plan_trial(trial_of(text), at=clock.now()) == []
