"""Opening an account by oneself: what is asked and refused, the code, and what comes of it."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.access.policy import Role
from app.accounts import queries, tokens
from app.accounts.actions.notices import send_notice
from app.accounts.model import TRIES_A_CODE
from app.accounts.notices import Notice
from app.accounts.places.queries import list_requests
from app.accounts.sign_up import actions, proof
from app.accounts.sign_up.numbers import nir_of
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_row, fetch_value
from app.lib.keys import ring
from app.lib.mailbox import list_messages
from tests.browser import read, text_of

NIR = "284037511600123"
PATIENT = {
    "family_name": "  Delmas ",
    "given_name": "Ève  Anaïs",
    "email": " Eve.Delmas@Example.ORG ",
    "birth_date-day": "9",
    "birth_date-month": "3",
    "birth_date-year": "1984",
    "sex": "female",
    "phone": "",
    "nir": "",
}
PROFESSIONAL = {
    "family_name": "Tessier",
    "given_name": "Léo",
    "email": "leo.tessier@example.org",
    "phone": "06 39 98 00 07",
    "profession": "psychologist",
    "other_organisation": "",
    "rpps": "1000 0000 009",
    "password": "violette bouilloire neuf prairies",
}


def valid_nir() -> str:
    """A NIR of nobody: somebody born in March 1984 in department 99."""
    start = "2840399999001"
    found = nir_of(f"{start}{97 - int(start) % 97:02d}")
    assert isinstance(found, str)
    assert len(found) == 15
    return found


def aged(fields: dict[str, str], seconds: int = 30) -> dict[str, str]:
    """The form as if it had stood open for a while."""
    return fields | {"stamp": proof.stamp(clock.now() - timedelta(seconds=seconds))}


async def run_mail_jobs() -> None:
    """Do what the worker would do: each job of a sign-up, then each notice."""
    for row in await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'sign_up:mail_code' ORDER BY id"):
        await actions.mail_code(UUID(re.findall(r'"sign_up": "([^"]+)"', row["args"])[0]), at=clock.now())
    for row in await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner' ORDER BY id"):
        found = dict(re.findall(r'"(\w+)": "([^"]+)"', row["args"]))
        await send_notice(UUID(found["account"]), Notice(found["notice"]), clock.now(), at=clock.now())


def code_in(folder: Path, to: str) -> str:
    text = next(one.text for one in list_messages(folder) if one.to == to)
    return re.findall(r"^\d{6}$", text, re.MULTILINE)[0]


@pytest.mark.capability("E10")
@pytest.mark.capability("E7")
async def test_a_patient_signs_up(browser_for, mailbox):
    browser, nir = browser_for(None, language="fr"), valid_nir()

    sent = await browser.post("/sign-up/patient", data=aged(PATIENT | {"nir": f"2 84 03 99 999 001 {nir[13:]}"}))
    page = await browser.page(sent.headers["location"])
    await run_mail_jobs()
    code = code_in(mailbox, "eve.delmas@example.org")
    done = await browser.post("/sign-up/code", data={"code": f"{code[:3]} {code[3:]}"})

    assert "e•••••@example.org" in text_of(page.main)
    assert (done.status_code, done.headers["location"]) == (303, "/home")
    _, actor = await queries.find_session(tokens.hash_of(browser.cookies["cohorte_session"]), clock.now())
    assert (actor.role, actor.name, actor.patients) == (Role.PATIENT, "Ève Anaïs Delmas", frozenset())
    row = await fetch_row("SELECT * FROM account WHERE id = $1", actor.id)
    key = ring().open(row["data_key"], row["id"])
    kept = {name: key.open(row[name], row["id"], f"account.{name}") for name in ("email", "birth_date", "nir")}
    assert kept == {"email": "eve.delmas@example.org", "birth_date": "1984-03-09", "nir": nir}
    assert (row["sex"], row["language"], row["password_hash"]) == ("female", "fr", None)
    assert row["nir_hash"] == ring().lookup("account.nir", nir)
    assert row["email_verified_at"] is not None
    assert "cohorte_sign_up" not in browser.cookies


async def test_what_was_typed_stands_nowhere_in_plain(browser_for, mailbox):
    browser, nir = browser_for(None), valid_nir()
    await browser.post("/sign-up/patient", data=aged(PATIENT | {"nir": nir}))
    await run_mail_jobs()
    await browser.post("/sign-up/code", data={"code": code_in(mailbox, "eve.delmas@example.org")})

    tables = ("sign_up", "account", "audit_event", "procrastinate_jobs", "delivery", "throttle", "session")
    rows = [str(tuple(row)) for table in tables for row in await fetch(f"SELECT * FROM {table}")]
    for secret in (nir, "Delmas", "Anaïs", "eve.delmas", "1984-03-09"):
        assert not [row for row in rows if secret in row], secret


@pytest.mark.capability("E12")
async def test_a_professional_signs_up_and_waits(browser_for, people, mailbox):
    browser = browser_for(None)

    sent = await browser.post("/sign-up/professional", data=aged(PROFESSIONAL | {"organisation": str(people.lyon)}))
    await run_mail_jobs()
    done = await browser.post("/sign-up/code", data={"code": code_in(mailbox, "leo.tessier@example.org")})

    assert sent.headers["location"] == "/sign-up/code"
    assert (done.status_code, done.headers["location"]) == (303, "/waiting")
    _, actor = await queries.find_session(tokens.hash_of(browser.cookies["cohorte_session"]), clock.now())
    assert (actor.role, actor.organisation) == (Role.WAITING, None)
    [request] = await list_requests(actor.id)
    assert (request.place, request.profession, request.state) == ("Centre expert de Lyon", "psychologist", "waiting")
    row = await fetch_row("SELECT * FROM account WHERE id = $1", actor.id)
    key = ring().open(row["data_key"], row["id"])
    assert key.open(row["rpps"], row["id"], "account.rpps") == "10000000009"
    assert key.open(row["phone"], row["id"], "account.phone") == "+33639980007"
    assert row["phone_verified_at"] is None
    for path in ("/today", "/patients"):
        assert (await browser.get(path)).status_code == 403


async def test_a_professional_may_name_a_centre_freely(browser_for, mailbox):
    browser = browser_for(None)
    fields = PROFESSIONAL | {"organisation": "other", "other_organisation": " CHU  de Limoges ", "rpps": ""}

    await browser.post("/sign-up/professional", data=aged(fields))
    await run_mail_jobs()
    await browser.post("/sign-up/code", data={"code": code_in(mailbox, "leo.tessier@example.org")})

    page = await browser.page("/waiting")
    assert "CHU de Limoges" in text_of(page.main)
    assert await fetch_value("SELECT organisation FROM membership_request") is None


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"family_name": " "}, "family_name", "Enter your family name"),
        ({"given_name": ""}, "given_name", "Enter your given name"),
        ({"given_name": "see http://x.example"}, "given_name", "Write the name in letters"),
        ({"given_name": "see win.example"}, "given_name", "Write the name in letters"),
        ({"given_name": "A\0b"}, "given_name", "Write the name in letters"),
        (
            {"birth_date-day": "", "birth_date-month": "", "birth_date-year": ""},
            "birth_date",
            "Enter your date of birth",
        ),
        ({"birth_date-day": "31", "birth_date-month": "2"}, "birth_date", "Enter a date that exists"),
        ({"birth_date-year": "84"}, "birth_date", "Enter a date that exists"),
        ({"birth_date-year": "2999"}, "birth_date", "Enter a date in the past"),
        ({"sex": ""}, "sex", "Choose one of the answers"),
        ({"sex": "x"}, "sex", "Choose one of the answers"),
        ({"email": ""}, "email", "Enter your email address"),
        ({"email": "eve"}, "email", "Enter an email address like name@example.org"),
        ({"phone": "12"}, "phone", "Enter a telephone number"),
        ({"nir": "2 84 03 99"}, "nir", "The number has 15 characters"),
        ({"nir": NIR}, "nir", "This number does not fit its key"),
    ],
)
async def test_a_patients_faults_are_said_beside_the_field(browser_for, changed, field, words):
    reply = await browser_for(None).post("/sign-up/patient", data=aged(PATIENT | changed))

    page = read(reply)
    assert reply.status_code == 422
    assert page.title.text.startswith("Error: ")
    assert text_of(page.select_one(f"#{field}-error")).startswith(f"Error: {words}")
    assert [a["href"] for a in page.select(".nhsuk-error-summary__list a")] == [f"#{field}"]
    assert page.select_one(f"#{field}") is not None
    kept = {name: page.select_one(f"[name='{name}']").get("value", "") for name in ("family_name", "email")}
    expected = PATIENT | changed
    assert kept == {name: expected[name] for name in kept}
    assert await fetch_value("SELECT count(*) FROM sign_up") == 0


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"profession": "astrologer"}, "profession", "Choose your profession"),
        ({"organisation": ""}, "organisation", "Choose your centre"),
        ({"organisation": "00000000-0000-0000-0000-000000000000"}, "organisation", "Choose your centre"),
        ({"organisation": "other"}, "other_organisation", "Enter the name of your centre"),
        ({"rpps": "123"}, "rpps", "An RPPS number has 11 digits"),
        ({"rpps": "10000000008"}, "rpps", "One digit of this RPPS number must be wrong"),
        ({"password": ""}, "password", "Enter your password"),
        ({"password": "azertyuiop12"}, "password", "This password would be guessed quickly"),
        ({"password": "LeoTessier2026"}, "password", "Leave out your names"),
    ],
)
async def test_a_professionals_faults_are_said_beside_the_field(browser_for, people, changed, field, words):
    fields = PROFESSIONAL | {"organisation": str(people.lyon)} | changed

    reply = await browser_for(None).post("/sign-up/professional", data=aged(fields))

    page = read(reply)
    assert reply.status_code == 422
    assert text_of(page.select_one(f"#{field}-error")).startswith(f"Error: {words}")
    assert [a["href"] for a in page.select(".nhsuk-error-summary__list a")] == [f"#{field}"]
    assert not page.select_one("#password").get("value")
    assert await fetch_value("SELECT count(*) FROM sign_up") == 0


async def test_a_closed_centre_is_not_offered(browser_for, people):
    await execute("UPDATE organisation SET closed_at = now() WHERE id = $1", people.brest)

    page = await browser_for(None).page("/sign-up/professional")

    offered = [option["value"] for option in page.select("#organisation option")]
    assert offered == ["", str(people.lyon), "other"]


async def test_a_nir_that_disagrees_is_said_once(browser_for):
    browser, fields = browser_for(None), aged(PATIENT | {"nir": valid_nir(), "sex": "male"})

    first = await browser.post("/sign-up/patient", data=fields)
    again = {field["name"]: field["value"] for field in read(first).select("form input[type=hidden]")}
    second = await browser.post("/sign-up/patient", data=fields | again)

    assert first.status_code == 200
    assert "another date of birth or another sex" in text_of(read(first).select_one("#nir-note"))
    assert second.headers["location"] == "/sign-up/code"


@pytest.mark.capability("E9")
async def test_a_known_address_looks_the_same(browser_for, people, mailbox):
    await execute("UPDATE account SET language = 'en' WHERE id = $1", people["paul"].account)
    known, unknown = browser_for(None), browser_for(None)

    one = await known.post("/sign-up/patient", data=aged(PATIENT | {"email": "elsa@example.org"}))
    other = await unknown.post(
        "/sign-up/patient", data=aged(PATIENT | {"email": people["paul"].email.replace("p", "P")})
    )
    pages = [text_of((await browser.page("/sign-up/code")).main) for browser in (known, unknown)]
    await run_mail_jobs()
    wrong = [await browser.post("/sign-up/code", data={"code": "000000"}) for browser in (known, unknown)]

    assert (one.status_code, one.headers["location"]) == (other.status_code, other.headers["location"])
    assert pages[0].replace("e•••••", "p•••••") == pages[1]
    assert text_of(read(wrong[0]).main).replace("e•••••", "p•••••") == text_of(read(wrong[1]).main)
    sent = {message.to: message for message in list_messages(mailbox)}
    assert sent.keys() == {"elsa@example.org", "paul@example.org"}
    assert not re.search(r"\b\d{6}\b", sent["paul@example.org"].text)
    assert sent["paul@example.org"].subject == "You already have an account"


async def test_the_owner_of_a_known_address_is_told_once(browser_for, people, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT | {"email": people["paul"].email}))
    await run_mail_jobs()
    await execute("DELETE FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner'")
    await execute("UPDATE throttle SET since = since - interval '1 minute'")
    again = await browser.post("/sign-up/code/again")
    await run_mail_jobs()

    assert again.headers["location"] == "/sign-up/code?sent=1"
    assert [message.to for message in list_messages(mailbox)] == [people["paul"].email]


async def test_an_address_that_got_an_account_meanwhile_is_refused(browser_for, mailbox):
    first, second = browser_for(None), browser_for(None)
    for browser in (first, second):
        await browser.post("/sign-up/patient", data=aged(PATIENT))
    await run_mail_jobs()
    newest, oldest = (re.findall(r"^\d{6}$", one.text, re.MULTILINE)[0] for one in list_messages(mailbox))
    await first.post("/sign-up/code", data={"code": oldest})

    late = await second.post("/sign-up/code", data={"code": newest})

    assert late.status_code == 409
    assert (
        await fetch_value(
            "SELECT count(*) FROM account WHERE email_hash = $1", queries.email_hash("eve.delmas@example.org")
        )
        == 1
    )


async def test_a_code_works_once_and_in_its_browser_only(browser_for, mailbox):
    browser, other = browser_for(None), browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await other.post("/sign-up/patient", data=aged(PATIENT | {"email": "other@example.org"}))
    await run_mail_jobs()
    code, held = code_in(mailbox, "eve.delmas@example.org"), browser.cookies["cohorte_sign_up"]

    foreign = await other.post("/sign-up/code", data={"code": code})
    done = await browser.post("/sign-up/code", data={"code": code})
    again = browser_for(None)
    again.cookies.set("cohorte_sign_up", held)
    second = await again.post("/sign-up/code", data={"code": code})

    assert (foreign.status_code, done.status_code, second.status_code) == (422, 303, 422)
    assert "cohorte_session" not in again.cookies


async def test_five_wrong_codes_end_it(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await run_mail_jobs()
    code = code_in(mailbox, "eve.delmas@example.org")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    said = [await browser.post("/sign-up/code", data={"code": wrong}) for _ in range(TRIES_A_CODE)]
    right = await browser.post("/sign-up/code", data={"code": code})

    assert {reply.status_code for reply in said} == {422}
    assert "Too many tries with this code." in text_of(read(right).select_one("#code-error"))
    actions_noted = await fetch("SELECT action FROM audit_event WHERE action = $1", Action.SIGN_UP_REFUSED)
    assert len(actions_noted) == TRIES_A_CODE + 1


async def test_a_code_runs_out(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await run_mail_jobs()
    await execute("UPDATE sign_up SET code_sent_at = code_sent_at - interval '10 minutes'")

    reply = await browser.post("/sign-up/code", data={"code": code_in(mailbox, "eve.delmas@example.org")})

    assert "This code has run out." in text_of(read(reply).select_one("#code-error"))


async def test_another_code_takes_the_place_of_the_first(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await run_mail_jobs()
    first = code_in(mailbox, "eve.delmas@example.org")
    soon = await browser.post("/sign-up/code/again")
    await execute("UPDATE throttle SET since = since - interval '1 minute'")
    later = await browser.post("/sign-up/code/again")
    await run_mail_jobs()

    assert "Wait 30 seconds" in text_of(read(soon).select_one("#code-error"))
    assert later.headers["location"] == "/sign-up/code?sent=1"
    assert "on its way" in text_of((await browser.page("/sign-up/code?sent=1")).main)
    second = code_in(mailbox, "eve.delmas@example.org")
    if first != second:
        assert (await browser.post("/sign-up/code", data={"code": first})).status_code == 422
    assert (await browser.post("/sign-up/code", data={"code": second})).headers["location"] == "/home"


@pytest.mark.parametrize("path", ["/sign-up", "/sign-up/patient", "/sign-up/professional", "/sign-up/code"])
async def test_who_is_signed_in_needs_no_second_account(browser_for, path):
    assert (await browser_for("paul").get(path)).headers["location"] == "/home"


async def test_the_code_page_is_for_those_who_signed_up(browser_for):
    assert (await browser_for(None).get("/sign-up/code")).headers["location"] == "/sign-up"


async def test_two_people_who_give_one_rpps_number_are_found_by_neither(browser_for, people, mailbox):
    for name in ("leo", "lea"):
        browser = browser_for(None)
        fields = PROFESSIONAL | {"organisation": str(people.lyon), "email": f"{name}@example.org"}
        await browser.post("/sign-up/professional", data=aged(fields))
        await run_mail_jobs()
        done = await browser.post("/sign-up/code", data={"code": code_in(mailbox, f"{name}@example.org")})
        assert done.headers["location"] == "/waiting"

    assert await fetch_value("SELECT count(*) FROM account WHERE rpps IS NOT NULL AND rpps_hash IS NULL") == 1


async def test_what_led_to_nothing_is_forgotten(browser_for):
    await browser_for(None).post("/sign-up/patient", data=aged(PATIENT))
    at = clock.now() + timedelta(days=3)

    await actions.forget_sign_ups(before=at - timedelta(days=1), at=at)

    assert await fetch_value("SELECT count(*) FROM sign_up") == 0


async def test_whom_nobody_follows_yet_reads_what_happens_next(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await run_mail_jobs()
    await browser.post("/sign-up/code", data={"code": code_in(mailbox, "eve.delmas@example.org")})

    page = await browser.page("/home")

    assert "with the address eve.delmas@example.org" in text_of(page.select_one(".co-empty"))
