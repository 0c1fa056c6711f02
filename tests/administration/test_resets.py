"""Resets on the administrators' pages: who sees which, who may confirm, what is said to whom."""

from uuid import UUID

import pytest

from app.accounts.resets import actions
from app.accounts.resets.model import NewReset, Stage
from app.accounts.resets.queries import get_reset
from app.administration.queries.resets import list_resets, scope_of_account
from app.administration.routes.resets import LOOK_UPS
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from tests.browser import read, text_of

REASON = "Came to the desk with an identity card"


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


async def asked_for(people, who: str = "marc", *, by: str = "ines", email: str = "") -> UUID:
    asked = await actions.ask_for_reset(people[by].actor, NewReset(people[who].account, REASON, email), at=clock.now())
    assert isinstance(asked, UUID)
    return asked


async def stage_of(reset: UUID) -> Stage:
    return (await get_reset(reset)).stage(clock.now())


@pytest.mark.capability("E13")
async def test_one_finds_and_asks_another_confirms(browser_for, people):
    ines, zoe = browser_for("ines"), browser_for("zoe")
    await ines.page("/administration/resets")

    found = await ines.post("/administration/resets/find", data={"email": " Marc@Example.org"})
    form = await ines.page(found.headers["location"])
    form_fields = {"account": str(people["marc"].account), "reason": REASON, "email": "marc.n@example.org"}
    asked = await ines.post("/administration/resets", data=form_fields)
    mine = await ines.page(asked.headers["location"])
    theirs = await zoe.page(asked.headers["location"])
    done = await zoe.post(f"{asked.headers['location']}/confirm")
    after = await zoe.page(done.headers["location"])

    assert "Marc Petit" in text_of(form.main)
    assert [form["action"].rpartition("/")[2] for form in mine.select("main form")] == ["refuse"]
    assert [form["action"].rpartition("/")[2] for form in theirs.select("main form")] == ["confirm", "refuse"]
    for words in (REASON, "marc@example.org", "marc.n@example.org", "Inès Moreau"):
        assert words in text_of(theirs.main)
    assert "Link sent" in text_of(after.main)
    assert "Zoé Caradec" in text_of(after.main)
    assert after.select("main form") == []


async def test_who_asked_is_told_why_they_cannot_confirm(browser_for, people):
    reset = await asked_for(people)

    reply = await browser_for("ines").post(f"/administration/resets/{reset}/confirm")

    assert reply.status_code == 403
    assert "You asked for it. Another administrator" in text_of(read(reply).main)
    assert await stage_of(reset) is Stage.ASKED


async def test_the_person_concerned_may_refuse_and_not_confirm(browser_for, people):
    reset = await asked_for(people, "zoe", by="sacha")
    browser = browser_for("zoe")

    reply = await browser.post(f"/administration/resets/{reset}/confirm")
    page = await browser.page(f"/administration/resets/{reset}")
    await browser.post(f"/administration/resets/{reset}/refuse")

    assert (reply.status_code, "It is your own account." in text_of(read(reply).main)) == (403, True)
    assert [form["action"].rpartition("/")[2] for form in page.select("main form")] == ["refuse"]
    assert "by the owner" in text_of((await browser.page(f"/administration/resets/{reset}")).main)


@pytest.mark.parametrize(
    ("who", "status"),
    [("paul", 404), ("lucie", 404), ("zoe", 404), ("marc", 403), ("hugo", 403), ("odile", 200), ("sacha", 200)],
)
async def test_who_sees_a_reset_in_lyon(browser_for, people, who, status):
    reset = await asked_for(people, "tom")

    assert (await browser_for(who).get(f"/administration/resets/{reset}")).status_code == status
    if status != 200:
        for what in ("confirm", "refuse"):
            assert (await browser_for(who).post(f"/administration/resets/{reset}/{what}")).status_code == status
    assert await stage_of(reset) is Stage.ASKED


async def test_a_list_holds_no_foreign_row(browser_for, people):
    await asked_for(people, "tom")
    await asked_for(people, "yann", by="zoe")

    lists = {}
    for who in ("ines", "zoe", "sacha"):
        words = text_of((await browser_for(who).page("/administration/resets")).main)
        lists[who] = {name for name in ("Tom Faure", "Yann Le Goff") if name in words}

    assert lists == {"ines": {"Tom Faure"}, "zoe": {"Yann Le Goff"}, "sacha": {"Tom Faure", "Yann Le Goff"}}


@pytest.mark.parametrize(
    ("who", "centres"),
    [
        ("tom", {"lyon"}),
        ("marc", {"lyon", "brest"}),
        ("paul", {"lyon"}),
        ("claire", {"lyon"}),
        ("yann", {"brest"}),
        ("sacha", set()),
        ("lucie", set()),
        ("victor", None),
    ],
)
async def test_by_which_centres_an_account_is_looked_after(people, who, centres):
    scope = await scope_of_account(people[who].account)

    found = None if scope is None else set(scope.organisations)
    assert found == (None if centres is None else {getattr(people, name) for name in centres})


