"""One answer for two trials: when it counts, when it does not, and what follows at each centre."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from app.assignments.model import State
from app.assignments.queries import find_assignment, list_of_visits
from app.consents.actions import collecting
from app.consents.rendering import texts_in_use
from app.lib import clock
from app.lib.db import execute
from app.lib.hearing import HEARERS
from app.lib.i18n import ZONE
from app.trials.enrolling.actions import Joining, Screening, enrol
from app.trials.format.states import VisitState
from app.trials.news import AnswerChanged, VisitSettled
from app.trials.queries import visits_of
from app.trials.visits.actions.holding import complete_visit, open_visit
from app.trials.visits.actions.preparing import prepare_due
from tests.browser import Browser, text_of
from tests.consents.stories import consent_form, says
from tests.patients.merging.stories import join, twin
from tests.people import Cast
from tests.trials.stories import applied, opened, visit_named
from tests.trials.stories import text_of as trial_text
from tests.trials.visits.stories import OTHER, asked_of, begin, correct, follows_in_brest, in_trial, send

BrowserFor = Callable[..., Browser]
SMALL = trial_text("small")
TODAY = clock.day_in(ZONE, clock.now())
GAD7 = {f"q{n}": 0 for n in range(1, 8)}


@pytest.fixture
async def both(db: None, people: Cast) -> tuple[UUID, UUID]:
    """Paul in `small` in Lyon and in `other` in Brest; both ask for a PHQ-9 today."""
    await follows_in_brest(people)
    return await in_trial(people, SMALL), await in_trial(people, OTHER, by="zoe")


async def state_of(enrolment: UUID, name: str = "start#0", questionnaire: str = "phq9") -> State:
    return (await asked_of(enrolment, name, questionnaire)).state


@pytest.mark.capability("E22")
async def test_it_is_answered_once_and_counts_for_both(
    both: tuple[UUID, UUID], people: Cast, browser_for: BrowserFor
) -> None:
    lyon, brest = both
    home = text_of((await browser_for("paul").page("/home")).main)
    assert home.count("PHQ-9") + home.count("Patient Health Questionnaire") >= 1
    assert "Counts for 2 visits" in home

    response = await begin(people["paul"].actor, await asked_of(lyon, "start#0"))
    assert await state_of(brest) is State.IN_PROGRESS
    await send(people["paul"].actor, response)

    assert {await state_of(one) for one in both} == {State.DONE}
    assert (await asked_of(brest, "start#0")).response == response
    visit = await visit_named(brest, "start#0")
    there = text_of((await browser_for("zoe").page(f"/visits/{visit.id}")).main)
    assert "Counts also for: Small trial, Start" in there
    assert "1/2 questionnaires" in there


async def test_nothing_is_shared_against_the_will_of_the_person(
    db: None, people: Cast, browser_for: BrowserFor
) -> None:
    await follows_in_brest(people)
    await says(people, "paul", "sharing", yes=False)
    lyon, brest = await in_trial(people, SMALL), await in_trial(people, OTHER, by="zoe")
    assert "Counts for 2 visits" not in text_of((await browser_for("paul").page("/home")).main)

    response = await begin(people["paul"].actor, await asked_of(lyon, "start#0"))
    await send(people["paul"].actor, response)

    assert (await state_of(lyon), await state_of(brest)) == (State.DONE, State.TO_DO)


async def test_what_was_shared_is_no_longer_shown_once_sharing_is_refused(
    both: tuple[UUID, UUID], people: Cast, browser_for: BrowserFor
) -> None:
    lyon, brest = both
    await send(people["paul"].actor, await begin(people["paul"].actor, await asked_of(lyon, "start#0")))
    await says(people, "paul", "sharing", yes=False)

    page = text_of((await browser_for("zoe").page(f"/visits/{(await visit_named(brest, 'start#0')).id}")).main)
    assert "Answered at another centre" in page
    assert "Small trial" not in page


async def test_a_draft_counts_for_the_trial_whose_window_opens_later(db: None, people: Cast) -> None:
    await follows_in_brest(people)
    lyon = await in_trial(people, SMALL)
    response = await begin(people["paul"].actor, await asked_of(lyon, "start#0"))

    brest = await in_trial(people, OTHER, by="zoe")
    joined = await asked_of(brest, "start#0")
    assert (joined.state, joined.response) == (State.IN_PROGRESS, response)
    await send(people["paul"].actor, response)
    assert await state_of(brest) is State.DONE


async def test_an_answer_counts_while_it_is_recent_enough(db: None, people: Cast) -> None:
    """Fourteen days: asked again on the fifteenth."""
    await follows_in_brest(people)
    lyon = await in_trial(people, SMALL)
    paul, now = people["paul"].actor, clock.now()
    sent = now - timedelta(days=15)
    old = await begin(paul, await asked_of(lyon, "start#0"), at=sent)
    await send(paul, old, at=sent)
    brest = await in_trial(people, OTHER, by="zoe")
    assert await state_of(brest) is State.TO_DO


async def test_an_answer_of_two_weeks_counts(db: None, people: Cast) -> None:
    await follows_in_brest(people)
    lyon = await in_trial(people, SMALL)
    paul, sent = people["paul"].actor, clock.now() - timedelta(days=14)
    response = await begin(paul, await asked_of(lyon, "start#0"), at=sent)
    await send(paul, response, at=sent)
    assert (await asked_of(await in_trial(people, OTHER, by="zoe"), "start#0")).response == response


async def test_another_frozen_version_is_asked_for_itself(db: None, people: Cast, browser_for: BrowserFor) -> None:
    await follows_in_brest(people)
    frozen = OTHER.replace("{key: phq9, reuse: 14 days}", '{key: phq9, reuse: 14 days, version: "1.0.0"}')
    lyon, brest = await in_trial(people, SMALL), await in_trial(people, frozen, by="zoe")
    # As if the library had gone on: the protocol of Brest froze what is no longer the newest.
    await execute("UPDATE assignment SET version = '0.9.0' WHERE id = $1", (await asked_of(brest, "start#0")).id)
    await send(people["paul"].actor, await begin(people["paul"].actor, await asked_of(lyon, "start#0")))
    assert await state_of(brest) is State.TO_DO


async def test_without_a_rule_each_trial_asks_for_itself(db: None, people: Cast, browser_for: BrowserFor) -> None:
    await follows_in_brest(people)
    lyon, brest = await in_trial(people, SMALL), await in_trial(people, OTHER, by="zoe")
    await send(people["paul"].actor, await begin(people["paul"].actor, await asked_of(lyon, "start#0", "gad7")), GAD7)
    assert await state_of(brest, questionnaire="gad7") is State.TO_DO


async def test_what_a_team_began_counts_elsewhere_once_it_is_sent(db: None, people: Cast) -> None:
    """Nobody in Brest goes on with what Lyon has begun."""
    await follows_in_brest(people)
    shared = "questionnaires: [{key: madrs, reuse: 14 days}"
    texts = [text.replace("questionnaires: [madrs", shared) for text in (SMALL, OTHER)]
    lyon, brest = await in_trial(people, texts[0]), await in_trial(people, texts[1], by="zoe")
    for enrolment, who in ((lyon, "ines"), (brest, "zoe")):
        await open_visit(people[who].actor, (await visit_named(enrolment, "start#0")).id, TODAY, at=clock.now())
    ines = people["ines"].actor
    response = await begin(ines, await asked_of(lyon, "start#0", "madrs"))
    assert await state_of(brest, questionnaire="madrs") is State.TO_DO
    await send(ines, response, {})
    assert (await asked_of(brest, "start#0", "madrs")).response == response


async def test_two_begun_at_once_are_one_again_when_the_first_is_sent(both: tuple[UUID, UUID], people: Cast) -> None:
    """As when two sessions each did not see the other: the second that still waits takes the answer."""
    lyon, brest = both
    response = await begin(people["paul"].actor, await asked_of(lyon, "start#0"))
    other = await asked_of(brest, "start#0")
    await execute("UPDATE assignment SET state = 'to_do', response = NULL WHERE id = $1", other.id)
    await send(people["paul"].actor, response)
    found = await find_assignment(other.id)
    assert found is not None
    assert (found.state, found.response) == (State.DONE, response)


async def test_a_visit_at_home_begins_and_ends_by_itself(db: None, people: Cast) -> None:
    enrolment = await in_trial(people, SMALL, days_ago=28)
    home = await visit_named(enrolment, "home#0")
    response = await begin(people["paul"].actor, await asked_of(enrolment, "home#0"))
    assert (await visit_named(enrolment, "home#0")).state(TODAY) is VisitState.IN_PROGRESS
    await send(people["paul"].actor, response)
    after = await visit_named(enrolment, "home#0")
    assert (after.state(TODAY), after.completed_by) == (VisitState.COMPLETE, people["paul"].account)
    assert home.started_on is None


async def test_a_visit_at_home_whose_answers_were_there_already_is_over_at_once(db: None, people: Cast) -> None:
    """Nobody will send anything that would end it."""
    await follows_in_brest(people)
    lyon = await in_trial(people, SMALL)
    await send(people["paul"].actor, await begin(people["paul"].actor, await asked_of(lyon, "start#0")))
    brest = await in_trial(people, OTHER, by="zoe", days_ago=28)
    assert (await visit_named(brest, "home#0")).state(TODAY) is VisitState.COMPLETE


@pytest.fixture
def told() -> Iterator[list[object]]:
    """What trials tell, as anybody who hears it would."""
    heard: list[object] = []

    async def hear(news: object) -> None:
        heard.append(news)

    for kind in (AnswerChanged, VisitSettled):
        HEARERS[kind].append(hear)
    yield heard
    for kind in (AnswerChanged, VisitSettled):
        HEARERS[kind].remove(hear)


async def test_a_correction_is_told_of_every_visit_it_counts_for(
    both: tuple[UUID, UUID], people: Cast, told: list[object]
) -> None:
    lyon, _brest = both
    paul = people["paul"].actor
    response = await begin(paul, await asked_of(lyon, "start#0"))
    await send(paul, response)
    visits = [await visit_named(one, "start#0") for one in both]
    ines = people["ines"].actor
    await open_visit(ines, visits[0].id, TODAY, at=clock.now())
    await complete_visit(ines, visits[0].id, TODAY, "The rest later.", at=clock.now())
    told.clear()

    await correct(paul, response, "q1", 3)

    changed = [one for one in told if isinstance(one, AnswerChanged)]
    assert [set(one.visits) for one in changed] == [{one.id for one in visits}]
    assert [one.visit for one in told if isinstance(one, VisitSettled)] == [visits[0].id]


async def test_merged_records_keep_each_its_own(db: None, people: Cast, browser_for: BrowserFor) -> None:
    """Should they come apart, an answer must not stand for somebody else; nothing fails, by day or by night."""
    first, second = await in_trial(people, SMALL), await twin(people)
    trial = await applied(OTHER)
    await opened(trial.key, people.lyon)
    await _agrees(people, second, trial.key)
    screening = Screening(patient=second, trial=trial.key, answers={})
    other = await enrol(people["ines"].actor, screening, Joining(included_on=TODAY), at=clock.now())
    await join(people, people.paul_patient, second)

    assert "Counts for 2 visits" not in text_of((await browser_for("paul").page("/home")).main)
    paul = people["paul"].actor
    await send(paul, await begin(paul, await asked_of(first, "start#0")))
    assert await state_of(other) is State.TO_DO
    await prepare_due(at=clock.now() + timedelta(days=28))
    assert await state_of(other, "home#0") is State.TO_DO
    await send(paul, await begin(paul, await asked_of(other, "start#0")))
    assert await state_of(other) is State.DONE


async def _agrees(people: Cast, patient: UUID, key: str) -> None:
    """As on a form that the team has kept."""
    purpose = f"trial:{key}"
    ines, texts = people["ines"].actor, await texts_in_use()
    made = await collecting.begin(ines, patient, consent_form(people.lyon, purpose), at=clock.now())
    signature = collecting.Signature(
        answers={purpose: True}, versions={purpose: texts[purpose].version}, name="Paul Lambert"
    )
    await collecting.sign(ines, made, signature, at=clock.now())
    await collecting.certify(ines, made, at=clock.now())


async def test_nothing_more_is_asked_once_consent_is_taken_back(both: tuple[UUID, UUID], people: Cast) -> None:
    """What was begun for both goes on for the other; agreeing again asks again."""
    lyon, brest = both
    response = await begin(people["paul"].actor, await asked_of(lyon, "start#0"))
    await says(people, "paul", "trial:small", yes=False)
    visit = await visit_named(lyon, "start#0")
    assert [one.questionnaire for one in await list_of_visits([visit.id])] == ["phq9"]
    assert next(one.state(TODAY) for one in await visits_of([brest])) is VisitState.DUE
    await send(people["paul"].actor, response)
    assert await state_of(brest) is State.DONE

    await says(people, "paul", "trial:small", yes=True, at=clock.now() + timedelta(seconds=5))
    await prepare_due(at=clock.now())
    assert {one.questionnaire for one in await list_of_visits([visit.id])} == {"phq9", "gad7"}


async def test_opening_twice_is_once(both: tuple[UUID, UUID], people: Cast) -> None:
    lyon, brest = both
    paul = people["paul"].actor
    first, second = await asked_of(lyon, "start#0"), await asked_of(brest, "start#0")
    assert await begin(paul, first) == await begin(paul, first) == await begin(paul, second)
