"""Confirming with a fresh second factor before something sensitive, and losing nothing on the way."""

from urllib.parse import urlencode

import pytest

from app.access.policy import FRESH_FOR
from app.accounts import one_time, queries, tokens
from app.lib import clock, csrf
from app.lib.db import execute, fetch_value
from tests.accounts.devices import Device
from tests.accounts.test_passkeys import add
from tests.accounts.test_sign_in import half_a_minute_later, mailed_code, wrong
from tests.browser import read, text_of
from tests.people import TOTP_SECRET

SENSITIVE = "/me/recovery-codes"
FORM = {"X-CSRF-Token": "", "Content-Type": "application/x-www-form-urlencoded"}


def now_code() -> str:
    return one_time.code_at(TOTP_SECRET, clock.now())


def keep(browser, reply) -> None:
    """Go on with the new token, as browsers do; httpx would send the one it was made with too."""
    browser.cookies.delete("cohorte_session", domain="")
    assert browser.cookies["cohorte_session"] == reply.cookies["cohorte_session"]


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


@pytest.fixture
def stale(browser_for, people):
    """A browser whose second factor was given a while ago."""

    async def browser(who: str, *, htmx: bool = False):
        held = tokens.hash_of(people[who].signed_in.token)
        await execute("UPDATE session SET second_factor_at = $2 WHERE token_hash = $1", held, clock.now() - FRESH_FOR)
        return browser_for(who, htmx=htmx)

    return browser


@pytest.mark.parametrize("path", [SENSITIVE, "/me/passkeys", "/me/passkeys/new", "/me/authenticator"])
async def test_what_is_sensitive_asks_first_and_leads_back(stale, path):
    ines = await stale("ines")

    asked = await ines.get(path)
    page = await ines.page(asked.headers["location"])
    done = await ines.post("/step-up", data={"code": now_code(), "next": path})
    keep(ines, done)

    assert (asked.status_code, asked.headers["location"]) == (303, f"/step-up?next={path}")
    assert text_of(page.h1) == "Confirm that it is you"
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert (await ines.get(path)).status_code == 200


async def test_the_token_is_new_and_open_pages_go_on(stale, people):
    ines, before = await stale("ines"), people["ines"].signed_in

    done = await ines.post("/step-up", data={"code": now_code()})

    token = done.cookies["cohorte_session"]
    session, actor = await queries.find_session(tokens.hash_of(token), clock.now())
    assert token != before.token
    assert await queries.find_session(tokens.hash_of(before.token), clock.now()) is None
    assert (session.csrf_secret, actor.id) == (before.csrf_secret, before.account)
    assert await fetch_value("SELECT count(*) FROM session WHERE id = $1", session.id) == 1


async def test_a_code_of_an_authenticator_confirms_once(stale):
    code = now_code()
    assert (await (await stale("ines")).post("/step-up", data={"code": code})).status_code == 303

    await execute("UPDATE session SET second_factor_at = second_factor_at - interval '1 hour'")
    again = await (await stale("zoe")).post("/step-up", data={"code": "000000"})

    assert again.status_code == 422


@pytest.mark.parametrize("who", ["paul", "ines"])
async def test_a_mailed_code_confirms_patients_and_the_team(stale, mailbox, who):
    browser = await stale(who)

    page = await browser.page(f"/step-up?next={SENSITIVE}")
    sent = await browser.post("/step-up/code", data={"way": "email", "next": SENSITIVE})
    done = await browser.post("/step-up", data={"code": await mailed_code(mailbox), "next": SENSITIVE})

    assert f"{who[0]}•••••@example.org" in text_of(read(sent).main) or who == "ines"
    assert read(sent).select_one("#code")
    assert bool(page.select("#code")) == (who == "ines")
    assert (done.status_code, done.headers["location"]) == (303, SENSITIVE)


async def test_a_passkey_confirms(stale, browser_for):
    device = Device()
    await add(browser_for("ines"), device)
    ines = await stale("ines")

    page = await ines.page(f"/step-up?next={SENSITIVE}")
    options = (await ines.post("/step-up/passkey/options", json={})).json()
    sent = {"credential": device.use(options), "next": SENSITIVE}
    done = await ines.post("/step-up/passkey", json=sent)
    keep(ines, done)

    assert page.select_one("form[data-passkey='/step-up/passkey']")
    assert (done.status_code, done.json()) == (200, {"next": SENSITIVE})
    assert (await ines.get(SENSITIVE)).status_code == 200


@pytest.mark.parametrize(("typed", "words"), [("", "Enter the 6-digit code"), ("000000", "not the right code")])
async def test_a_wrong_code_is_said_beside_the_field(stale, typed, words):
    ines = await stale("ines")

    reply = await ines.post("/step-up", data={"code": typed, "next": SENSITIVE})

    assert reply.status_code == 422
    assert words in text_of(read(reply).select_one("#code-error"))
    assert read(reply).select_one("input[name=next]")["value"] == SENSITIVE
    assert (await ines.get(SENSITIVE)).status_code == 303


