"""The list of patients: its parts, its orders, and that no part shows somebody whom another centre follows."""

from datetime import timedelta

import pytest

from app.access.policy import Actor
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.dashboard.listing.model import Order, Show, Wanted
from app.dashboard.listing.queries import figures_of, list_page
from app.lib import clock
from app.lib.clock import day_in
from app.lib.db import execute, fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from tests.alerts.stories import AT, SUFFERING, phq9
from tests.biology.stories import report
from tests.browser import text_of

TODAY = day_in(ZONE, clock.now())


async def ask(people, patient, by: Actor, *, days: int) -> None:
    new = NewAssignment(
        patient=patient,
        questionnaire="gad7",
        answered_by="patient",
        organisation=by.organisation,
        opens_on=TODAY,
        due_on=TODAY + timedelta(days=days),
    )
    await assign_questionnaire(by, new, at=clock.now())


@pytest.fixture
async def busy(db, people):
    """Paul has an alert and something overdue, Léa something awaited; so has Yann, in Brest."""
    await phq9(people, SUFFERING)
    await phq9(people, SUFFERING, who="yann")
    ines, zoe = people["ines"].actor, people["zoe"].actor
    await ask(people, people.paul_patient, ines, days=-2)
    await ask(people, people.lea_patient, ines, days=3)
    await ask(people, people.yann_patient, zoe, days=-4)
    follow = "UPDATE affiliation SET practitioner = $2 WHERE patient = $1"
    await execute(follow, people.lea_patient, people["ines"].account)
    await execute(follow, people.yann_patient, people["ines"].account)


async def shown(people, **wanted) -> list:
    return [one for one, _ in await list_page(people["ines"].actor, Wanted(**wanted), TODAY, 10)]


@pytest.mark.parametrize("order", Order)
async def test_each_part_shows_its_own_and_nobody_of_another_centre(busy, people, order):
    paul, lea = people.paul_patient, people.lea_patient
    expected = {
        Show.ALL: {paul, lea},
        Show.MINE: {lea},
        Show.ALERTS: {paul},
        Show.OVERDUE: {paul},
        Show.WAITING: {paul, lea},
    }
    assert {show: set(await shown(people, show=show, order=order)) for show in Show} == expected


async def test_the_nearest_due_date_comes_first(busy, people):
    assert await shown(people, order=Order.DUE) == [people.paul_patient, people.lea_patient]


async def test_each_patient_is_listed_once_by_due_date(busy, people):
    await ask(people, people.paul_patient, people["ines"].actor, days=9)
    assert await shown(people, order=Order.DUE) == [people.paul_patient, people.lea_patient]


@pytest.mark.parametrize("order", Order)
async def test_every_order_turns_its_pages_both_ways(busy, people, order):
    ines = people["ines"].actor
    [(first, key)] = await list_page(ines, Wanted(order=order), TODAY, 1)
    [(second, beyond)] = await list_page(ines, Wanted(order=order, after=key), TODAY, 5)
    assert {first, second} == {people.paul_patient, people.lea_patient}
    assert await list_page(ines, Wanted(order=order, before=beyond), TODAY, 5) == [(first, key)]


async def test_what_another_centre_asks_does_not_count_where_sharing_is_withheld(busy, people):
    brest = people["zoe"].actor
    await ask(people, people.lea_patient, brest, days=-9)
    ines = people["ines"].actor
    assert (await figures_of(ines, TODAY, [people.lea_patient]))[people.lea_patient].overdue == 1
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.lea_patient)
    assert (await figures_of(ines, TODAY, [people.lea_patient]))[people.lea_patient].overdue == 0
    assert people.lea_patient not in await shown(people, show=Show.OVERDUE)
    assert await shown(people, order=Order.DUE) == [people.paul_patient, people.lea_patient]


async def test_a_record_closed_by_its_owner_is_in_no_part(busy, people):
    await execute("UPDATE patient SET withheld = '{care}' WHERE id = $1", people.paul_patient)
    for order in Order:
        for show in Show:
            assert people.paul_patient not in await shown(people, show=show, order=order)
    assert await figures_of(people["ines"].actor, TODAY, [people.paul_patient]) == {}


