"""What keeps programs from opening accounts: proof of work, bait, time and limits; and the way without JavaScript."""

import base64
import json
from datetime import timedelta

import altcha
import pytest

from app.accounts.sign_up import actions, proof
from app.accounts.sign_up.problems import Fault
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.origin import Origin, origin
from tests.accounts.test_sign_up import PATIENT, aged
from tests.browser import read, text_of


async def solution(browser) -> str:
    """What a browser hands in: a challenge of the server, solved."""
    given = (await browser.get("/sign-up/challenge")).json()
    challenge = altcha.Challenge.from_dict(given)
    solved = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solved).to_base64()


def said(reply) -> str:
    return text_of(read(reply).select_one("#proof-error"))


@pytest.mark.capability("E9")
async def test_a_solution_counts_once(browser_for):
    browser = browser_for(None)
    work = await solution(browser)

    first = await browser.post("/sign-up/patient", data=aged(PATIENT | {"altcha": work}, 4))
    replayed = await browser.post("/sign-up/patient", data=aged(PATIENT | {"altcha": work, "email": "b@example.org"}))

    assert first.headers["location"] == "/sign-up/code"
    assert replayed.status_code == 422
    assert "was used already" in said(replayed)
    assert [a["href"] for a in read(replayed).select(".nhsuk-error-summary__list a")] == ["#proof"]
    assert await fetch_value("SELECT count(*) FROM sign_up") == 1


async def test_a_form_with_faults_does_not_use_the_solution_up(browser_for):
    browser = browser_for(None)
    work = await solution(browser)

    faulty = await browser.post("/sign-up/patient", data=aged(PATIENT | {"altcha": work, "sex": ""}))
    right = await browser.post("/sign-up/patient", data=aged(PATIENT | {"altcha": work}))

    assert (faulty.status_code, right.status_code) == (422, 303)


def altered(work: str, change) -> str:
    content = json.loads(base64.b64decode(work))
    change(content)
    return base64.b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["solution"].update(derivedKey="00" * 32),
        lambda found: found["challenge"]["parameters"].update(expiresAt=9_999_999_999),
        lambda found: found["challenge"]["parameters"].update(cost=1),
        lambda found: found["challenge"].update(signature="0" * 64),
        lambda found: found["challenge"].pop("signature"),
        lambda found: found.clear(),
    ],
)
async def test_what_was_made_up_is_no_solution(browser_for, change):
    browser = browser_for(None)
    work = altered(await solution(browser), change)

    reply = await browser.post("/sign-up/patient", data=aged(PATIENT | {"altcha": work}))

    assert reply.status_code == 422
    assert "has run out or was used already" in said(reply)


@pytest.mark.parametrize(
    "work", ["x", "e30=", "bnVsbA==", "[" * 5000, "\0", base64.b64encode(b'{"test": true}').decode()]
)
async def test_what_is_no_payload_is_no_solution(browser_for, work):
    reply = await browser_for(None).post("/sign-up/patient", data=aged(PATIENT | {"altcha": work}))

    assert reply.status_code == 422


async def test_a_solution_runs_out():
    old = altcha.Challenge.from_dict(proof.new_challenge(clock.now() - proof.SOLVED_WITHIN - timedelta(seconds=1)))
    fresh = altcha.Challenge.from_dict(proof.new_challenge(clock.now()))

    found = [proof.solved(altcha.Payload(one, altcha.solve_challenge(one)).to_base64()) for one in (old, fresh)]

    assert found[0] is None
    assert found[1] is not None


async def test_whoever_fills_in_the_bait_sees_success_and_gets_nothing(browser_for):
    browser = browser_for(None)

    reply = await browser.post("/sign-up/patient", data=aged(PATIENT | {"website": "http://x.example"}))
    page = await browser.page(reply.headers["location"])

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-up/code")
    assert "e•••••@example.org" in text_of(page.main)
    assert await fetch("SELECT id FROM sign_up") == []
    assert (await browser.post("/sign-up/code", data={"code": "123456"})).status_code == 422


async def test_nobody_meets_the_bait(browser_for):
    page = await browser_for(None).page("/sign-up/patient")

    bait = page.select_one("#website")
    assert bait["tabindex"] == "-1"
    assert bait.find_parent(attrs={"aria-hidden": "true"})["class"] == ["nhsuk-u-visually-hidden"]


