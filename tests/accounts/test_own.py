"""My account: what it shows, what one may change there, and who gets 404."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts import passwords, queries, tokens
from app.accounts.actions import sessions
from app.accounts.own.actions import PASSWORD_TRIES
from app.accounts.own.queries import get_profile, password_hash_of
from app.audit.actions import Action
from app.lib import clock, i18n
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.lib.keys import ring
from tests.browser import read, text_of
from tests.people import PASSWORD

BETTER = "violet kettle over nine fields"


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


async def last_event(subject: object) -> str:
    return await fetch_value("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id DESC LIMIT 1", subject)


async def begin_sign_in(account: UUID) -> UUID:
    """Somebody has typed the password and still owes the second factor."""
    attempt, at = new_id(), clock.now()
    await execute(
        "INSERT INTO sign_in_attempt (id, token_hash, account, email_hash, method, created_at, valid_until, failures,"
        " again) VALUES ($1, $2, $3, '', 'password', $4, $5, 0, false)",
        attempt,
        attempt.bytes,
        account,
        at,
        at + timedelta(minutes=10),
    )
    return attempt


async def notices() -> list[str]:
    found = "SELECT args->>'notice' AS notice FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner'"
    return [row["notice"] for row in await fetch(found)]


@pytest.mark.capability("R3")
async def test_a_patient_sees_who_they_are_here(browser_for):
    page = await browser_for("paul").page("/me")

    words = text_of(page.main)
    links = {a["href"] for a in page.select("main a")}
    assert text_of(page.h1) == "My account"
    assert "Paul Lambert" in words
    assert "paul@example.org" in words
    assert "yann" not in words
    assert {"/me/names", "/me/email", "/me/language", "/me/passkeys", "/me/sessions"} <= links
    assert "/me/access-log" in links
    assert "/me/phone" not in links, "nobody could send a text message"
    assert not {"/me/password", "/training", "/membership"} & links


async def test_what_a_patient_said_at_sign_up_is_shown_to_them_alone(browser_for, people):
    paul = people["paul"].account
    key = ring().open(await fetch_value("SELECT data_key FROM account WHERE id = $1", paul), paul)
    born = key.seal("1980-05-12", paul, "account.birth_date")
    await execute("UPDATE account SET birth_date = $2, sex = 'male' WHERE id = $1", paul, born)

    words = text_of((await browser_for("paul").page("/me")).main)

    assert "12\xa0May\xa01980" in words
    assert "Male" in words
    assert "1980" not in text_of((await browser_for("yann").page("/me")).main)


@pytest.mark.capability("R3")
async def test_the_team_sees_its_factors_places_and_course(browser_for):
    page = await browser_for("marc").page("/me")

    words = text_of(page.main)
    links = {a["href"] for a in page.select("main a")}
    assert {"/me/password", "/me/authenticator", "/me/recovery-codes", "/training", "/membership"} <= links
    assert "Centre expert de Lyon" in words
    assert "Centre expert de Brest" in words
    assert "/me/access-log" not in links


@pytest.mark.parametrize("who", ["odile", "hugo", "sacha", "lucie", "tom"])
async def test_everybody_who_signs_in_has_an_account_page(browser_for, who):
    for language in i18n.LOCALES:
        page = await browser_for(who, language=language).page("/me")
        assert f"{who}@example.org" in text_of(page.main)


async def test_only_open_accounts_have_one(browser_for):
    assert (await browser_for("victor").get("/me")).headers["location"].startswith("/sign-in")
    assert (await browser_for(None).get("/me")).headers["location"].startswith("/sign-in")


async def test_names_are_corrected_and_tidied(browser_for, people):
    browser = browser_for("paul")
    await browser.page("/me/names")

    reply = await browser.post("/me/names", data={"given_name": " Paul  Émile ", "family_name": "Lambert-Roy"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/me?done=names")
    page = text_of((await browser.page("/me?done=names")).main)
    assert "Your names are changed." in page
    assert "Paul Émile Lambert-Roy" in page
    assert await last_event(people["paul"].account) == Action.NAMES_CHANGED
    assert (await queries.names_of([people["yann"].account]))[people["yann"].account] == "Yann Le Goff"


@pytest.mark.parametrize(
    ("given", "family", "field", "words"),
    [
        ("", "Lambert", "given_name", "Enter your given names"),
        ("Paul", "  ", "family_name", "Enter your family name"),
        ("Paul", "x" * 101, "family_name", "Use at most 100 characters"),
        ("Pa\0ul", "Lambert", "given_name", "Write the name in letters"),
        ("Paul", "http://x.example", "family_name", "Write the name in letters"),
        ("win@x", "Lambert", "given_name", "Write the name in letters"),
        ("Paul", "see win.example", "family_name", "Write the name in letters"),
    ],
)
async def test_names_that_are_none_are_said_beside_the_field(browser_for, given, family, field, words):
    reply = await browser_for("paul").post("/me/names", data={"given_name": given, "family_name": family})

    page = read(reply)
    assert reply.status_code == 422
    assert text_of(page.select_one(f"#{field}-error")).startswith(f"Error: {words}")
    assert page.select_one("#family_name")["value"] == family.strip()


@pytest.mark.parametrize("path", ["/me/names", "/me/password"])
async def test_what_is_sensitive_asks_for_a_fresh_second_factor(browser_for, path):
    await execute("UPDATE session SET second_factor_at = now() - interval '16 minutes'")

    reply = await browser_for("ines").get(path)

    assert (reply.status_code, reply.headers["location"]) == (303, f"/step-up?next={path}")


async def test_a_new_password_ends_every_other_session(browser_for, people):
    ines = people["ines"]
    elsewhere = await sessions.open_session(ines.account, at=clock.now())
    begun = await begin_sign_in(ines.account)
    browser = browser_for("ines")
    await browser.page("/me/password")

    reply = await browser.post("/me/password", data={"current_password": PASSWORD, "password": BETTER})

    assert (reply.status_code, reply.headers["location"]) == (303, "/me?done=password")
    assert await queries.find_session(tokens.hash_of(elsewhere.token), clock.now()) is None
    assert "Your password is changed." in text_of((await browser.page("/me?done=password")).main)
    assert passwords.matches(BETTER, await password_hash_of(ines.account))
    assert await fetch_value("SELECT used_at FROM sign_in_attempt WHERE id = $1", begun) is not None
    assert await notices() == ["password_changed"]
    assert await last_event(ines.account) == Action.PASSWORD_CHANGED


@pytest.mark.parametrize(
    ("current", "new", "field", "words"),
    [
        ("", BETTER, "current_password", "Enter the password you have now"),
        ("wrong", BETTER, "current_password", "This is not the password you have now."),
        (PASSWORD, "", "password", "Enter a new password"),
        (PASSWORD, "Ines.Moreau.2026", "password", "Leave out your names"),
        (PASSWORD, "short", "password", "Use at least 12 characters."),
        (PASSWORD, PASSWORD, "password", "This is the password you have now."),
    ],
)
async def test_a_password_that_will_not_do_is_said_and_not_shown(browser_for, people, current, new, field, words):
    before = await password_hash_of(people["ines"].account)

    reply = await browser_for("ines").post("/me/password", data={"current_password": current, "password": new})

    assert reply.status_code == 422
    assert words in text_of(read(reply).select_one(f"#{field}-error"))
    assert [box.get("value") for box in read(reply).select("input[type=password]")] == ["", ""]
    assert await password_hash_of(people["ines"].account) == before


async def test_the_current_password_cannot_be_guessed_here(browser_for):
    browser = browser_for("ines")
    for _ in range(PASSWORD_TRIES.tries):
        await browser.post("/me/password", data={"current_password": "wrong", "password": BETTER})

    reply = await browser.post("/me/password", data={"current_password": PASSWORD, "password": BETTER})

    assert "Too many tries." in text_of(read(reply).select_one("#current_password-error"))


async def test_patients_have_no_password_to_change(browser_for):
    browser = browser_for("paul")

    assert (await browser.get("/me/password")).status_code == 404
    assert (await browser.post("/me/password", data={"password": BETTER})).status_code == 404


async def test_the_language_of_mails_and_pages(browser_for, people):
    browser = browser_for("paul", language="fr")
    await browser.page("/me/language")

    refused = await browser.post("/me/language", data={"language": "xx"})
    done = await browser.post("/me/language", data={"language": "en"})

    assert refused.status_code == 422
    assert (done.status_code, done.cookies["language"]) == (303, "en")
    assert (await get_profile(people["paul"].account, clock.now())).language == "en"


async def test_how_long_is_left_is_told_without_prolonging(browser_for, people):
    browser, at = browser_for("ines"), clock.now()
    held = tokens.hash_of(people["ines"].signed_in.token)
    moved = "UPDATE session SET last_seen_at = $2, idle_until = $3 WHERE token_hash = $1"
    await execute(moved, held, at - timedelta(minutes=28), at + timedelta(seconds=100))

    before = (await browser.get("/session/left")).json()
    again = (await browser.get("/session/left")).json()
    stayed = (await browser.post("/session")).json()

    assert (before["last"], 90 <= again["left"] <= before["left"] <= 100) == (0, True)
    assert stayed["left"] > 29 * 60


async def test_the_longest_session_cannot_be_prolonged(browser_for, people):
    held = tokens.hash_of(people["ines"].signed_in.token)
    await execute("UPDATE session SET valid_until = now() + interval '90 seconds' WHERE token_hash = $1", held)
    browser = browser_for("ines")

    assert (await browser.post("/session")).json()["left"] <= 90
    assert (await browser.get("/session/left")).json()["last"] == 1


async def test_nobody_has_no_time_left(browser_for, people):
    held = tokens.hash_of(people["paul"].signed_in.token)
    await execute("UPDATE session SET closed_at = now() WHERE token_hash = $1", held)

    for who in (None, "paul"):
        assert (await browser_for(who).get("/session/left")).json() == {"left": 0, "last": 0}
    assert (await browser_for(None, htmx=True).post("/session")).status_code == 401
