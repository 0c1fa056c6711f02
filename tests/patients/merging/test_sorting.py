"""What was written since two records became one: what a rule settles, and what is asked."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.dashboard.merging.registry import Kind
from app.dashboard.merging.sorting import Row, Rule, sort
from app.patients.merging.model import Side

AT = datetime(2026, 11, 22, tzinfo=UTC)
PAUL, YANN, INES = (UUID(int=n) for n in (1, 2, 3))
ACCOUNTS = {Side.KEPT: {PAUL}, Side.ABSORBED: {YANN}}


def row(number: int, by: UUID = INES) -> Row:
    return Row(("prescription", UUID(int=number)), Kind.TREATMENT, AT, by, None, "")


def sorted_as(rows, ties=(), before=None, accounts=ACCOUNTS):
    found = sort(rows, [(one.node, other.node) for one, other in ties], before or {}, accounts)
    return {tuple(held.node[1].int for held in group.rows): (group.side, group.rule) for group in found}


def test_teams_are_asked_and_own_accounts_are_believed():
    assert sorted_as([row(10), row(11, PAUL), row(12, YANN)]) == {
        (10,): (None, None),
        (11,): (Side.KEPT, Rule.OWN_ACCOUNT),
        (12,): (Side.ABSORBED, Rule.OWN_ACCOUNT),
    }
    assert sorted_as([row(10, PAUL)], accounts={Side.KEPT: {PAUL}, Side.ABSORBED: {PAUL}}) == {(10,): (None, None)}


def test_what_hangs_together_is_one_and_contradictions_are_asked():
    asked, paul, yann = row(10), row(11, PAUL), row(12, YANN)

    assert sorted_as([asked, yann], [(yann, asked)]) == {(10, 12): (Side.ABSORBED, Rule.OWN_ACCOUNT)}
    assert sorted_as([asked, paul, yann], [(yann, asked), (paul, asked)]) == {(10, 11, 12): (None, None)}


def test_what_hangs_on_something_of_before_goes_where_that_was():
    old, other = row(1), row(2)

    for side in Side:
        assert sorted_as([row(10)], [(row(10), old)], {old.node: side}) == {(10,): (side, Rule.HANGS_ON)}
    both = sorted_as([row(10)], [(row(10), old), (row(10), other)], {old.node: Side.KEPT, other.node: Side.ABSORBED})
    assert both == {(10,): (None, None)}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sets(st.integers(10, 25), max_size=10),
    st.lists(st.tuples(st.integers(5, 25), st.integers(5, 25)), max_size=12),
)
def test_every_row_is_in_one_group(numbers, pairs):
    rows = [row(number) for number in numbers]
    before = {row(number).node: Side.KEPT for number in range(5, 10)}

    groups = sorted_as(rows, [(row(one), row(other)) for one, other in pairs], before)

    assert sorted(number for group in groups for number in group) == sorted(numbers)
