"""What is said before signing, as a function of what is known; and what the hash of a signature depends on."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.responses.model import Kept
from app.trials.format.spans import Window
from app.trials.signing.model import Known, Point, content_hash, remarks_on
from tests.trials.sdv.test_sdv import VISIT

DAY = date(2026, 3, 10)
WINDOW = Window((DAY, DAY + timedelta(3)), (DAY - timedelta(7), DAY + timedelta(7)))
HELD = replace(VISIT, window=WINDOW, target=DAY, started_on=DAY, completed_on=DAY)


def points(visit=HELD, **known):
    return [one.point for one in remarks_on(visit, Known(**known))]


@pytest.mark.parametrize(
    ("days", "said"), [(-8, [Point.OUT_OF_WINDOW]), (-7, []), (0, []), (7, []), (8, [Point.OUT_OF_WINDOW])]
)
def test_the_window_is_that_of_the_day_on_which_it_was_held(days, said):
    held = DAY + timedelta(days)
    assert points(replace(HELD, started_on=held, completed_on=DAY + timedelta(30))) == said


def test_what_is_skipped_or_out_of_plan_has_no_window_to_miss():
    skipped = replace(HELD, started_on=None, completed_on=None, skipped_on=DAY + timedelta(90))
    assert points(skipped) == []
    assert points(replace(HELD, window=None, target=None)) == []


def test_consent_is_confirmed_and_never_in_the_way():
    several = remarks_on(HELD, Known(withheld=True, waits=True))
    assert [(one.point, one.blocks) for one in several] == [(Point.CONSENT, False), (Point.CONSENT_WAITS, False)]


answers = st.lists(
    st.builds(
        Kept,
        answer=st.uuids(),
        response=st.uuids(),
        item=st.sampled_from(["q1", "q2"]),
        row=st.uuids(),
        version=st.integers(1, 5),
        value=st.none() | st.sampled_from(["0", "1", '"a"']),
        gone=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.answer,
)


@given(answers, st.lists(st.uuids().map(str), max_size=4, unique=True), st.randoms())
def test_the_hash_is_of_what_is_signed_and_not_of_its_order(kept, responses, chance):
    hashed = content_hash(HELD, responses, kept)
    assert hashed == content_hash(HELD, chance.sample(responses, len(responses)), chance.sample(kept, len(kept)))
    assert hashed == content_hash(replace(HELD, patient=UUID(int=9), revision=7), responses, kept)
    assert hashed != content_hash(replace(HELD, started_on=DAY - timedelta(1)), responses, kept)
    assert hashed != content_hash(HELD, [*responses, str(UUID(int=3))], kept)
    for one in kept:
        others = [each for each in kept if each is not one]
        assert hashed != content_hash(HELD, responses, others)
        assert hashed != content_hash(HELD, responses, [*others, replace(one, version=one.version + 1)])
        assert hashed != content_hash(HELD, responses, [*others, replace(one, value="2")])
        assert hashed != content_hash(HELD, responses, [*others, replace(one, item="q3")])
        assert hashed != content_hash(HELD, responses, [*others, replace(one, row=UUID(int=5))])
        assert hashed != content_hash(HELD, responses, [*others, replace(one, gone=not one.gone)])
