"""The authenticator app: set, confirmed, replaced, removed; and each of its codes good once."""

import re

import pytest

from app.accounts import one_time, queries
from app.accounts.actions import signing_in
from app.accounts.problems import Problem
from app.lib import clock
from app.lib.db import execute, fetch_value
from tests.accounts.test_passkeys import told
from tests.browser import read, text_of
from tests.people import PASSWORD, TOTP_SECRET


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


@pytest.fixture
async def without(db, people):
    await execute("UPDATE account SET totp_secret = NULL WHERE id = $1", people["ines"].account)


def secret_on(page) -> str:
    return text_of(page.select_one("#secret")).replace(" ", "")


async def sign_in(code: str) -> object:
    at = clock.now()
    token = await signing_in.check_password("ines@example.org", PASSWORD, at=at)
    return await signing_in.sign_in(token, code, None, at=at)


@pytest.mark.capability("E14")
async def test_an_authenticator_counts_once_its_first_code_was_typed(browser_for, people, without):
    ines = browser_for("ines")
    page = await ines.page("/me/authenticator/new")
    secret, carried = secret_on(page), page.select_one("input[name=authenticator]")["value"]
    code = one_time.code_at(secret, clock.now())
    before = await queries.factors_of(people["ines"].account)

    done = await ines.post("/me/authenticator/new", data={"authenticator": carried, "code": code})

    assert (before.authenticator, secret in carried) == (False, False)
    assert (done.status_code, done.headers["location"]) == (303, "/me/recovery-codes?first=1")
    assert (await queries.factors_of(people["ines"].account)).authenticator
    assert await told(people["ines"].account) == ["factor_added"]
    # The code that confirmed it opens nothing any more.
    assert await sign_in(code) is Problem.CODE_WRONG


async def test_the_square_says_what_the_key_says(browser_for, without):
    """Drawn without styles: a path of squares, dark where the matrix is."""
    import segno

    page = await browser_for("ines").page("/me/authenticator/new")
    drawing = page.select_one("svg[role=img]")
    dark = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing.select_one("path")["d"])
        for step in range(int(width))
    }
    address = one_time.address_of(secret_on(page), "ines@example.org")
    matrix = segno.make(address, micro=False, error="m").matrix

    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawing["aria-label"]


@pytest.mark.parametrize(("typed", "words"), [("", "Enter the 6-digit code"), ("000000", "not the right code")])
async def test_a_wrong_first_code_keeps_the_secret(browser_for, people, without, typed, words):
    ines = browser_for("ines")
    page = await ines.page("/me/authenticator/new")
    carried = page.select_one("input[name=authenticator]")["value"]

    reply = await ines.post("/me/authenticator/new", data={"authenticator": carried, "code": typed})

    assert reply.status_code == 422
    assert secret_on(read(reply)) == secret_on(page)
    assert words in text_of(read(reply).select_one("#code-error"))
    assert not (await queries.factors_of(people["ines"].account)).authenticator


async def test_a_secret_of_somebody_else_or_of_nobody_is_not_taken(browser_for, people, without):
    theirs = await browser_for("zoe").page("/me/authenticator/new")
    code = one_time.code_at(secret_on(theirs), clock.now())

    for carried in (theirs.select_one("input[name=authenticator]")["value"], "", "é", "AAAA"):
        form = {"authenticator": carried, "code": code}
        assert (await browser_for("ines").post("/me/authenticator/new", data=form)).status_code == 422
    assert not (await queries.factors_of(people["ines"].account)).authenticator


async def test_replacing_it_makes_the_former_useless(browser_for, people):
    ines = browser_for("ines")
    page = await ines.page("/me/authenticator/new")
    form = {
        "authenticator": page.select_one("input[name=authenticator]")["value"],
        "code": one_time.code_at(secret_on(page), clock.now()),
    }

    await ines.post("/me/authenticator/new", data=form)

    assert await sign_in(one_time.code_at(TOTP_SECRET, clock.now())) is Problem.CODE_WRONG


async def test_removing_it_says_what_remains(browser_for, people):
    ines = browser_for("ines")

    page = await ines.page("/me/authenticator/remove")
    done = await ines.post("/me/authenticator/remove")

    assert "your password, with a code by email" in text_of(page.main)
    assert "Only your mailbox will protect you" in text_of(page.main)
    assert done.headers["location"] == "/me/authenticator"
    assert await fetch_value("SELECT totp_secret FROM account WHERE id = $1", people["ines"].account) is None
    assert await told(people["ines"].account) == ["factor_removed"]
    assert (await ines.get("/me/authenticator/remove")).headers["location"] == "/me/authenticator"


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("paul", 404), ("ines", 200), ("lucie", 200), ("sacha", 200)])
@pytest.mark.parametrize("path", ["/me/authenticator", "/me/authenticator/new"])
async def test_who_may_have_one(browser_for, who, status, path):
    assert (await browser_for(who).get(path)).status_code == status
