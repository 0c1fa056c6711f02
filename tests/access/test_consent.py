"""What consents allow: every use against every purpose, and what holds of any history whatever."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.consent import (
    ALLOWED_UNASKED,
    Decision,
    History,
    Purpose,
    Renewal,
    Use,
    allowed,
    lapses,
    standing,
    withheld,
)
from app.access.policy import IN_CLOSED_RECORDS, Actor, Permission, Role, Scope, allows, is_closed

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
TRIAL = "trial:lumen"
PURPOSES = (*Purpose, TRIAL)
PATIENT, LYON = UUID(int=1), UUID(int=2)

# How long a busy machine takes says nothing about the rules.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Written by hand: what each use needs.
USES = {
    Use.OPEN_RECORD: {"care"},
    Use.SEE_OTHER_CENTRES: {"care", "sharing"},
    Use.WRITE_TO: {"care", "contact"},
    Use.READ_GENETICS: {"care", "genetics"},
    Use.EXPORT: {"care", "research"},
    Use.JOIN_TRIAL: {"care", TRIAL},
}

decisions = st.builds(
    Decision,
    id=st.uuids(),
    purpose=st.sampled_from(PURPOSES),
    given=st.booleans(),
    at=st.integers(0, 4).map(lambda days: AT + timedelta(days=days)),
    version=st.integers(1, 3),
    for_minor=st.booleans(),
)
asked_again = st.builds(
    Renewal,
    purpose=st.sampled_from(PURPOSES),
    version=st.integers(1, 4),
    until=st.integers(-5, 5).map(lambda days: DAY + timedelta(days=days)),
)
histories = st.builds(
    History,
    decisions=st.lists(decisions, max_size=8, unique_by=lambda one: one.id).map(tuple),
    renewals=st.lists(asked_again, max_size=3).map(tuple),
    majority=st.none() | st.integers(-5, 5).map(lambda days: DAY + timedelta(days=days)),
)


def said(purpose: str, given: bool, days: int = 0, **more) -> Decision:
    return Decision(UUID(int=days + 100), purpose, given, AT + timedelta(days=days), **{"version": 1, **more})


@pytest.mark.parametrize(("use", "purpose"), list(product(Use, PURPOSES)))
def test_each_use_needs_what_the_table_says(use, purpose):
    assert allowed(frozenset({purpose}), use, "lumen") is (purpose not in USES[use])


def test_nobody_was_asked():
    assert withheld(History(), DAY, [TRIAL]) == {"research", "genetics", TRIAL}
    assert frozenset({"care", "contact", "sharing"}) == ALLOWED_UNASKED


def test_the_newest_counts_and_of_two_at_once_the_no():
    yes, no, again = said("care", True, 0), said("care", False, 1), said("care", True, 2)
    at_once = Decision(UUID(int=9), "care", False, again.at)

    assert "care" in withheld(History((no, yes)), DAY)
    assert "care" not in withheld(History((again, no, yes)), DAY)
    assert "care" in withheld(History((again, at_once, yes)), DAY)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_was_given_for_a_child_is_theirs_at_eighteen(purpose):
    history = History((said(purpose, True, for_minor=True),), majority=DAY)
    day_before = DAY - timedelta(days=1)

    assert purpose not in withheld(history, day_before)
    assert (purpose in withheld(history, DAY)) is (purpose not in ALLOWED_UNASKED)
    own = History((*history.decisions, said(purpose, True, 1)), majority=DAY)
    assert purpose not in withheld(own, DAY)


def test_a_renewed_text_holds_until_its_last_day():
    history = History((said("research", True),), (Renewal("research", 2, DAY),))

    assert "research" not in withheld(history, DAY)
    assert "research" in withheld(history, DAY + timedelta(days=1))
    newer = History((*history.decisions, said("research", True, 1, version=2)), history.renewals)
    assert "research" not in withheld(newer, DAY + timedelta(days=400))


def test_a_renewed_text_closes_no_record_of_somebody_who_was_never_asked():
    assert "care" not in withheld(History((), (Renewal("care", 2, DAY),)), DAY + timedelta(days=9))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_renewed_text_withholds_only_what_needs_a_yes(purpose):
    history = History((said(purpose, True),), (Renewal(purpose, 2, DAY),))

    assert (purpose in withheld(history, DAY + timedelta(days=1))) is (purpose not in ALLOWED_UNASKED)


@patient
@given(histories, st.integers(-10, 10))
def test_every_history_has_one_answer_in_any_order(history, days):
    day = DAY + timedelta(days=days)
    answer = withheld(history, day)

    turned = History(tuple(reversed(history.decisions)), tuple(reversed(history.renewals)), history.majority)
    assert answer == withheld(turned, day)
    assert answer <= {*Purpose, TRIAL}
    for use in Use:
        assert isinstance(allowed(answer, use, "lumen"), bool)


@patient
@given(histories, decisions)
def test_another_no_never_opens_anything(history, one):
    no = Decision(one.id, one.purpose, False, one.at, one.version, one.for_minor)
    more = History((*history.decisions, no), history.renewals, history.majority)

    assert withheld(history, DAY, [one.purpose]) <= withheld(more, DAY, [one.purpose])


@patient
@given(histories)
def test_time_alone_never_opens_anything(history):
    assert withheld(history, DAY) <= withheld(history, DAY + timedelta(days=1))


@patient
@given(histories, st.sampled_from(PURPOSES))
def test_the_newest_no_always_counts(history, purpose):
    no = Decision(UUID(int=7), purpose, False, AT + timedelta(days=30))

    assert purpose in withheld(History((*history.decisions, no), history.renewals, history.majority), DAY)


@patient
@given(histories, histories)
def test_the_decisions_of_every_id_count(one, other):
    both = History((*one.decisions, *other.decisions), one.renewals, one.majority)

    for purpose, stands in standing(both).items():
        newest = max(d.at for d in both.decisions if d.purpose == purpose)
        assert stands.at == newest
        if not stands.given or lapses(stands, both, DAY):
            assert purpose in withheld(both, DAY)


@pytest.mark.parametrize("permission", Permission)
def test_a_closed_record_stays_open_to_few_things_and_to_its_owner(permission):
    closed = Scope(PATIENT, frozenset({LYON}), withheld=frozenset({"care"}))
    team = Actor(UUID(int=3), Role.PRACTITIONER, organisation=LYON)
    owner = Actor(UUID(int=4), Role.PATIENT, patients=frozenset({PATIENT}))

    assert is_closed(team, permission, closed) is (permission not in IN_CLOSED_RECORDS)
    assert not is_closed(owner, permission, closed)
    if permission not in IN_CLOSED_RECORDS:
        assert not allows(team, permission, closed)
    assert not is_closed(team, permission, Scope(PATIENT, frozenset({LYON}), withheld=frozenset({"sharing"})))