@pytest.mark.parametrize(
    ("age", "proven", "words"),
    [
        (1, True, "sent very quickly"),
        (1, False, "sent very quickly"),
        (5, False, "wait ten seconds"),
        (13 * 3600, True, "stood open for too long"),
    ],
)
async def test_a_form_is_neither_sent_at_once_nor_kept_for_ever(browser_for, age, proven, words):
    browser = browser_for(None)
    work = {"altcha": await solution(browser)} if proven else {}

    reply = await browser.post("/sign-up/patient", data=aged(PATIENT | work, age))

    assert reply.status_code == 422
    assert words in said(reply)
    assert read(reply).select_one("#email")["value"] == PATIENT["email"]


@pytest.mark.parametrize("stamp", ["", "x", "1.2", "１.2", "99999999999999999999.0", "-5.x"])
async def test_a_stamp_cannot_be_made_up(browser_for, stamp):
    reply = await browser_for(None).post("/sign-up/patient", data=PATIENT | {"stamp": stamp})

    assert "stood open for too long" in said(reply)


async def test_the_form_goes_on_with_its_age(browser_for):
    fields = aged(PATIENT | {"sex": ""})

    page = read(await browser_for(None).post("/sign-up/patient", data=fields))

    assert page.select_one("[name=stamp]")["value"] == fields["stamp"]


@pytest.mark.capability("E9")
async def test_without_a_solution_fewer_accounts_are_asked_for(browser_for):
    browser = browser_for(None)

    replies = [
        await browser.post("/sign-up/patient", data=aged(PATIENT | {"email": f"p{n}@example.org"}, 11))
        for n in range(4)
    ]
    proven = await browser.post(
        "/sign-up/patient", data=aged(PATIENT | {"email": "q@example.org", "altcha": await solution(browser)})
    )

    assert [reply.status_code for reply in replies] == [303, 303, 303, 422]
    assert "three accounts an hour" in said(replies[3])
    assert proven.status_code == 303


async def test_one_address_is_not_written_to_without_end(browser_for, people):
    limit, codes = actions.PER_ADDRESS.tries, []
    for address in ("known", "unknown"):
        email = people["paul"].email if address == "known" else "nobody@example.org"
        await execute("DELETE FROM throttle")
        for _ in range(limit + 1):
            await execute("UPDATE throttle SET hits = 0 WHERE key = $1", unproven_key())
            codes.append(await browser_for(None).post("/sign-up/patient", data=aged(PATIENT | {"email": email})))

    statuses = [reply.status_code for reply in codes]
    assert statuses == ([303] * limit + [422]) * 2
    assert said(codes[limit]) == said(codes[-1])


def unproven_key() -> bytes:
    from app.lib.keys import ring

    return ring().lookup("throttle", f"{actions.PER_NETWORK_UNPROVEN.kind}:127.0.0.1")


async def test_one_network_does_not_ask_without_end(db):
    """Solving twenty challenges takes long: the count alone is asked."""
    asking = origin.set(Origin(address="203.0.113.7"))
    try:
        counted = [await actions._too_often(f"n{n}@example.org", True, clock.now()) for n in range(21)]
    finally:
        origin.reset(asking)

    assert counted == [None] * 20 + [Fault.TOO_MANY]


async def test_challenges_are_not_given_without_end(browser_for):
    browser = browser_for(None)
    await browser.get("/sign-up/challenge")
    await execute("UPDATE throttle SET hits = $1", actions.CHALLENGES.tries)

    assert (await browser.get("/sign-up/challenge")).status_code == 429


async def test_a_thousand_codes_are_not_tried(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-up/patient", data=aged(PATIENT))
    await execute("UPDATE throttle SET hits = $1", actions.CODES_TRIED.tries)
    await browser.post("/sign-up/code", data={"code": "123456"})
    await execute("UPDATE throttle SET hits = $1", actions.CODES_TRIED.tries)

    reply = await browser.post("/sign-up/code", data={"code": "123456"})

    assert "Too many tries." in text_of(read(reply).select_one("#code-error"))
