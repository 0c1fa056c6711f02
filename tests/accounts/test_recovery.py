"""Codes on paper: shown once, good once each, and made useless by a new set."""

import pytest

from app.accounts.recovery.model import HOW_MANY
from app.audit.actions import Action
from app.lib.db import execute, fetch, fetch_value
from tests.accounts.test_passkeys import told
from tests.accounts.test_sign_in import events, mailed_code
from tests.browser import read, text_of
from tests.people import PASSWORD


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


async def make(browser) -> list[str]:
    reply = await browser.post("/me/recovery-codes")
    assert reply.status_code == 200
    return [text_of(code) for code in read(reply).select("#codes li")]


async def use(browser, code: str, who: str = "ines"):
    await browser.post("/sign-in/team", data={"email": f"{who}@example.org", "password": PASSWORD})
    return await browser.post("/sign-in/recovery", data={"recovery": code})


@pytest.mark.capability("E13")
async def test_a_code_on_paper_takes_the_place_of_the_second_factor_once(browser_for, people):
    codes = await make(browser_for("ines"))
    browser, again = browser_for(None), browser_for(None)

    done = await use(browser, codes[3].lower().replace("-", " "))
    second = await use(again, codes[3])

    assert len(set(codes)) == HOW_MANY
    assert (done.status_code, done.headers["location"]) == (303, "/today")
    assert (second.status_code, "cohorte_session" in again.cookies) == (422, False)
    assert "or it was used before" in text_of(read(second).select_one("#recovery-error"))
    assert await told(people["ines"].account) == ["factor_added", "recovery_code_used"]
    assert (await events(people["ines"].account))[-2:] == [Action.RECOVERY_CODE_USED, Action.SESSION_OPENED]


async def test_neither_the_database_nor_the_page_shows_them_again(browser_for, people):
    codes = await make(browser_for("ines"))
    kept = " ".join(str(row["kept"]) for row in await fetch("SELECT recovery_code::text AS kept FROM recovery_code"))
    page = text_of((await browser_for("ines").page("/me/recovery-codes")).main)

    assert not [code for code in codes if code in page or code.replace("-", "") in kept]
    assert "10 codes of 10 are left." in page


async def test_a_new_set_kills_the_old(browser_for):
    old = await make(browser_for("ines"))
    new = await make(browser_for("ines"))

    assert (await use(browser_for(None), old[0])).status_code == 422
    assert (await use(browser_for(None), new[0])).status_code == 303


async def test_the_owner_is_warned_when_few_are_left(browser_for, people):
    codes = await make(browser_for("ines"))
    for code in codes[:7]:
        await execute("DELETE FROM throttle")
        assert (await use(browser_for(None), code)).status_code == 303

    page = text_of((await browser_for("ines").page("/me/recovery-codes")).main)

    assert "3 codes of 10 are left." in page
    assert "Few codes are left" in page
    assert (await told(people["ines"].account))[-2:] == ["recovery_code_used", "recovery_codes_few"]


async def test_a_code_of_somebody_else_opens_nothing(browser_for):
    codes = await make(browser_for("zoe"))

    assert (await use(browser_for(None), codes[0], "ines")).status_code == 422
    assert await fetch_value("SELECT count(*) FROM recovery_code WHERE used_at IS NOT NULL") == 0


async def test_it_is_offered_to_who_has_some_and_only_after_the_password(browser_for):
    before, after = browser_for(None), browser_for(None)
    await before.post("/sign-in/team", data={"email": "ines@example.org", "password": PASSWORD})
    without = await before.page("/sign-in/team/code")
    await make(browser_for("ines"))
    await after.post("/sign-in/team", data={"email": "ines@example.org", "password": PASSWORD})

    offered = [
        [a["href"] for a in page.select("main a[href^='/sign-in/recovery']")]
        for page in (without, await after.page("/sign-in/team/code"))
    ]

    assert offered == [[], ["/sign-in/recovery?next=/"]]
    assert (await browser_for(None).get("/sign-in/recovery?next=/today")).headers["location"] == "/sign-in?next=/today"


async def test_a_patient_without_mailbox_gets_in_too(browser_for, people):
    codes = await make(browser_for("paul"))
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})

    done = await browser.post("/sign-in/recovery", data={"recovery": codes[0], "next": "/answers"})

    assert (done.status_code, done.headers["location"]) == (303, "/answers")


async def test_an_unknown_address_reads_the_same(browser_for):
    replies = []
    for address in ("paul@example.org", "pablo@example.org", "ines@example.org"):
        browser = browser_for(None)
        await browser.post("/sign-in", data={"email": address})
        reply = await browser.post("/sign-in/recovery", data={"recovery": "ABCDE-23456"})
        replies.append((reply.status_code, text_of(read(reply).main)))

    assert replies[0][0] == 422
    assert len(set(replies)) == 1


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDE-0000O", "🙂" * 10, "\0" * 10])
async def test_what_is_no_code_costs_no_try(browser_for, typed):
    reply = await use(browser_for(None), typed)

    assert reply.status_code == 422
    assert await fetch_value("SELECT sum(failures) FROM sign_in_attempt") == 0


async def test_a_mailed_code_still_works_beside_it(browser_for, mailbox):
    await make(browser_for("paul"))
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    await browser.post("/sign-in/recovery", data={"recovery": "ABCDE-23456"})

    assert (await browser.post("/sign-in/code", data={"code": await mailed_code(mailbox)})).status_code == 303


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("paul", 200), ("ines", 200), ("lucie", 200)])
async def test_who_may_make_some(browser_for, who, status):
    assert (await browser_for(who).get("/me/recovery-codes")).status_code == status
