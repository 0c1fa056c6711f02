"""What becomes of the calendar of somebody as visits are held, skipped and answered."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.questionnaires.library import library
from app.trials.enrolling.actions import end_enrolment, note_event
from app.trials.enrolling.queries import foresee_change
from app.trials.library import trial_at
from app.trials.model import Ended
from app.trials.queries import find_enrolment, visits_of
from app.trials.visits.actions.holding import open_visit, reopen_visit, skip_visit
from app.trials.visits.actions.preparing import prepare_due
from app.trials.visits.model import SkipReason
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text
from tests.trials.visits.stories import asked_of, begin, send

TODAY = clock.day_in(ZONE, clock.now())
SMALL = trial_text("small")
FIRST = SMALL.replace("visits:", "events: [{id: surgery, title: {en: Surgery, fr: Opération}}]\nvisits:", 1)
LONGER = FIRST.replace('version: "1.0.0"', 'version: "1.1.0"', 1).replace(
    "sdv:",
    """  - id: week
    title: {en: After a week, fr: Après une semaine}
    at: 7 days
    best: [-1 days, 1 days]
    permitted: [-2 days, 2 days]
    modules:
      - {id: self, title: {en: Self-report, fr: Auto-questionnaires}, who: patient, questionnaires: [gad7]}
  - id: operated
    title: {en: After surgery, fr: Après l’opération}
    after: event:surgery
    at: 7 days
    best: [-1 days, 1 days]
    permitted: [-2 days, 2 days]
    modules:
      - {id: self, title: {en: Self-report, fr: Auto-questionnaires}, who: patient, questionnaires: [gad7]}
sdv:""",
)
AMENDED = """amendments:
  - {version: "1.0.0", approved: "2026-01-01", changes: {en: First., fr: Première.}, enrolled_people: keep}
"""
AGAIN = '  - {version: "1.1.0", approved: "2026-02-01", changes: {en: M., fr: P.}, enrolled_people: future_visits}\n'


async def names(enrolment: UUID) -> set[str]:
    return {one.name for one in await visits_of([enrolment])}


async def enrolled(people: Cast, text: str, days: int = 0) -> UUID:
    """Paul, included so many days ago."""
    await applied(text)
    await opened("small", people.lyon)
    return await joined(people, "small", on=TODAY - timedelta(days=days))


async def test_what_an_amendment_left_out_does_not_come_back(db: None, people: Cast) -> None:
    """A visit that would have been over is not added when another one is opened, or an event is noted, later."""
    ines, at = people["ines"].actor, clock.now()
    enrolment = await enrolled(people, FIRST + AMENDED, days=70)
    before = await names(enrolment)
    await applied(LONGER + AMENDED + AGAIN)
    assert await names(enrolment) == before

    running = next(one for one in await visits_of([enrolment]) if one.window and one.window.permitted[1] >= TODAY)
    await open_visit(ines, running.id, min(TODAY, running.target or TODAY), at=at)
    assert await names(enrolment) == before

    held = await find_enrolment(enrolment)
    assert held is not None
    operated = {"surgery": TODAY - timedelta(days=40)}
    changed = replace(held, events=operated)
    seen = await foresee_change(await trial_at(held.version), changed, TODAY)
    assert [one.name for one in seen.add] == ["operated#0"]
    await note_event(ines, enrolment, "surgery", operated["surgery"], at=at)
    assert await names(enrolment) == before | {"operated#0"}


async def test_what_counts_from_a_visit_counts_from_one_that_took_place(db: None, people: Cast) -> None:
    ines, at = people["ines"].actor, clock.now()
    text = SMALL.replace("    at: 1 month\n", "    after: visit:start\n    at: 1 month\n")
    enrolment = await enrolled(people, text)
    assert await names(enrolment) == {"start#0"}
    start = (await visit_named(enrolment, "start#0")).id
    await open_visit(ines, start, TODAY, at=at)
    assert len(await names(enrolment)) == 7
    await skip_visit(ines, start, SkipReason.ILL, "", at=at)
    assert await names(enrolment) == {"start#0"}
    await reopen_visit(ines, start, "It was held after all.", at=at)
    assert len(await names(enrolment)) == 7


async def test_somebody_may_leave_before_the_day_that_visits_count_from(db: None, people: Cast) -> None:
    ines, at = people["ines"].actor, clock.now()
    enrolment = await enrolled(people, SMALL, days=-20)
    with pytest.raises(Refused, match=r"enrolment\.day"):
        await end_enrolment(ines, enrolment, Ended.DIED, TODAY - timedelta(days=1), "", at=at)
    await end_enrolment(ines, enrolment, Ended.DIED, TODAY, "", at=at)
    ended = await find_enrolment(enrolment)
    assert ended is not None
    assert (ended.state, ended.ended_on) == (Ended.DIED, TODAY)


async def test_what_is_asked_once_is_asked_no_more_of_a_visit_that_waits(db: None, people: Cast) -> None:
    """Two visits are open at the same time and both ask; one answer is enough."""
    text = (
        SMALL.replace("{key: phq9, reuse: 14 days}", "{key: tipi, once: true}")
        .replace('["0", 21 days]', '["0", 28 days]')
        .replace("critical: [phq9.q9]", "critical: [gad7.q1]")
    )
    enrolment = await enrolled(people, text, days=25)
    await prepare_due(at=clock.now())
    paul = people["paul"].actor
    home = await asked_of(enrolment, "home#0", "tipi")
    assert home.state is State.TO_DO
    response = await begin(paul, await asked_of(enrolment, "start#0", "tipi"))
    await send(paul, response, dict.fromkeys(library().find("tipi").questions, 3))
    assert [one.state for one in await list_of_visits([home.origin_id])] == []
    assert [one.state for one in await list_of_visits([(await visit_named(enrolment, "start#0")).id])] == [
        State.DONE,
        State.TO_DO,
    ]