async def test_the_figures_of_a_foreign_patient_are_not_there(busy, people):
    assert await figures_of(people["ines"].actor, TODAY, [people.yann_patient]) == {}


async def test_a_merged_record_is_listed_once_under_the_one_that_stands_for_it(busy, people):
    paul, lea = people.paul_patient, people.lea_patient
    await execute("UPDATE patient SET merged_into = $2, root = $2 WHERE id = $1", paul, lea)
    for order in Order:
        assert await shown(people, order=order) == [lea]
    line = (await figures_of(people["ines"].actor, TODAY, [lea]))[lea]
    assert (line.alerts, line.waiting, line.overdue) == (1, 2, 1)


async def test_sending_answers_brings_a_patient_to_the_top(db, people):
    long_ago = "UPDATE affiliation SET active_at = '2020-01-01'"
    await execute(long_ago)
    await phq9(people, SUFFERING, who="paul")
    assert (await shown(people))[0] == people.paul_patient
    active = "SELECT active_at FROM affiliation WHERE patient = $1"
    assert await fetch_value(active, people.paul_patient) == AT
    assert (await fetch_value(active, people.yann_patient)).year == 2020


async def test_the_page_offers_parts_and_orders_and_keeps_both(browser_for, busy):
    ines = browser_for("ines")
    page = await ines.page("/patients?show=waiting&order=due")
    assert [text_of(name) for name in page.select("tbody th")] == ["LAMBERT Paul", "MARTIN Léa"]
    assert [text_of(one) for one in page.select('[aria-current="true"]')] == ["Something awaited", "Next due date"]
    by_code = next(one["href"] for one in page.select(".co-filters a") if text_of(one) == "Code")
    assert by_code == "/patients?show=waiting&order=code"
    mine = await ines.page("/patients?show=mine")
    assert text_of(mine.select_one("tbody tr")).startswith("MARTIN Léa")
    assert "Inès Moreau" in text_of(mine.select_one("tbody tr"))


@pytest.mark.parametrize("address", ["/patients?show=nonsense", "/patients?order=nonsense", "/patients?before=x_y"])
async def test_a_made_up_address_shows_the_whole_list(browser_for, busy, address):
    page = await browser_for("ines").page(address)
    assert len(page.select("tbody tr")) == 2


async def test_an_empty_part_says_so(browser_for, db):
    page = await browser_for("ines").page("/patients?show=mine")
    assert "Nobody here" in text_of(page.main)


async def test_the_record_says_who_follows_the_person_here(browser_for, busy, people):
    page = await browser_for("ines").page(f"/patients/{people.lea_patient}")
    assert "Followed by: Inès Moreau" in text_of(page.select_one(".co-record__id"))
    await execute("UPDATE affiliation SET practitioner = NULL WHERE patient = $1", people.lea_patient)
    assert "Followed by" not in text_of((await browser_for("ines").page(f"/patients/{people.lea_patient}")).main)


async def test_what_is_written_for_another_centre_moves_no_line_where_sharing_is_withheld(db, people):
    """Brest follows Paul too; a questionnaire and a laboratory's report are Lyon's."""
    zoe, paul, long_ago = people["zoe"].actor, people.paul_patient, clock.now() - timedelta(days=40)
    await execute("INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($1, $2, $3, $4)",
                  new_id(), paul, people.brest, long_ago.date())  # fmt: skip
    await execute("UPDATE affiliation SET active_at = $2 WHERE patient = $1", paul, long_ago)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", paul)
    await phq9(people, SUFFERING)
    await report(people)
    withheld = (await figures_of(zoe, TODAY, [paul]))[paul]
    own = (await figures_of(people["ines"].actor, TODAY, [paul]))[paul]
    assert (withheld.at, withheld.answered) == (long_ago, False)
    assert (own.at > long_ago, own.answered) == (True, True)

    await execute("UPDATE patient SET withheld = '{}' WHERE id = $1", paul)
    await report(people)
    shared = (await figures_of(zoe, TODAY, [paul]))[paul]
    assert (shared.at > long_ago, shared.answered) == (True, True)
