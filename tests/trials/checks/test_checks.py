"""Data checks over the values of a visit: raised, explained, settled, raised again."""

import pytest

from app.lib import clock
from app.lib.db import fetch_value
from app.lib.errors import Refused
from app.responses.actions import score_response
from app.trials.checks.actions import explain, run_checks
from app.trials.checks.model import State
from app.trials.checks.queries import findings_of, open_counts
from app.trials.visits.actions.holding import complete_visit
from tests.trials.signing.stories import (
    CALM,
    HARM_ALONE,
    NO_WORRY,
    TODAY,
    VERY_LOW,
    answered,
    asked_in,
    begun,
    corrected,
    held,
    sent,
    started,
)


async def states(visit):
    return sorted((one.check_id, one.state.value) for one in await findings_of(visit))


async def test_a_check_finds_once_and_settles_when_the_value_is_corrected(db, people):
    visit = await held(people, HARM_ALONE)
    for _again in range(2):
        await run_checks(people["ines"].account, visit, at=clock.now())
    assert await states(visit) == [("harm_alone", "open")]
    assert await open_counts([visit]) == {visit: 1}

    response = await asked_in(visit, "phq9")
    await corrected(people, response, "q1", 2)
    assert await states(visit) == [("harm_alone", "resolved")]
    assert await open_counts([visit]) == {}
    await corrected(people, response, "q1", 0)
    assert await states(visit) == [("harm_alone", "open"), ("harm_alone", "resolved")]


async def test_an_explanation_holds_as_long_as_the_values_it_was_given_for(db, people):
    visit = await held(people, HARM_ALONE)
    ines, at = people["ines"].actor, clock.now()
    one = (await findings_of(visit))[0]
    with pytest.raises(Refused, match=r"check\.reason"):
        await explain(ines, visit, one.id, "  ", at=at)
    await explain(ines, visit, one.id, "Asked again: it is so.", at=at)
    with pytest.raises(Refused, match=r"check\.settled"):
        await explain(ines, visit, one.id, "Once more.", at=at)
    response = await asked_in(visit, "phq9")

    await corrected(people, response, "q2", 1)  # not what the check reads
    explained = (await findings_of(visit))[0]
    assert (explained.state, explained.note, explained.explained_by) == (
        State.EXPLAINED,
        "Asked again: it is so.",
        people["ines"].account,
    )
    await corrected(people, response, "q9", 3)
    assert await states(visit) == [("harm_alone", "open"), ("harm_alone", "resolved")]
    assert [one.note for one in await findings_of(visit)] == ["", "Asked again: it is so."]


async def test_a_score_that_waits_changes_nothing_yet(db, people):
    visit = await started(people)
    response = await answered(people, visit, "phq9", VERY_LOW)
    assert await states(visit) == []  # the other questionnaire is missing: nothing is known, nothing is asked
    worry = await sent(people, await begun(people, visit, "gad7", NO_WORRY), scored=False)
    await complete_visit(people["ines"].actor, visit, TODAY, at=clock.now())
    assert await states(visit) == []

    await score_response(worry, at=clock.now())
    assert await states(visit) == [("words_and_sum", "open")]
    await explain(people["ines"].actor, visit, (await findings_of(visit))[0].id, "It is so.", at=clock.now())
    await corrected(people, response, "q10", 2)  # the total stays; while it is computed anew, so does the explanation
    assert await states(visit) == [("words_and_sum", "explained")]


async def test_what_nobody_doubts_is_not_found(db, people):
    visit = await held(people, CALM)
    assert await states(visit) == []


async def test_the_trail_says_what_was_found_and_never_the_value(db, people):
    visit = await held(people, HARM_ALONE)
    sql = "SELECT details FROM audit_event WHERE action = 'check.raised' AND subject = $1"
    assert await fetch_value(sql, visit) == '{"check": "harm_alone"}'