async def test_a_code_mailed_to_sign_in_does_not_confirm(stale, browser_for, mailbox):
    await browser_for(None).post("/sign-in", data={"email": "paul@example.org"})
    paul = await stale("paul")

    reply = await paul.post("/step-up", data={"code": await mailed_code(mailbox)})

    assert reply.status_code == 422


async def test_a_code_of_one_session_does_not_confirm_another(stale, people, mailbox):
    paul, claire = await stale("paul"), await stale("claire")
    await paul.post("/step-up/code")
    code = await mailed_code(mailbox)
    await claire.post("/step-up/code")

    assert (await claire.post("/step-up", data={"code": code})).status_code == 422
    assert (await paul.post("/step-up", data={"code": code})).status_code == 303


async def test_guesses_are_counted(stale, mailbox):
    paul = await stale("paul")
    await paul.post("/step-up/code")
    code = await mailed_code(mailbox)

    for _ in range(5):
        await paul.post("/step-up", data={"code": wrong(code)})
    reply = await paul.post("/step-up", data={"code": code})

    assert "Too many tries with this code" in text_of(read(reply).select_one("#code-error"))


async def test_an_authenticator_cannot_be_guessed_either(stale):
    ines = await stale("ines")
    replies = [await ines.post("/step-up", data={"code": "000000"}) for _ in range(11)]

    assert "Wait 15 minutes" in text_of(read(replies[-1]).select_one("#code-error"))
    assert (await ines.post("/step-up", data={"code": now_code()})).status_code == 422


async def test_another_code_waits_half_a_minute(stale, mailbox):
    paul = await stale("paul")
    first, soon = await paul.post("/step-up/code"), await paul.post("/step-up/code")
    await half_a_minute_later()
    later = await paul.post("/step-up/code")

    assert [first.status_code, soon.status_code, later.status_code] == [200, 422, 200]


async def test_a_form_that_comes_too_late_travels_along(stale, people):
    ines = await stale("ines")
    token = csrf.token(people["ines"].signed_in.csrf_secret)
    typed = [("_csrf_token", token), ("name", "Mon <b>téléphone</b> 🙂"), ("more", "1"), ("more", "2")]

    late = await ines.post("/me/passkeys/new", headers=FORM, content=urlencode(typed).encode())
    held = read(late).select_one("main input[name=_held]")["value"]
    wrong_once = await ines.post("/step-up", data={"code": "", "_held": held})
    kept = read(wrong_once).select_one("main input[name=_held]")["value"]
    done = await ines.post("/step-up", data={"code": now_code(), "_held": kept})

    form = read(done).select_one("main form")
    fields = [(field["name"], field["value"]) for field in form.select("input")]
    assert (late.status_code, text_of(read(late).h1)) == (403, "Confirm that it is you")
    assert (form["action"], sorted(fields[1:])) == ("/me/passkeys/new", sorted(typed[1:]))
    assert csrf.is_valid(fields[0][1], people["ines"].signed_in.csrf_secret)


async def test_a_part_of_a_page_gives_way_and_keeps_what_was_typed(stale):
    ines = await stale("ines", htmx=True)

    late = await ines.post("/me/passkeys/new", data={"name": "Mon téléphone"})

    assert (late.status_code, late.headers["hx-retarget"]) == (409, "#main")
    assert "Mon téléphone" in read(late).select_one("input[name=_held]")["value"]


async def test_no_password_travels_along(stale, people):
    token = csrf.token(people["ines"].signed_in.csrf_secret)
    typed = [("_csrf_token", token), ("new_password", "a secret of Inès"), ("password", "another"), ("name", "x")]

    late = await (await stale("ines")).post(SENSITIVE, headers=FORM, content=urlencode(typed).encode())

    assert "secret" not in late.text
    assert "another" not in read(late).select_one("main input[name=_held]")["value"]


@pytest.mark.parametrize("token", ["made up", ""])
async def test_a_form_that_is_not_ours_is_not_kept(stale, token):
    typed = urlencode([("_csrf_token", token), ("name", "theirs")]).encode()

    reply = await (await stale("ines")).post("/me/passkeys/new", headers=FORM, content=typed)

    assert reply.status_code == 403
    assert "theirs" not in reply.text


async def test_a_script_is_led_to_the_page(stale):
    ines = await stale("ines")

    reply = await ines.post("/me/passkeys/options", json={}, headers={"Referer": "http://test/me/passkeys/new"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/step-up?next=/me/passkeys/new")


async def test_who_just_confirmed_is_led_on(browser_for):
    reply = await browser_for("ines").get(f"/step-up?next={SENSITIVE}")

    assert (reply.status_code, reply.headers["location"]) == (303, SENSITIVE)


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("paul", 200), ("ines", 200), ("lucie", 200), ("sacha", 200)])
async def test_who_may_confirm(browser_for, stale, who, status):
    browser = await stale(who) if who else browser_for(None)

    assert (await browser.get("/step-up")).status_code == status
