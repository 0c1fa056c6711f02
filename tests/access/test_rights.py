"""What a proxy may do, right by right; and from which day on they may nothing, to the day."""

from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest

from app.access.policy import PROXIES_NEED, Actor, Permission, Role, Scope, allows, may, sees
from app.access.rights import EVERY_RIGHT, Right, is_paused, of_age_on
from app.lib.clock import day_in

LEA, CLAIRE, LUC, LYON = (UUID(int=n) for n in range(1, 5))


def proxy(*rights: Right) -> Actor:
    return Actor(CLAIRE, Role.PATIENT, patients=frozenset({LEA}), rights={LEA: frozenset(rights)})


def about(answered_by: str | None = None, author: UUID | None = None) -> Scope:
    return Scope(LEA, frozenset({LYON}), answered_by, author=author)


@pytest.mark.capability("R13")
@pytest.mark.parametrize(("permission", "right"), list(product(PROXIES_NEED, Right)))
def test_each_permission_takes_its_right_and_no_other(permission, right):
    wanted = PROXIES_NEED[permission]

    assert allows(proxy(right), permission, about()) is (right is wanted)


@pytest.mark.parametrize("permission", sorted(set(Permission) - set(PROXIES_NEED)))
def test_what_is_not_said_no_proxy_may(permission):
    assert allows(proxy(*EVERY_RIGHT), permission, about()) is False


def test_who_may_answer_and_not_view_sees_what_they_answer_themselves():
    mine, theirs, fresh = about("proxy", CLAIRE), about("proxy", LUC), about("proxy")
    claire = proxy(Right.ANSWER)

    assert [sees(claire, one) for one in (mine, theirs, fresh)] == [True, False, True]
    assert [allows(claire, Permission.RESPONSE_READ, one) for one in (mine, theirs)] == [True, False]
    assert [allows(claire, Permission.RESPONSE_ANSWER, one) for one in (mine, theirs)] == [True, False]


def test_who_may_view_and_not_answer_reads_everybodys_and_writes_nothing():
    claire, theirs = proxy(Right.VIEW), about("proxy", LUC)

    assert allows(claire, Permission.RESPONSE_READ, theirs)
    assert not allows(claire, Permission.RESPONSE_ANSWER, about("proxy", CLAIRE))


@pytest.mark.parametrize(("rights", "heard"), [((Right.ANSWER, Right.VIEW), False), (tuple(Right), True)])
def test_the_patients_own_voice_takes_a_right_of_its_own(rights, heard):
    own = about("patient")

    assert sees(proxy(*rights), own) is heard
    assert allows(proxy(*rights), Permission.RESPONSE_ANSWER, own) is heard


def test_for_oneself_no_right_is_needed():
    paul = Actor(LUC, Role.PATIENT, patients=frozenset({LEA}))

    assert all(may(paul, LEA, right) for right in Right)
    assert not may(paul, CLAIRE, Right.VIEW)


@pytest.mark.parametrize(
    ("birth", "at", "paused"),
    [
        ("2008-11-22", datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Paris, on the eve
        ("2008-11-22", datetime(2026, 11, 21, 23, 0, tzinfo=UTC), True),  # midnight in Paris
        ("2008-06-22", datetime(2026, 6, 21, 21, 59, 59, tzinfo=UTC), False),  # in summer two hours ahead
        ("2008-06-22", datetime(2026, 6, 21, 22, 0, tzinfo=UTC), True),
        ("2008-02-29", datetime(2026, 2, 28, 12, 0, tzinfo=UTC), False),
        ("2008-02-29", datetime(2026, 2, 28, 23, 0, tzinfo=UTC), True),
        ("2008-11", datetime(2026, 10, 31, 22, 59, tzinfo=UTC), False),
        ("2008-11", datetime(2026, 10, 31, 23, 0, tzinfo=UTC), True),
        ("2008", datetime(2025, 12, 31, 23, 0, tzinfo=UTC), True),
        ("", datetime(2020, 1, 1, tzinfo=UTC), True),
    ],
)
def test_rights_pause_on_the_day_and_not_before(birth, at, paused):
    assert is_paused(birth, "", day_in("Europe/Paris", at)) is paused
    assert is_paused(birth, "court", day_in("Europe/Paris", at)) is False


def test_somebody_is_of_age_on_the_day_on_which_their_age_is_18():
    from app.patients.dates import age_on

    for born in (date(2008, 2, 28), date(2008, 2, 29), date(2008, 3, 1), date(2007, 12, 31)):
        day = of_age_on(born.isoformat())
        assert (age_on(born, day), age_on(born, date.fromordinal(day.toordinal() - 1))) == (18, 17)
