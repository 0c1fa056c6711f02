"""Patients by code, and opening who one of them is: with a reason, for a while, noted, and told to the centre."""

import re

import pytest

from app.accounts.break_glass import actions
from app.accounts.break_glass.queries import find_opening
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_row, fetch_value
from app.lib.ids import new_id
from app.lib.mailbox import list_messages
from tests.browser import read, text_of

HERE = "/administration/patients"
REASON = "Appel du SAMU : identité à confirmer"
NAMES = ("Paul", "Lambert", "Léa", "Martin", "Yann", "Le Goff", "LAMBERT", "MARTIN", "LE GOFF")


def identity_of(patient: object) -> str:
    return f"{HERE}/{patient}/identity"


async def run_mail_jobs() -> None:
    """Do what the worker would do to tell the centre."""
    for row in await fetch("DELETE FROM procrastinate_jobs WHERE task_name = 'break_glass:tell_centre' RETURNING args"):
        found = dict(re.findall(r'"(\w+)": "([^"]+)"', row["args"]))
        await actions.tell_centre(found["opening"], found["account"], at=clock.now())


@pytest.mark.capability("E40")
async def test_the_network_sees_codes_and_counts_and_no_name(browser_for, people):
    reply = await browser_for("sacha").get(HERE)
    codes = [row["code"] for row in await fetch("SELECT code FROM patient ORDER BY code")]

    page = read(reply)
    assert [text_of(one) for one in page.select("tbody .co-code-id")] == codes
    assert not any(name in reply.text for name in NAMES)
    assert not re.search(r"\b(1980|2014|1975)\b", reply.text)
    bands = {text_of(row.select("td")[1]) for row in page.select("tbody tr")}
    assert bands == {"45 to 54", "12 to 17"}
    event = await fetch_row("SELECT action, details FROM audit_event ORDER BY id DESC LIMIT 1")
    assert (event["action"], "3" in event["details"]) == (Action.CODED_PATIENTS_READ, True)


async def test_codes_are_listed_by_centre_and_by_page(browser_for, people):
    yann = await fetch_value("SELECT code FROM patient WHERE id = $1", people.yann_patient)
    paul = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)
    brest = await browser_for("sacha").page(f"{HERE}?centre={people.brest}")
    codes = [row["code"] for row in await fetch("SELECT code FROM patient ORDER BY code")]
    later = await browser_for("sacha").page(f"{HERE}?after={codes[0]}")

    assert [text_of(one) for one in brest.select("tbody .co-code-id")] == [yann]
    assert paul not in text_of(brest.main)
    assert [text_of(one) for one in later.select("tbody .co-code-id")] == codes[1:]


@pytest.mark.parametrize(
    ("who", "listing", "one"),
    [
        ("ines", 403, 404),
        ("odile", 403, 404),
        ("zoe", 403, 404),
        ("hugo", 403, 404),
        ("lucie", 403, 404),
        ("paul", 403, 404),
        ("sacha", 200, 200),
    ],
)
async def test_only_the_network_does_that(browser_for, people, who, listing, one):
    browser, path = browser_for(who), identity_of(people.paul_patient)
    assert (await browser.get(HERE)).status_code == listing
    assert (await browser.get(path)).status_code == one
    if one == 404:
        assert (await browser.post(path, data={"reason": REASON})).status_code == one
        assert await fetch_value("SELECT count(*) FROM break_glass") == 0
    assert (await browser.get(identity_of(new_id()))).status_code == 404


async def test_without_a_reason_nothing_opens(browser_for, people):
    path = identity_of(people.paul_patient)
    for reason in ("", "parce que", "." * 40, "x" * 501):
        reply = await browser_for("sacha").post(path, data={"reason": reason})
        page = read(reply)
        assert reply.status_code == 422
        assert "20 to 500 characters" in text_of(page.select_one("#reason-error"))
        assert page.select_one("#reason").text.strip() == reason
        assert not any(name in reply.text for name in NAMES)
    assert await fetch_value("SELECT count(*) FROM break_glass") == 0


