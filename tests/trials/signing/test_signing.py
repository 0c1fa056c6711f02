"""Signing a visit: what it holds, what stands in the way, what withdraws it."""

from datetime import timedelta

import pytest

from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.db import execute
from app.lib.errors import Refused
from app.lib.hearing import ask
from app.responses.actions import score_response
from app.responses.news import WhatFollows
from app.trials.queries import find_enrolment
from app.trials.signing.actions import Undoing, sign_visit, tell_by_mail, unsign_visit
from app.trials.signing.model import Cause, Point
from app.trials.signing.queries import preflight, signature_of, signatures_of, still_stands
from app.trials.visits.actions.holding import complete_visit, open_visit, reopen_visit
from app.trials.visits.actions.preparing import prepare_due
from tests.trials.signing.stories import (
    CALM,
    HARM_ALONE,
    TODAY,
    answered,
    asked_in,
    begun,
    corrected,
    held,
    seen_of,
    sent,
    signed,
    started,
    the,
)
from tests.trials.stories import applied, joined, opened, text_of, visit_named


async def points_of(visit):
    found = await the(visit)
    read = await preflight(found, await find_enrolment(found.enrolment), TODAY)
    return [one.point for one in read.blocking], [one.point for one in read.to_confirm]


async def test_a_signature_pins_every_answer_and_locks_the_visit(db, people):
    visit = await held(people)
    assert await points_of(visit) == ([], [])
    assert await signed(people, visit)

    one = await signature_of(visit)
    assert (one.signed_by, one.profession, len(one.pins)) == (people["ines"].account, "psychiatrist", 9)
    assert set(one.pins.values()) == {1}
    assert (await the(visit)).locked
    assert await still_stands(one)
    with pytest.raises(Refused, match=r"visit\.signed"):
        await reopen_visit(people["ines"].actor, visit, "A mistake.", at=clock.now())


async def test_signing_twice_is_signing_once_and_nobody_signs_over_another(db, people):
    visit = await held(people)
    seen = await seen_of(visit)
    for who, well in (("ines", True), ("ines", True), ("marc", False)):
        assert await sign_visit(people[who].actor, visit, seen, confirmed=True, at=clock.now()) is well
    assert [one.signed_by for one in await signatures_of(visit)] == [people["ines"].account]


async def test_what_stands_in_the_way(db, people):
    visit = await started(people)
    await sent(people, await begun(people, visit, "phq9", HARM_ALONE), scored=False)
    assert await points_of(visit) == ([Point.NOT_OVER, Point.NOT_SCORED], [])
    await complete_visit(people["ines"].actor, visit, TODAY, at=clock.now())
    await score_response(await asked_in(visit, "phq9"), at=clock.now())
    assert await points_of(visit) == ([Point.OPEN_FINDING], [])
    with pytest.raises(Refused, match=r"visit\.not_ready"):
        await signed(people, visit)
    assert await signature_of(visit) is None


async def test_what_is_confirmed(db, people):
    visit = await started(people)
    await begun(people, visit, "phq9", CALM)
    await complete_visit(people["ines"].actor, visit, TODAY, "Left early.", at=clock.now())
    assert await points_of(visit) == ([], [Point.NOT_SENT])
    with pytest.raises(Refused, match=r"visit\.not_confirmed"):
        await sign_visit(people["ines"].actor, visit, await seen_of(visit), confirmed=False, at=clock.now())
    assert await signed(people, visit)


async def test_what_changed_since_it_was_read_is_not_signed(db, people):
    visit = await held(people)
    seen = await seen_of(visit)
    await corrected(people, await asked_in(visit, "phq9"), "q1", 1)
    assert not await sign_visit(people["ines"].actor, visit, seen, confirmed=True, at=clock.now())
    assert await signature_of(visit) is None


async def test_a_correction_unsigns_and_the_signer_is_told_once(db, people, mailbox):
    visit = await held(people)
    await signed(people, visit)
    response = await asked_in(visit, "phq9")
    assert len(await ask(WhatFollows(response))) == 1
    await corrected(people, response, "q1", 1)

    one = (await signatures_of(visit))[0]
    assert (one.undone_cause, one.undone_by) == (Cause.CORRECTED, people["paul"].account)
    assert not (await the(visit)).locked
    assert not await still_stands(one)
    assert await ask(WhatFollows(response)) == []
    for _again in range(2):
        await tell_by_mail(one.id, at=clock.now())
    letters = [path.read_text(errors="replace") for path in mailbox.rglob("*.eml")]
    assert len(letters) == 1
    assert "To: ines@example.org" in letters[0]
    assert "Lambert" not in letters[0]


