"""Resets on the administrators' pages: who sees which, who may confirm, what is said to whom."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts.break_glass.actions import open_identity
from app.accounts.resets import actions
from app.accounts.resets.model import NewReset, Stage
from app.accounts.resets.queries import get_reset
from app.administration.actions import note_reading
from app.administration.queries.resets import FOUND, FOUND_FOR, list_resets, may_handle, scope_of_account
from app.administration.routes.resets import LOOK_UPS
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
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
    assert [text_of(one) for one in after.select("main form")] == ["Withdraw the reset"]
    await zoe.post(f"{asked.headers['location']}/refuse")
    assert (await zoe.page(asked.headers["location"])).select("main form") == []


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

    assert lists == {"ines": {"Tom Faure"}, "zoe": {"Yann Le Goff"}, "sacha": {"Tom Faure"}}


async def readings(who: UUID) -> list[tuple[UUID, str]]:
    """(about whom, which page) of what this administrator read, the oldest first."""
    noted = "SELECT subject, details->>'page' AS page FROM audit_event WHERE actor = $1 AND action = $2 ORDER BY id"
    return [tuple(row) for row in await fetch(noted, who, Action.ADMINISTRATION_READ)]


@pytest.mark.capability("E40")
async def test_the_network_resets_no_patients_account_behind_the_glass(browser_for, people):
    reset, paul = await asked_for(people, "paul"), people["paul"].account
    sacha, where = browser_for("sacha"), f"/administration/resets/{reset}"

    found = await sacha.post("/administration/resets/find", data={"email": "paul@example.org"})
    sent = await sacha.post("/administration/resets", data={"account": str(paul), "reason": REASON})
    statuses = [
        (await sacha.get(path)).status_code for path in (where, f"/administration/resets/new?account={paul}")
    ] + [(await sacha.post(f"{where}/{act}")).status_code for act in ("confirm", "refuse")]
    listed = (await sacha.page("/administration/resets")).main

    assert (found.status_code, sent.status_code, statuses) == (422, 404, [404] * 4)
    assert "A patient or relative" in text_of(listed)
    assert not any(word in str(listed) for word in ("Lambert", str(paul), str(reset)))
    assert await readings(people["sacha"].account) == [
        (people["sacha"].account, "reset_not_found"),
        (people["sacha"].account, "resets"),
    ]
    await open_identity(people["sacha"].actor, people.paul_patient, REASON, [], at=clock.now())
    assert "Paul Lambert" in text_of((await sacha.page("/administration/resets")).main)
    assert (await sacha.post(f"{where}/confirm")).status_code == 303
    assert await stage_of(reset) is Stage.CONFIRMED


async def test_an_office_finds_a_patients_account_by_its_address_alone(browser_for, people):
    paul, odile, me = people["paul"].account, browser_for("odile"), people["odile"].account
    form = f"/administration/resets/new?account={paul}"
    fields = {"account": str(paul), "reason": REASON, "email": ""}

    before = [
        (await odile.get(form)).status_code,
        (await odile.post("/administration/resets", data=fields)).status_code,
    ]
    found = await odile.post("/administration/resets/find", data={"email": "paul@example.org"})
    await odile.page(found.headers["location"])
    asked = await odile.post("/administration/resets", data=fields)
    await odile.page(asked.headers["location"])

    assert before == [404, 404]
    assert found.headers["location"] == form
    assert await readings(me) == [(paul, "reset_found"), (paul, "reset_new"), (paul, "reset")]
    listed = "SELECT count(*) FROM audit_event WHERE actor = $1 AND patient IS NOT NULL"
    assert await fetch_value(listed, me) == 0, "an event that ties the account to the patient would show the code"
    assert (await browser_for("zoe").get(asked.headers["location"])).status_code == 404


async def test_what_was_found_is_forgotten_within_the_hour(people):
    odile, paul, at = people["odile"].actor, people["paul"].account, clock.now()
    await note_reading(odile, paul, FOUND, at=at - FOUND_FOR)
    assert not await may_handle(odile, paul, at)

    await note_reading(odile, paul, FOUND, at=at - FOUND_FOR + timedelta(seconds=1))
    assert await may_handle(odile, paul, at)
    assert not await may_handle(people["zoe"].actor, paul, at, typed=True)


async def test_an_office_opens_what_waits_by_the_same_address(browser_for, people):
    reset = await asked_for(people, "paul")
    odile, where = browser_for("odile"), f"/administration/resets/{reset}"
    listed = (await odile.page("/administration/resets")).main

    hidden = [(await odile.get(where)).status_code, (await odile.post(f"{where}/confirm")).status_code]
    found = await odile.post("/administration/resets/find", data={"email": "paul@example.org"})
    shown = (await odile.page(where)).main

    assert not any(word in str(listed) for word in ("Lambert", str(reset)))
    assert (hidden, found.headers["location"]) == ([404, 404], where)
    assert "Paul Lambert" in text_of(shown)
    assert (await odile.post(f"{where}/confirm")).status_code == 303


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

    reply = await browser_for("sacha").post(f"/administration/resets/{reset}/confirm")

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


async def sent(reset: UUID, state: str) -> None:
    """What became of the letter by which the owner may object."""
    columns = "id, channel, purpose, subject, state, created_at, updated_at"
    letter = f"INSERT INTO delivery ({columns}) VALUES ($1, 'email', 'notice:reset_asked', $2, $3, now(), now())"
    await execute(letter, new_id(), reset, state)


@pytest.mark.parametrize(("state", "words"), [("", "has not left yet"), ("bounced", "came back"), ("sent", "")])
async def test_the_second_reads_whether_the_owner_could_be_told(browser_for, people, state, words):
    reset = await asked_for(people, "tom")
    if state:
        await sent(reset, state)

    page = await browser_for("odile").page(f"/administration/resets/{reset}")

    assert ("The owner may not know of it" in text_of(page.main)) is bool(words)
    assert words in text_of(page.main)


async def test_who_is_no_second_reads_why_and_finds_no_button(browser_for, people):
    reset = await asked_for(people, "marc")
    path = f"/administration/resets/{reset}"

    page = await browser_for("odile").page(path)
    reply = await browser_for("odile").post(f"{path}/confirm")

    assert "This person works in another centre too." in text_of(page.main)
    assert [form["action"].rpartition("/")[2] for form in page.select("main form")] == ["refuse"]
    assert (reply.status_code, "Another centre has to confirm" in reply.text) == (409, True)
    assert await stage_of(reset) is Stage.ASKED