async def test_a_place_that_ended_counts_no_more(people):
    await execute("UPDATE membership SET valid_to = '2025-06-01' WHERE organisation = $1", people.brest)
    await execute("UPDATE affiliation SET status = 'ended' WHERE patient = $1", people.paul_patient)

    assert (await scope_of_account(people["marc"].account)).organisations == {people.lyon}
    assert (await scope_of_account(people["paul"].account)).organisations == frozenset()
    assert await scope_of_account(new_id()) is None


@pytest.mark.parametrize("email", ["nobody@example.org", "yann@example.org", "sacha@example.org", "ines@example.org"])
async def test_nobody_is_found_beyond_ones_centre(browser_for, email):
    reply = await browser_for("ines").post("/administration/resets/find", data={"email": email})

    assert reply.status_code == 422
    assert "No account that you look after" in text_of(read(reply).select_one("#email-error"))


@pytest.mark.parametrize(("email", "words"), [("", "Enter the email address"), ("marc", "like name@example.org")])
async def test_what_is_no_address_is_said(browser_for, email, words):
    reply = await browser_for("ines").post("/administration/resets/find", data={"email": email})

    assert (reply.status_code, words in text_of(read(reply).select_one("#email-error"))) == (422, True)


async def test_addresses_cannot_be_looked_up_one_after_the_other(browser_for):
    browser = browser_for("ines")
    for number in range(LOOK_UPS.tries):
        await browser.post("/administration/resets/find", data={"email": f"a{number}@example.org"})

    reply = await browser.post("/administration/resets/find", data={"email": "marc@example.org"})

    assert "Wait one hour" in text_of(read(reply).select_one("#email-error"))


@pytest.mark.parametrize(
    ("reason", "email", "field", "words"),
    [
        ("", "", "reason", "Say how you checked who the person is"),
        ("saw her", "", "reason", "Say a little more"),
        (REASON, "nowhere", "email", "Enter an email address like"),
        (REASON, "paul@example.org", "email", "This address cannot be used"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_typed_is_lost(browser_for, people, reason, email, field, words):
    fields = {"account": str(people["tom"].account), "reason": reason, "email": email}

    reply = await browser_for("ines").post("/administration/resets", data=fields)

    page = read(reply)
    assert reply.status_code == 422
    assert words in text_of(page.select_one(f"#{field}-error"))
    assert (page.select_one("#reason").text.strip(), page.select_one("#email")["value"]) == (reason, email)
    assert await fetch_value("SELECT count(*) FROM account_reset") == 0


async def test_a_second_request_says_that_one_waits(browser_for, people):
    await asked_for(people, "tom", by="odile")

    fields = {"account": str(people["tom"].account), "reason": REASON}
    reply = await browser_for("ines").post("/administration/resets", data=fields)

    assert "already waits" in text_of(read(reply).select_one("#reason-error"))


@pytest.mark.parametrize(("by", "who"), [("ines", "yann"), ("ines", "sacha"), ("ines", "ines"), ("zoe", "tom")])
async def test_accounts_of_others_do_not_exist(browser_for, people, by, who):
    account = people[who].account

    form = await browser_for(by).get(f"/administration/resets/new?account={account}")
    sent = await browser_for(by).post("/administration/resets", data={"account": str(account), "reason": REASON})

    assert (form.status_code, sent.status_code) == (404, 404)


async def test_a_made_up_account_does_not_exist(browser_for):
    browser = browser_for("ines")

    assert (await browser.post("/administration/resets", data={"account": "x", "reason": REASON})).status_code == 404
    assert (await browser.get(f"/administration/resets/new?account={new_id()}")).status_code == 404


async def test_a_second_decision_says_that_one_was_made(browser_for, people):
    reset = await asked_for(people)
    await browser_for("zoe").post(f"/administration/resets/{reset}/confirm")

    reply = await browser_for("sacha").post(f"/administration/resets/{reset}/refuse")

    assert reply.status_code == 409
    assert await stage_of(reset) is Stage.CONFIRMED


@pytest.mark.parametrize("who", ["paul", "marc", "hugo", "lucie"])
async def test_whoever_administers_nothing_may_not(browser_for, who):
    assert (await browser_for(who).get("/administration/resets")).status_code == 403


async def test_a_fresh_second_factor_comes_first(browser_for):
    await execute("UPDATE session SET second_factor_at = now() - interval '16 minutes'")

    reply = await browser_for("ines").get("/administration/resets")

    assert reply.headers["location"] == "/step-up?next=/administration/resets"


async def test_what_was_long_ago_is_not_listed(people):
    reset, at = await asked_for(people, "tom"), clock.now()
    day = clock.day_in(ZONE, at)
    assert await list_resets(people["ines"].actor, day, at) == [reset]
    await execute("UPDATE account_reset SET asked_at = now() - interval '31 days'")

    assert await list_resets(people["ines"].actor, day, at) == []
