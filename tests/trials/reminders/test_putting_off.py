"""Putting reminders off from the page, and what home and the log say of them."""

from datetime import timedelta

import pytest

from app.lib import clock
from app.lib.db import execute, fetch_value
from app.trials.reminders.actions.planning import plan_reminders
from app.trials.reminders.queries import own_lines
from tests.browser import text_of
from tests.consents.stories import says
from tests.trials.reminders.stories import TODAY, enrolled, log, mails_to, moment, round_of
from tests.trials.stories import visit_named


async def next_of(people, who: str = "paul"):
    return (await own_lines(people[who].account, clock.now()))[0]


def buttons(page) -> list[str]:
    return [button["value"] for button in page.select('button[name="until"]')]


async def test_home_and_a_page_of_their_own_offer_to_be_reminded_later(browser_for, people):
    await enrolled(people)
    paul = browser_for("paul")

    for address, said in (("/home", "about 2 questionnaires"), ("/me/reminders", "2 questionnaires are waiting")):
        page = await paul.page(address)
        assert buttons(page) == ["tomorrow", "in_3_days", "never"]
        assert said in text_of(page.main)
    assert buttons(await browser_for("yann").page("/me/reminders")) == []


@pytest.mark.parametrize(("until", "days"), [("tomorrow", 1), ("in_3_days", 3)])
async def test_a_reminder_comes_on_the_day_that_was_asked_for(browser_for, people, mailbox, until, days):
    await enrolled(people)
    address, paul = f"/me/reminders/{(await next_of(people)).id}", browser_for("paul")

    done = await paul.post(address, data={"until": until})
    assert (done.status_code, done.headers["location"]) == (303, f"/me/reminders?done={until}")
    assert (await paul.post(address, data={"until": until})).status_code == 303
    page = await paul.page(f"/me/reminders?done={until}")
    assert "You will be reminded" in text_of(page.select_one("[role=status]"))

    lines = await log()
    assert [one for one in lines if one[0] == "asked"] == [("asked", days, "planned", "")]
    assert ("protocol", 1, "snoozed", "later") in lines
    assert ("protocol", 4, "planned", "") in lines
    await plan_reminders(at=clock.now())
    assert await log() == lines
    await round_of(moment(days, "17:59"))
    assert mails_to(mailbox, "paul") == []
    await round_of(moment(days))
    assert len(mails_to(mailbox, "paul")) == 1


async def test_no_more_means_no_more(browser_for, people, mailbox):
    await enrolled(people)
    paul, one = browser_for("paul"), await next_of(people)

    for _ in range(2):
        assert (await paul.post(f"/me/reminders/{one.id}", data={"until": "never"})).status_code == 303
    await plan_reminders(at=clock.now())
    for days in (1, 4, 7, 22):
        await round_of(moment(days))
    assert {line[2:] for line in await log()} == {("snoozed", "never")}
    assert mails_to(mailbox, "paul") == []
    assert buttons(await paul.page("/home")) == []
    assert len(await list_titles(paul)) == 2


async def list_titles(paul) -> list[str]:
    return [text_of(one) for one in (await paul.page("/home")).select(".co-todo h3")]


async def test_nothing_is_put_off_beyond_the_window(browser_for, people):
    enrolment = await enrolled(people)
    visit, paul = await visit_named(enrolment, "start#0"), browser_for("paul")
    await execute("UPDATE visit SET best_to = $2, permitted_to = $2 WHERE id = $1", visit.id, TODAY + timedelta(days=2))
    one = await next_of(people)

    assert buttons(await paul.page("/me/reminders")) == ["tomorrow", "never"]
    for until in ("in_3_days", "for_ever", ""):
        refused = await paul.post(f"/me/reminders/{one.id}", data={"until": until})
        assert refused.status_code == 409
        assert "cannot be put off" in refused.text
    assert not [line for line in await log() if line[2] == "snoozed"]


@pytest.mark.parametrize("who", ["yann", "claire", "ines", "zoe"])
async def test_nobody_else_puts_it_off(browser_for, people, who):
    await enrolled(people)
    one = await next_of(people)

    assert (await browser_for(who).post(f"/me/reminders/{one.id}", data={"until": "never"})).status_code == 404


async def test_the_reminder_of_a_team_is_nobodys_to_put_off(browser_for, people):
    await enrolled(people)
    one = await fetch_value("SELECT id FROM reminder WHERE account = $1", people["ines"].account)

    assert (await browser_for("ines").post(f"/me/reminders/{one}", data={"until": "never"})).status_code == 404


def address_of(people) -> str:
    return f"/patients/{people.paul_patient}/reminders"


async def test_the_team_reads_what_was_sent_held_back_and_comes(browser_for, people, mailbox):
    enrolment = await enrolled(people)
    await round_of(moment(1))
    await says(people, "paul", "contact", yes=False)
    visit = await visit_named(enrolment, "start#0")

    for address in (f"/patients/{people.paul_patient}/reminders", f"/visits/{visit.id}"):
        said = text_of((await browser_for("ines").page(address)).main)
        assert "Paul Lambert" in said
        assert "Sent" in said
        assert "The person does not want reminders" in said
        assert "about 2 questionnaires" in said
        assert (await browser_for("zoe").get(address)).status_code == 404
    link = (await browser_for("ines").page(f"/patients/{people.paul_patient}/trials")).find(
        "a", href=address_of(people)
    )
    page = await browser_for("ines").page(link["href"])
    assert "Start" in text_of(page.main)
    assert "Inès Moreau" in text_of(page.main)


async def test_what_another_centre_planned_is_not_there_where_nothing_is_shared(browser_for, people):
    await enrolled(people)
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, valid_from, status, grounds, active_at) "
        "SELECT gen_random_uuid(), patient, $2, valid_from, status, grounds, active_at FROM affiliation "
        "WHERE patient = $1",
        people.paul_patient,
        people.brest,
    )
    address = f"/patients/{people.paul_patient}/reminders"

    assert "Petit essai" in (await browser_for("zoe", language="fr").get(address)).text
    await says(people, "paul", "sharing", yes=False)
    assert "Petit essai" not in (await browser_for("zoe", language="fr").get(address)).text
    assert "Petit essai" in (await browser_for("ines", language="fr").get(address)).text
