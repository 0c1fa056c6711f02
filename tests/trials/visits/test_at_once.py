"""Two sessions at the same moment, each on a connection of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.lib import clock, db
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.responses.queries import lock_response
from app.trials.queries import find_visit
from app.trials.visits.actions import laying
from app.trials.visits.actions.holding import complete_visit, open_visit
from app.trials.visits.actions.preparing import prepare_due
from tests.live import Live
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text
from tests.trials.visits.stories import asked_of, begin, send

A_MOMENT = 0.4
AMENDED = """amendments:
  - {version: "1.0.0", approved: "2026-01-01", changes: {en: First., fr: Première.}, enrolled_people: keep}
"""
AGAIN = '  - {version: "1.1.0", approved: "2026-02-01", changes: {en: M., fr: P.}, enrolled_people: future_visits}\n'
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


def test_an_amendment_and_whoever_opens_what_it_moves_do_not_wait_for_each_other(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patient has opened the questionnaire and waits for the enrolment, while the amendment moves its days."""

    async def story(people: Cast) -> None:
        first = trial_text("small").replace("key: small", "key: at_once_d").replace(", reuse: 14 days", "")
        await applied(first + AMENDED)
        await opened("at_once_d", people.lyon)
        enrolment = await joined(people, "at_once_d", on=TODAY - timedelta(days=30))
        await prepare_due(at=clock.now())
        home = await asked_of(enrolment, "home#0")
        second = first.replace('"1.0.0"', '"1.1.0"', 1).replace("[-7 days, 10 days]", "[-8 days, 9 days]")
        reading, changes = asyncio.Event(), laying._change

        async def later(*args: Any) -> None:
            reading.set()
            await asyncio.sleep(A_MOMENT)
            await changes(*args)

        async def opens() -> UUID:
            await reading.wait()
            return await begin(people["paul"].actor, home)

        monkeypatch.setattr(laying, "_change", later)
        _trial, response = await asyncio.gather(applied(second + AMENDED + AGAIN), opens())
        visit = await visit_named(enrolment, "home#0")
        assert visit.started_on == TODAY
        assert [one.response for one in await list_of_visits([visit.id])] == [response]

    tried(live, story)


def test_a_visit_takes_an_answer_that_is_being_sent(live: Live) -> None:
    """It is opened while the patient sends what counts for it: both go through."""

    async def story(people: Cast) -> None:
        text = trial_text("small").replace("key: small", "key: at_once_e").replace("key: phq9", "key: tea_coffee")
        await applied(text.replace("phq9.q9", "gad7.q1"))
        await opened("at_once_e", people.lyon)
        enrolment = await joined(people, "at_once_e", on=TODAY - timedelta(days=30))
        await prepare_due(at=clock.now())
        paul, start = people["paul"].actor, await visit_named(enrolment, "start#0")
        response = await begin(paul, await asked_of(enrolment, "home#0", "tea_coffee"))
        locked = asyncio.Event()

        async def sends() -> None:
            async with transaction():
                await lock_response(response)
                locked.set()
                await asyncio.sleep(A_MOMENT)
                await send(paul, response, {})

        async def opens() -> None:
            await locked.wait()
            await open_visit(people["ines"].actor, start.id, TODAY, at=clock.now())

        await asyncio.gather(sends(), opens())
        answer = await asked_of(enrolment, "start#0", "tea_coffee")
        assert (answer.response, answer.state) == (response, State.DONE)

    tried(live, story)