@pytest.mark.capability("E40")
async def test_with_a_reason_the_identity_opens_for_a_while_and_the_record_stays_closed(browser_for, people):
    sacha, path = browser_for("sacha"), identity_of(people.paul_patient)
    done = await sacha.post(path, data={"reason": REASON})
    words = text_of((await sacha.page(path)).main)

    assert (done.status_code, done.headers["location"]) == (303, path)
    assert all(
        word in words for word in ("Paul Lambert", "12 May 1980".replace(" ", "\xa0"), "Centre expert de Lyon", REASON)
    )
    assert (await sacha.get(f"/patients/{people.paul_patient}")).status_code == 403
    assert (await sacha.get(f"/patients/{people.lea_patient}")).status_code == 404
    assert "Paul" not in (await browser_for("nour").get(path)).text

    await execute("UPDATE break_glass SET valid_until = now()")
    closed = await sacha.get(path)
    assert "Paul" not in closed.text
    assert "Opened before" in closed.text
    assert (await sacha.get(f"/patients/{people.paul_patient}")).status_code == 404


async def test_opening_and_reading_are_noted_without_the_reason(browser_for, people):
    path = identity_of(people.paul_patient)
    await browser_for("sacha").post(path, data={"reason": REASON})
    await browser_for("sacha").get(path)

    rows = await fetch("SELECT * FROM audit_event WHERE actor = $1 ORDER BY id DESC LIMIT 2", people["sacha"].account)
    assert [row["action"] for row in rows] == [Action.PATIENT_READ, Action.IDENTITY_OPENED]
    assert {row["patient"] for row in rows} == {people.paul_patient}
    assert not any("SAMU" in row["details"] for row in rows)
    opening = await fetch_row("SELECT * FROM break_glass")
    assert opening["id"] == rows[1]["subject"]
    assert b"SAMU" not in opening["reason"]
    assert (await find_opening(opening["id"])).reason == REASON
    assert (opening["valid_until"] - opening["opened_at"]).total_seconds() == 15 * 60


async def test_the_centre_reads_who_opened_and_why_and_no_other_centre(browser_for, people):
    await browser_for("sacha").post(identity_of(people.paul_patient), data={"reason": REASON})

    for who in ("ines", "marc"):
        for path in ("/today", f"/patients/{people.paul_patient}"):
            words = text_of((await browser_for(who).page(path)).main)
            assert "The identity of Paul Lambert was opened" in words
            assert "By Sacha Vidal, who looks after the network" in words
            assert REASON in words
    assert "Sacha" not in text_of((await browser_for("zoe").page("/today")).main)
    assert "Sacha" not in text_of((await browser_for("ines").page(f"/patients/{people.lea_patient}")).main)


async def test_those_who_look_after_the_centre_get_a_mail_by_code(browser_for, people, mailbox):
    await browser_for("sacha").post(identity_of(people.paul_patient), data={"reason": REASON})
    await run_mail_jobs()

    messages = list_messages(mailbox)
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)
    assert {message.to for message in messages} == {"ines@example.org", "odile@example.org"}
    for message in messages:
        assert all(word in message.text for word in ("Sacha Vidal", code))
        assert not any(word in message.text + message.subject for word in ("Paul", "Lambert", "SAMU"))


async def test_it_asks_for_a_fresh_second_factor(browser_for, people):
    await execute("UPDATE session SET second_factor_at = now() - interval '16 minutes'")
    path = identity_of(people.paul_patient)
    asked = await browser_for("sacha").get(path)
    await browser_for("sacha").post(path, data={"reason": REASON})
    assert asked.headers["location"].startswith("/step-up?next=")
    assert await fetch_value("SELECT count(*) FROM break_glass") == 0


async def test_it_stays_an_exception(browser_for, people):
    for _ in range(actions.BY_ONE_PERSON.tries):
        await browser_for("sacha").post(identity_of(people.paul_patient), data={"reason": REASON})
    assert (
        await browser_for("sacha").post(identity_of(people.lea_patient), data={"reason": REASON})
    ).status_code == 409


async def test_a_patient_that_was_removed_is_in_no_list(browser_for, people):
    await execute("UPDATE patient SET removed_at = now() WHERE id = $1", people.paul_patient)
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)
    assert code not in (await browser_for("sacha").get(HERE)).text
    assert (await browser_for("sacha").get(identity_of(people.paul_patient))).status_code == 404
