"""An amendment that people must agree to: who follows it when, and which yes counts for it."""

from datetime import date, timedelta

import pytest

from app.access.consent import TRIAL
from app.audit.actions import NOBODY
from app.consents.actions.texts import ask_again, begin_draft
from app.consents.queries import find_current
from app.lib import clock
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.trials import hearing
from app.trials.applying.actions import apply_trial
from app.trials.applying.queries import plan_trial
from app.trials.queries import enrolments_of, visits_of
from tests.consents.stories import says
from tests.trials.stories import applied, joined, opened, text_of, trial_of

HEARS = hearing  # imported, and so hears what people decide
NOW = clock.now()
TODAY = clock.day_in(ZONE, NOW)
LONG_AGO = NOW - timedelta(days=100)


def versioned(version: str, approved: date, rule: str) -> str:
    """The small trial under another version, which an amendment explains."""
    text = text_of("small").replace('version: "1.0.0"\ntitle', f'version: "{version}"\ntitle')
    changes = "{en: Longer., fr: Prolongé.}"
    line = f'{{version: "{version}", approved: "{approved}", changes: {changes}, enrolled_people: {rule}}}'
    return text.replace("sdv:", f"amendments:\n  - {line}\nsdv:")


def amended(approved: date) -> str:
    """Eight times at home instead of six, for whoever agrees."""
    return versioned("2.0.0", approved, "reconsent").replace("times: 6", "times: 8")


def for_children(text: str) -> str:
    return text.replace("rule: age >= 18", "rule: age >= 6").replace("signed_by: [patient]", "signed_by: [proxy]")


@pytest.fixture
async def small(db, people):
    await applied(text_of("small"), at=LONG_AGO)
    await opened("small", people.lyon)


async def stands(people, who: str = "paul") -> tuple[bool, int]:
    """Whether a version waits, and how many visits there are."""
    [one] = await enrolments_of({"paul": people.paul_patient, "claire": people.lea_patient}[who])
    return one.held is not None, len(await visits_of([one.id]))


async def test_a_yes_to_the_former_text_is_none_to_the_amendment_and_a_new_one_is(small, people):
    await joined(people, "small")
    text = amended(TODAY - timedelta(days=30))
    done = await apply_trial(NOBODY, text, trial_of(text), at=clock.now())
    assert (done.new, {one.held for one in done.changes if one.visit}) == (True, {True})
    assert await stands(people) == (True, 7)
    assert await plan_trial(trial_of(text), at=clock.now()) == []

    renewed = await find_current(f"{TRIAL}small")
    assert renewed is not None
    assert (renewed.version, renewed.content("en").body.endswith("## What has changed (version 2.0.0)\nLonger.")) == (
        2,
        True,
    )
    await says(people, "paul", f"{TRIAL}small", yes=True)
    assert await stands(people) == (False, 9)


async def test_who_agreed_to_the_new_text_before_it_was_applied_follows_at_once(small, people):
    await joined(people, "small")
    text = amended(TODAY - timedelta(days=30))
    published = await find_current(f"{TRIAL}small")
    assert published is not None
    await ask_again(NOBODY, f"{TRIAL}small", published.contents, at=clock.now() - timedelta(days=2))
    await says(people, "paul", f"{TRIAL}small", yes=True)
    await apply_trial(NOBODY, text, trial_of(text), at=clock.now())
    assert await stands(people) == (False, 9)
    current = await find_current(f"{TRIAL}small")
    assert current is not None
    assert current.version == 2


async def test_a_text_published_before_the_approval_does_not_count(small, people):
    await joined(people, "small")
    published = await find_current(f"{TRIAL}small")
    assert published is not None
    await ask_again(NOBODY, f"{TRIAL}small", published.contents, at=clock.now() - timedelta(days=40))
    await says(people, "paul", f"{TRIAL}small", yes=True)
    text = amended(TODAY - timedelta(days=30))
    await apply_trial(NOBODY, text, trial_of(text), at=clock.now())
    assert await stands(people) == (True, 7)


async def test_who_withdraws_while_it_waits_stays_as_they_were_until_they_agree_again(small, people):
    await joined(people, "small")
    text = amended(TODAY - timedelta(days=30))
    await apply_trial(NOBODY, text, trial_of(text), at=clock.now())
    await says(people, "paul", f"{TRIAL}small", yes=False)
    await says(people, "paul", "research", yes=True)
    assert await stands(people) == (True, 7)
    await says(people, "paul", f"{TRIAL}small", yes=True)
    assert await stands(people) == (False, 9)


async def test_a_yes_given_for_a_child_does_not_count_once_they_are_of_age(small, people):
    await applied(for_children(versioned("1.1.0", TODAY - timedelta(days=99), "keep")), at=LONG_AGO + timedelta(days=1))
    await joined(people, "small", who="claire")
    published = await find_current(f"{TRIAL}small")
    assert published is not None
    grown = clock.now() + timedelta(days=3000)
    await ask_again(NOBODY, f"{TRIAL}small", published.contents, at=grown - timedelta(days=2500))
    await says(people, "claire", f"{TRIAL}small", yes=True, at=grown - timedelta(days=2400))

    trial = trial_of(for_children(amended(clock.day_in(ZONE, grown) - timedelta(days=2600))))
    a_child = await plan_trial(trial, at=grown - timedelta(days=2300))
    of_age = await plan_trial(trial, at=grown)
    assert [one.kind for one in a_child] == ["version"]
    assert [one.kind for one in of_age] == ["consent_again", "version"]


async def test_a_text_that_somebody_is_writing_is_not_overtaken(small, people):
    await begin_draft(people["sacha"].account, f"{TRIAL}small", at=clock.now())
    text = amended(TODAY - timedelta(days=30))
    with pytest.raises(Refused, match=r"consent_text\.in_draft"):
        await apply_trial(NOBODY, text, trial_of(text), at=clock.now())
