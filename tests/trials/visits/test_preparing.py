"""What the night asks, and what it asks no longer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.i18n import ZONE
from app.trials.enrolling.actions import end_enrolment
from app.trials.model import Ended
from app.trials.queries import visits_of
from app.trials.visits.actions.expiring import expire_over
from app.trials.visits.actions.holding import open_visit
from app.trials.visits.actions.preparing import prepare_due
from tests.browser import Browser, text_of
from tests.consents.stories import says
from tests.people import Cast
from tests.trials.stories import text_of as trial_text
from tests.trials.stories import visit_named
from tests.trials.visits.stories import asked_of, begin, in_trial, send

BrowserFor = Callable[..., Browser]
TODAY = clock.day_in(ZONE, clock.now())


@pytest.fixture
async def enrolment(db: None, people: Cast) -> UUID:
    """Paul, whose first visit may still be held today and who is asked something at home from tomorrow on."""
    return await in_trial(people, trial_text("small"), days_ago=21)


def noon(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


async def states(enrolment: UUID, name: str) -> list[State]:
    return [one.state for one in await list_of_visits([(await visit_named(enrolment, name)).id])]


async def test_a_window_that_opens_asks_once(enrolment: UUID) -> None:
    opens = (await visit_named(enrolment, "home#0")).window
    assert opens is not None
    at = clock.now() + (opens.permitted[0] - TODAY)
    assert await states(enrolment, "home#0") == ([State.TO_DO] if opens.permitted[0] <= TODAY else [])
    for _ in range(2):
        await prepare_due(at=at)
    assert await states(enrolment, "home#0") == [State.TO_DO]
    assert await prepare_due(at=at) == 0


async def test_many_are_asked_a_few_at_a_time(enrolment: UUID) -> None:
    await execute(
        "UPDATE visit SET prepared_at = NULL, permitted_to = permitted_from + 400 WHERE enrolment = $1", enrolment
    )
    assert [await prepare_due(at=noon(370), limit=3) for _ in range(4)] == [3, 3, 1, 0]


@pytest.mark.parametrize(
    ("at", "there"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), False),  # 23:59 in Paris, the eve
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), True),  # midnight, hours before the clocks change
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), True),  # 23:59 of the day of 23 hours
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), False),  # the day after, its window of one day is over
    ],
)
async def test_a_day_is_the_day_of_the_centre(enrolment: UUID, at: datetime, there: bool) -> None:
    """The night on which the clocks change, for a visit that may be held on that one day."""
    visit = await visit_named(enrolment, "home#5")
    days = ", ".join(f"{name} = '2026-03-29'" for name in ("permitted_from", "best_from", "best_to", "permitted_to"))
    await execute(f"UPDATE visit SET {days}, target = '2026-03-29' WHERE id = $1", visit.id)
    await execute("UPDATE visit SET prepared_at = now() WHERE id <> $1", visit.id)
    assert await prepare_due(at=at) == int(there)


async def test_what_nobody_began_in_time_is_asked_no_longer(
    enrolment: UUID, people: Cast, browser_for: BrowserFor
) -> None:
    """What was begun stays with whoever began it; opening the visit late asks the rest again."""
    paul, ines = people["paul"].actor, people["ines"].actor
    response = await begin(paul, await asked_of(enrolment, "start#0"))
    assert await states(enrolment, "start#0") == [State.IN_PROGRESS, State.TO_DO]
    await expire_over(at=noon(0))
    assert await states(enrolment, "start#0") == [State.IN_PROGRESS, State.TO_DO]
    for _ in range(2):
        await expire_over(at=noon(1))
    assert await states(enrolment, "start#0") == [State.IN_PROGRESS, State.EXPIRED]

    await execute("UPDATE assignment SET due_on = due_on - 2 WHERE origin_kind = 'visit'")
    home = text_of((await browser_for("paul").page("/home")).main)
    assert "Asked no longer" in home
    await send(paul, response)
    start = await visit_named(enrolment, "start#0")
    await open_visit(ines, start.id, TODAY, at=clock.now())
    assert await states(enrolment, "start#0") == [State.DONE, State.TO_DO, State.TO_DO, State.TO_DO]


async def test_a_visit_that_the_team_is_holding_stays_as_it_is(enrolment: UUID, people: Cast) -> None:
    await open_visit(people["ines"].actor, (await visit_named(enrolment, "start#0")).id, TODAY, at=clock.now())
    await expire_over(at=noon(60))
    assert State.EXPIRED not in await states(enrolment, "start#0")


async def test_all_are_gone_through_in_steps(enrolment: UUID) -> None:
    after, steps = await expire_over(at=noon(400), limit=1), 1
    while after is not None:
        after, steps = await expire_over(at=noon(400), after=after, limit=1), steps + 1
    left = await fetch_value("SELECT count(*) FROM assignment WHERE origin_kind = 'visit' AND state = 'to_do'")
    assert left == 0
    assert steps > 1


async def test_nobody_who_left_is_asked(enrolment: UUID, people: Cast) -> None:
    ines = people["ines"].actor
    await end_enrolment(ines, enrolment, Ended.WITHDRAWN, TODAY, "Too far away.", at=clock.now())
    await execute("UPDATE visit SET prepared_at = NULL")
    assert await prepare_due(at=noon(15)) == 0
    waiting = await list_of_visits([one.id for one in await visits_of([enrolment])])
    assert [one for one in waiting if one.waiting] == []


async def test_a_draft_that_is_sent_late_ends_the_visit_at_home(enrolment: UUID, people: Cast) -> None:
    """After its window: complete, and out of window for everybody to see."""
    await prepare_due(at=noon(5))
    paul, sent = people["paul"].actor, noon(40)
    response = await begin(paul, await asked_of(enrolment, "home#0"), at=noon(5))
    await expire_over(at=sent)
    await send(paul, response, at=sent)
    home = await visit_named(enrolment, "home#0")
    assert home.completed_on == clock.day_in(ZONE, sent)
    assert home.window is not None
    assert home.completed_on > home.window.permitted[1]


async def test_a_visit_at_home_that_the_team_opens_late_stays_open(db: None, people: Cast) -> None:
    """Its window is over: whoever was called may answer until the team completes it, and not until the next hour."""
    enrolment = await in_trial(people, trial_text("small"), days_ago=21)
    home = await visit_named(enrolment, "home#0")
    assert home.window is not None
    late = clock.now() + (home.window.permitted[1] - TODAY) + timedelta(days=2)
    await open_visit(people["ines"].actor, home.id, clock.day_in(ZONE, late), at=late)
    for days in (0, 1, 9):
        await expire_over(at=late + timedelta(days=days))
    assert await states(enrolment, "home#0") == [State.TO_DO]


async def test_what_is_allowed_again_is_asked_again_of_a_visit_that_had_begun(db: None, people: Cast) -> None:
    """Of the person and of the team: otherwise it would be completed as if nothing were missing."""
    enrolment = await in_trial(people, trial_text("small"))
    visit = (await visit_named(enrolment, "start#0")).id
    await open_visit(people["ines"].actor, visit, TODAY, at=clock.now())
    assert await states(enrolment, "start#0") == [State.TO_DO] * 4
    await says(people, "paul", "trial:small", yes=False)
    assert await states(enrolment, "start#0") == []
    assert await prepare_due(at=clock.now()) == 0
    await says(people, "paul", "trial:small", yes=True)
    assert await prepare_due(at=clock.now()) == 1
    assert await states(enrolment, "start#0") == [State.TO_DO] * 4
