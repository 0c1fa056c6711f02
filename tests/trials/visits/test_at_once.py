"""Two sessions at the same moment, each on a connection of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from app.assignments.queries import list_of_visits
from app.lib import clock, db
from app.lib.i18n import ZONE
from app.trials.queries import find_visit
from app.trials.visits.actions.holding import complete_visit, open_visit
from app.trials.visits.actions.preparing import prepare_due
from tests.live import Live
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text
from tests.trials.visits.stories import begin

TODAY = clock.day_in(ZONE, clock.now())


async def at_once(*work: Awaitable[object]) -> list[object]:
    return await asyncio.gather(*work, return_exceptions=True)


def tried(live: Live, story: Callable[[Cast], Awaitable[None]]) -> None:
    """With connections of its own for each that acts."""

    async def work() -> None:
        await db.start_pool(1, 8)
        try:
            await story(live.people)
        finally:
            await db.close_pool()

    live.do(work())


async def first_visit(people: Cast, key: str) -> UUID:
    await applied(trial_text("small").replace("key: small", f"key: {key}"))
    await opened(key, people.lyon)
    return (await visit_named(await joined(people, key), "start#0")).id


def test_two_who_open_the_same_for_two_trials_get_one(live: Live) -> None:
    async def story(people: Cast) -> None:
        visits = [await first_visit(people, key) for key in ("at_once_a", "at_once_b")]
        asked = [one for one in await list_of_visits(visits) if one.questionnaire == "phq9"]
        paul = people["paul"].actor
        got = await at_once(*(begin(paul, one) for one in (*asked, *asked)))
        assert len(set(got)) == 1
        assert isinstance(got[0], UUID)
        assert {one.response for one in await list_of_visits(visits) if one.questionnaire == "phq9"} == set(got)

    tried(live, story)


def test_a_visit_that_two_open_and_two_complete_is_held_once(live: Live) -> None:
    async def story(people: Cast) -> None:
        visit = await first_visit(people, "at_once_c")
        ines, marc, at = people["ines"].actor, people["marc"].actor, clock.now()
        night = (prepare_due(at=at), prepare_due(at=at))
        assert [
            one
            for one in await at_once(*(open_visit(who, visit, TODAY, at=at) for who in (ines, marc)), *night)
            if isinstance(one, Exception)
        ] == []
        asked = [(one.questionnaire, one.answered_by) for one in await list_of_visits([visit])]
        assert len(asked) == len(set(asked)) == 4
        done = await at_once(*(complete_visit(who, visit, TODAY, "Later.", at=at) for who in (ines, marc)))
        assert [str(one) for one in done if one is not None] == ["visit.settled"]
        found = await find_visit(visit)
        assert found is not None
        assert found.completed_on == TODAY

    tried(live, story)