async def test_an_answer_sent_late_unsigns(db, people):
    visit = await started(people)
    late = await begun(people, visit, "phq9", CALM)
    await complete_visit(people["ines"].actor, visit, TODAY, "Left early.", at=clock.now())
    await signed(people, visit)
    await sent(people, late)
    assert [one.undone_cause for one in await signatures_of(visit)] == [Cause.ANSWERED]


async def test_by_hand_it_takes_a_reason_that_only_the_key_opens(db, people):
    visit = await held(people)
    await signed(people, visit)
    by, at = people["ines"].account, clock.now()
    with pytest.raises(Refused, match=r"visit\.reason"):
        await unsign_visit(by, visit, Undoing(Cause.BY_HAND, " "), at=at)
    assert await unsign_visit(by, visit, Undoing(Cause.BY_HAND, "Wrong day."), at=at)
    assert not await unsign_visit(by, visit, Undoing(Cause.BY_HAND, "Wrong day."), at=at)
    assert [one.reason for one in await signatures_of(visit)] == ["Wrong day."]
    await reopen_visit(people["ines"].actor, visit, "Wrong day.", at=at)
    assert (await the(visit)).completed_on is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE answer SET value = '3' WHERE response = $1 AND item = 'q2'",
        "DELETE FROM answer WHERE response = $1 AND item = 'q2'",
        "UPDATE visit SET completed_on = completed_on + 1 WHERE signed_at IS NOT NULL AND $1::uuid IS NOT NULL",
    ],
)
async def test_what_was_changed_behind_the_product_is_seen(db, people, tampering):
    visit = await held(people)
    await signed(people, visit)
    one = await signature_of(visit)
    await execute(tampering, await asked_in(visit, "phq9"))
    assert not await still_stands(one)


async def test_a_shared_answer_unsigns_both_visits(db, people):
    await applied(text_of("small"))
    await opened("small", people.lyon)
    other = await visit_named(await joined(people, "small"), "start#0")
    visit = await started(people)
    response = await answered(people, visit, "phq9", CALM)
    assert await asked_in(other.id, "phq9") == response
    await open_visit(people["ines"].actor, other.id, TODAY, at=clock.now())
    for one in (visit, other.id):
        await complete_visit(people["ines"].actor, one, TODAY, "Some is missing.", at=clock.now())
        assert await signed(people, one)
    await corrected(people, response, "q1", 1)
    assert [(await the(one)).locked for one in (visit, other.id)] == [False, False]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE answer SET item = 'q10' WHERE response = $1 AND item = 'q9'",
        "UPDATE answer SET value = '3' WHERE response = $1 AND item = 'q9'",
        """UPDATE answer SET "row" = gen_random_uuid() WHERE response = $1 AND item = 'q9'""",
        "UPDATE response SET answered_by = 'proxy' WHERE id = $1",
        "UPDATE assignment SET state = 'cancelled' WHERE response = $1",
    ],
)
async def test_what_is_altered_past_the_product_is_seen(db, people, tampering):
    visit = await held(people)
    assert await signed(people, visit)
    await execute(tampering, await asked_in(visit, "phq9"))
    one = await signature_of(visit)
    assert one is not None
    assert not await still_stands(one)


async def test_a_signed_visit_at_home_asks_for_nothing_more(db, people):
    """What was optional is not asked after it: an answer given elsewhere would come to stand under the signature."""
    text = text_of("small").replace(
        "questionnaires: [{key: phq9, reuse: 14 days}]}", "questionnaires: [phq9, {key: tipi, required: false}]}"
    )
    await applied(text)
    await opened("small", people.lyon)
    home = (await visit_named(await joined(people, "small", on=TODAY - timedelta(days=30)), "home#0")).id
    await prepare_due(at=clock.now())
    await answered(people, home, "phq9", CALM)
    assert [one.state for one in await list_of_visits([home])] == ["done", "to_do"]
    assert await signed(people, home)
    assert [one.state for one in await list_of_visits([home])] == ["done", "expired"]
