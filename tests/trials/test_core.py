"""From the file to the signed-off visit, through the actions: what each leaves behind."""

from datetime import timedelta

import pytest

from app.assignments.queries import list_of_visits
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import fetch_value
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.trials.applying.actions import apply_trial
from app.trials.applying.queries import plan_trial
from app.trials.format.states import VisitState
from app.trials.queries import enrolments_of, visits_of
from app.trials.visits.actions.holding import complete_visit, open_visit
from tests.trials.stories import applied, joined, opened, text_of, trial_of, visit_named

TODAY = clock.day_in(ZONE, clock.now())


@pytest.fixture
async def small(db, people):
    text = text_of("small")
    await applied(text)
    await opened("small", people.lyon)
    return text


async def test_somebody_joins_and_what_is_due_is_asked(small, people):
    enrolment = await joined(people, "small")
    visits = await visits_of([enrolment])

    assert [one.name for one in visits] == ["start#0", *(f"home#{n}" for n in range(6))]
    assert visits[0].state(TODAY) is VisitState.DUE
    asked = await list_of_visits([one.id for one in visits])
    assert [(one.questionnaire, one.answered_by, one.due_on) for one in asked] == [
        ("phq9", "patient", TODAY + timedelta(days=21)),
        ("gad7", "patient", TODAY + timedelta(days=21)),
    ]


async def test_an_opened_visit_asks_the_team_too_and_ends_with_a_reason_for_what_lacks(small, people):
    enrolment = await joined(people, "small")
    start = await visit_named(enrolment, "start#0")
    ines, at = people["ines"].actor, clock.now()
    await open_visit(ines, start.id, TODAY, at=at)

    asked = await list_of_visits([start.id])
    assert [one.questionnaire for one in asked] == ["phq9", "gad7", "madrs", "ymrs"]
    with pytest.raises(Refused, match=r"visit\.missing"):
        await complete_visit(ines, start.id, TODAY, at=at)
    await complete_visit(ines, start.id, TODAY, "Ill that day.", at=at)
    assert (await visit_named(enrolment, "start#0")).state(TODAY) is VisitState.COMPLETE
    assert {one.state for one in await list_of_visits([start.id])} == {"expired"}


async def test_an_amendment_reaches_those_enrolled_once(small, people):
    enrolment = await joined(people, "small")
    amended = small.replace('version: "1.0.0"\ntitle', 'version: "1.1.0"\ntitle').replace(
        "sdv:",
        'amendments:\n  - {version: "1.1.0", approved: "2026-06-01", changes: {en: Longer., fr: Prolongé.}, '
        "enrolled_people: future_visits}\nsdv:",
    )
    amended = amended.replace("times: 6", "times: 8")
    trial, at = trial_of(amended), clock.now()

    assert {one.kind for one in await plan_trial(trial, at=at)} == {"version", "added"}
    done = await apply_trial(NOBODY, amended, trial, at=at)
    assert done.new
    assert len(await visits_of([enrolment])) == 9
    assert await plan_trial(trial, at=at) == []
    again = await apply_trial(NOBODY, amended, trial, at=at)
    assert (again.new, again.changes) == (False, ())
    assert [one.version for one in await enrolments_of(people.paul_patient)] == [done.version]
    assert await fetch_value("SELECT count(*) FROM trial_version") == 2
