"""An open page asks again, more often while the worker computes, and stops by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from app.dashboard.categories import TABS, Tab
from app.lib.watching import LATER, LONGEST, SOON, watch
from app.questionnaires.shapes import Category

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
OPENED = str(int(AT.timestamp()))


@pytest.mark.parametrize(
    ("pending", "waiting", "every"), [(True, True, SOON), (True, False, SOON), (False, True, LATER), (False, False, 0)]
)
def test_it_asks_as_often_as_something_may_change(pending, waiting, every):
    assert watch("x", "", AT, pending=pending, waiting=waiting).every == every


def test_a_forgotten_page_stops_asking():
    end = AT + LONGEST

    assert watch("x", OPENED, end, pending=True, waiting=True).every == SOON
    assert watch("x", OPENED, end + timedelta(seconds=1), pending=True, waiting=True).every == 0


@pytest.mark.parametrize("since", ["", "-1", "soon", "9" * 40, "99999999999"])
def test_an_address_cannot_make_it_ask_for_longer(since):
    assert watch("x", since, AT, pending=True, waiting=True).since == int(AT.timestamp())


def test_every_category_has_its_tab():
    assert set(TABS) == set(Category.__args__)
    assert set(TABS.values()) == set(Tab)
