"""Signing while somebody else acts: two sessions, each on a connection of its own."""

import asyncio
from datetime import timedelta
from uuid import UUID

from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.db import transaction
from app.questionnaires.library import library
from app.trials.signing.actions import Undoing, sign_visit, unsign_visit
from app.trials.signing.model import Cause
from app.trials.signing.queries import signature_of, signatures_of, still_stands
from app.trials.visits.actions.preparing import prepare_due
from tests.live import Live
from tests.people import Cast
from tests.trials.signing.stories import (
    CALM,
    TODAY,
    answered,
    asked_in,
    begun,
    corrected,
    held,
    seen_of,
    sent,
    the,
)
from tests.trials.stories import applied, joined, opened, text_of, visit_named
from tests.trials.visits.test_at_once import at_once, tried

TIPI = dict.fromkeys(library().find("tipi").questions, 3)
SMALL = text_of("small")
A_MOMENT = 0.4


async def settled(people: Cast, key: str) -> UUID:
    """Paul's first visit in a trial of this key, held, answered and over."""
    return await held(people, CALM, key=key)


async def whole(visit: UUID) -> bool:
    """Nothing stands under a visit that was not signed."""
    standing = await signature_of(visit)
    return standing is None or await still_stands(standing)


def test_who_signs_twice_signs_once_and_of_two_the_first_does(live: Live) -> None:
    async def story(people: Cast) -> None:
        visit = await settled(people, "sign_twice")
        seen, at = await seen_of(visit), clock.now()
        ines, marc = people["ines"].actor, people["marc"].actor
        twice = await at_once(*(sign_visit(ines, visit, seen, confirmed=True, at=at) for _ in range(3)))
        assert twice == [True, True, True]
        assert len(await signatures_of(visit)) == 1
        assert await unsign_visit(ines.id, visit, Undoing(Cause.BY_HAND, "Once more."), at=at)

        seen = await seen_of(visit)
        got = await at_once(*(sign_visit(who, visit, seen, confirmed=True, at=at) for who in (ines, marc)))
        assert sorted(map(str, got)) == ["False", "True"]
        assert len(await signatures_of(visit)) == 2

    tried(live, story)


def test_what_is_corrected_while_somebody_signs_is_never_under_the_signature(live: Live) -> None:
    async def story(people: Cast) -> None:
        visit = await settled(people, "sign_and_correct")
        response = await asked_in(visit, "phq9")
        for turn in range(4):
            seen, ines = await seen_of(visit), people["ines"].actor
            got = await at_once(
                sign_visit(ines, visit, seen, confirmed=True, at=clock.now()),
                corrected(people, response, "q1", (turn + 1) % 4),
            )
            assert [one for one in got if isinstance(one, Exception)] == []
            assert await whole(visit)

    tried(live, story)


def test_an_answer_that_comes_to_count_while_somebody_signs(live: Live) -> None:
    """Given for another trial, it counts for what the visit at home still offers: signed before, or seen."""

    async def story(people: Cast) -> None:
        phq9 = "{key: phq9, reuse: 14 days}"
        home_only = (
            f"questionnaires: [{phq9}]}}",
            "questionnaires: [phq9, {key: tipi, reuse: 14 days, required: false}]}",
        )
        await applied(SMALL.replace("key: small", "key: sign_home").replace(*home_only).replace(phq9, "phq9"))
        also = "questionnaires: [phq9, {key: tipi, reuse: 14 days}, "
        await applied(SMALL.replace("key: small", "key: sign_other").replace(f"questionnaires: [{phq9}, ", also))
        await opened("sign_home", people.lyon)
        await opened("sign_other", people.lyon)
        home = await visit_named(await joined(people, "sign_home", on=TODAY - timedelta(days=30)), "home#0")
        await prepare_due(at=clock.now())
        await answered(people, home.id, "phq9", CALM)
        assert (await the(home.id)).completed_on == TODAY
        other = await visit_named(await joined(people, "sign_other"), "start#0")
        assert await waits(home.id, "tipi") is State.TO_DO

        async def answers() -> None:
            async with transaction():
                await sent(people, await begun(people, other.id, "tipi", TIPI), scored=False)
                await asyncio.sleep(A_MOMENT)

        async def signs() -> bool:
            seen = await seen_of(home.id)
            await asyncio.sleep(A_MOMENT / 2)
            return await sign_visit(people["ines"].actor, home.id, seen, confirmed=True, at=clock.now())

        got = await at_once(answers(), signs())
        assert got == [None, False]
        assert await waits(home.id, "tipi") is State.DONE
        assert await whole(home.id)

    tried(live, story)


async def waits(visit: UUID, questionnaire: str) -> State:
    return next(one.state for one in await list_of_visits([visit]) if one.questionnaire == questionnaire)
