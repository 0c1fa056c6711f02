"""How often one may try: guessers are stopped, their victims are not shut out, and nobody learns who has an account."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.accounts import one_time, passwords, queries, tokens
from app.accounts.actions import signing_in
from app.accounts.actions.limits import (
    CEREMONIES,
    CODES_OF_A_NETWORK,
    CODES_OF_AN_ADDRESS,
    FAILURES_OF_A_NETWORK,
)
from app.accounts.model import CODES_ALLOWED, FAILURES_ALLOWED, SignedIn
from app.accounts.problems import Problem
from app.audit.actions import Action
from app.lib import clock, throttle
from app.lib.db import execute, fetch_value
from app.lib.origin import Origin, origin
from tests.accounts.devices import Device
from tests.accounts.test_passkeys import add, sign_in, told
from tests.accounts.test_sign_in import events, mailed_code, wrong
from tests.browser import read, text_of
from tests.people import PASSWORD, TOTP_SECRET

INES, NOBODY = "ines@example.org", "nobody@example.org"
pytestmark = pytest.mark.capability("A23")


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


@contextmanager
def coming_from(address: str):
    held = origin.set(Origin(address=address))
    try:
        yield
    finally:
        origin.reset(held)


async def guess(email: str = INES, times: int = FAILURES_ALLOWED, at=None) -> list[object]:
    at = at or clock.now()
    return [await signing_in.check_password(email, "wrong", at=at) for _ in range(times)]


async def enter(browser, who: str) -> None:
    """Sign in the usual way, which makes the browser known."""
    await browser.post("/sign-in/team", data={"email": f"{who}@example.org", "password": PASSWORD})
    code = one_time.code_at(TOTP_SECRET, clock.now() - timedelta(seconds=30))
    assert (await browser.post("/sign-in/team/code", data={"code": code})).status_code == 303


async def known_again(browser_for, who: str):
    """A browser in which they signed in before, and are not signed in now."""
    before, now = browser_for(None), browser_for(None)
    await enter(before, who)
    now.cookies.set("cohorte_known", before.cookies["cohorte_known"])
    return now


@pytest.mark.parametrize("email", [INES, NOBODY, "paul@example.org"])
async def test_an_address_is_closed_for_a_while_whoever_has_it(db, people, email):
    at = clock.now()
    tried = await guess(email, FAILURES_ALLOWED + 1, at)
    later = await guess(email, 1, at + timedelta(minutes=16))

    assert tried == [Problem.NOT_RECOGNISED] * FAILURES_ALLOWED + [Problem.TOO_MANY_FAILURES]
    assert later == [Problem.NOT_RECOGNISED]


async def test_the_pages_read_the_same_when_the_door_is_closed(browser_for):
    shown = []
    for email in (INES, NOBODY):
        await guess(email)
        reply = await browser_for(None).post("/sign-in/team", data={"email": email, "password": PASSWORD})
        shown.append((reply.status_code, text_of(read(reply).main).replace(email, "")))

    assert shown[0] == shown[1]
    assert "Wait 15 minutes" in shown[0][1]


async def test_the_owner_is_told_once_a_day(db, people):
    at = clock.now()
    await guess(times=FAILURES_ALLOWED + 3, at=at)
    await guess(times=FAILURES_ALLOWED + 3, at=at + timedelta(hours=1))
    assert await told(people["ines"].account) == ["locked_out"]
    assert (await events(people["ines"].account)).count(Action.LOCKED_OUT) == 1

    await guess(times=FAILURES_ALLOWED + 1, at=at + timedelta(hours=25))
    assert await told(people["ines"].account) == ["locked_out"] * 2


async def test_strangers_do_not_shut_out_the_owner_where_they_are_known(browser_for):
    known = browser_for(None)
    await enter(known, "ines")
    await known.post("/sign-out")
    known.cookies.delete("cohorte_session")
    await guess(times=FAILURES_ALLOWED + 1)

    stranger = await browser_for(None).post("/sign-in/team", data={"email": INES, "password": PASSWORD})
    owner = browser_for(None)
    owner.cookies.set("cohorte_known", known.cookies["cohorte_known"])
    inside = await owner.post("/sign-in/team", data={"email": INES, "password": PASSWORD})

    assert (stranger.status_code, inside.status_code) == (422, 303)


async def test_a_known_browser_is_counted_too(browser_for):
    known = browser_for(None)
    await enter(known, "ines")
    thief = browser_for(None)
    thief.cookies.set("cohorte_known", known.cookies["cohorte_known"])
    form = {"email": INES, "password": "wrong"}
    for _ in range(FAILURES_ALLOWED):
        await thief.post("/sign-in/team", data=form)

    assert (await thief.post("/sign-in/team", data=form | {"password": PASSWORD})).status_code == 422


@pytest.mark.parametrize("mark", ["", "made.up", "0123456789abcdef.00", "é.é", "."])
async def test_a_mark_that_is_not_ours_is_worth_nothing(browser_for, mark):
    await guess(times=FAILURES_ALLOWED)
    stranger = browser_for(None)
    stranger.cookies.set("cohorte_known", mark.encode("ascii", "replace").decode())

    assert (await stranger.post("/sign-in/team", data={"email": INES, "password": PASSWORD})).status_code == 422


async def test_a_mark_of_another_address_is_worth_nothing(browser_for):
    zoe = browser_for(None)
    await enter(zoe, "zoe")
    await guess(times=FAILURES_ALLOWED)
    stranger = browser_for(None)
    stranger.cookies.set("cohorte_known", zoe.cookies["cohorte_known"])

    assert (await stranger.post("/sign-in/team", data={"email": INES, "password": PASSWORD})).status_code == 422


async def test_a_passkey_opens_a_door_that_strangers_closed(browser_for):
    device = Device()
    await add(browser_for("ines"), device)
    await guess(times=FAILURES_ALLOWED + 1)

    assert (await sign_in(browser_for(None), device)).status_code == 200


async def test_the_second_factor_is_counted_for_the_account(browser_for, people):
    """Over several attempts, each of which allows five tries; and the owner is told that their password is known."""
    for _ in range(3):
        browser = browser_for(None)
        await browser.post("/sign-in/team", data={"email": INES, "password": PASSWORD})
        replies = [await browser.post("/sign-in/team/code", data={"code": "000000"}) for _ in range(5)]

    right = await browser.post("/sign-in/team/code", data={"code": one_time.code_at(TOTP_SECRET, clock.now())})

    assert "Wait 15 minutes" in text_of(read(replies[-1]).select_one("#code-error"))
    assert right.status_code == 422
    assert await told(people["ines"].account) == ["password_known"]
    assert (await events(people["ines"].account)).count(Action.PASSWORD_KNOWN) == 1


async def fail_after_the_password(times: int, at, browser: str = "") -> list[object]:
    """Wrong codes behind the right password, a new attempt for each."""
    found = []
    for _ in range(times):
        token = await signing_in.check_password(INES, PASSWORD, browser=browser, at=at)
        found.append(await signing_in.sign_in(token, "000000", None, browser=browser, at=at))
    return found


async def test_who_knows_the_password_does_not_shut_out_its_owner(browser_for, people):
    """Where the owner is known, and where they are inside, their tries are their own."""
    owner = await known_again(browser_for, "ines")
    thief = await fail_after_the_password(FAILURES_ALLOWED + 1, clock.now())
    await execute("UPDATE account SET totp_last_step = 0")
    code = {"code": one_time.code_at(TOTP_SECRET, clock.now())}

    confirmed = await browser_for("ines").post("/step-up", data=code)
    await execute("UPDATE account SET totp_last_step = 0")
    await owner.post("/sign-in/team", data={"email": INES, "password": PASSWORD})
    inside = await owner.post("/sign-in/team/code", data=code)

    assert thief[-1] is Problem.TOO_MANY_FAILURES
    assert (confirmed.status_code, inside.status_code) == (303, 303)


async def test_a_known_browser_does_not_guess_codes_without_end_either(db, people):
    tried = await fail_after_the_password(FAILURES_ALLOWED + 1, clock.now(), browser="0123456789abcdef")

    assert tried == [Problem.CODE_WRONG] * FAILURES_ALLOWED + [Problem.TOO_MANY_FAILURES]
    assert await told(people["ines"].account) == ["locked_out"]


async def test_who_knows_the_password_is_shut_out_for_longer_each_time(db, people):
    """A quarter of an hour, then until the hour is over, then until the day is."""
    at = clock.now()
    compared = {}
    for minutes in (0, 14, 16, 40, 61, 80, 300, 1439, 1441):
        tried = await fail_after_the_password(FAILURES_ALLOWED, at + timedelta(minutes=minutes))
        compared[minutes] = tried.count(Problem.CODE_WRONG)
        last = tried[-1]
        assert (last is Problem.TOO_MANY_LOCK_OUTS) is (minutes in (40, 80, 300, 1439)), (minutes, last)

    assert compared == {0: 10, 14: 0, 16: 10, 40: 0, 61: 10, 80: 0, 300: 0, 1439: 0, 1441: 10}
    # Once a day.
    assert await told(people["ines"].account) == ["password_known"] * 2


async def test_an_owner_who_mistypes_is_not_told_that_somebody_knows_the_password(db, people):
    at = clock.now()
    for minutes in (0, 30):
        when = at + timedelta(minutes=minutes)
        await fail_after_the_password(6, when)
        token = await signing_in.check_password(INES, PASSWORD, at=when)
        assert isinstance(await signing_in.sign_in(token, one_time.code_at(TOTP_SECRET, when), None, at=when), SignedIn)

    assert await told(people["ines"].account) == []


async def test_a_right_code_forgives_what_went_before(browser_for, mailbox):
    for _ in range(3):
        browser = browser_for(None)
        await execute("DELETE FROM throttle WHERE hits = 1")
        await browser.post("/sign-in", data={"email": "paul@example.org"})
        code = await mailed_code(mailbox)
        for _ in range(4):
            await browser.post("/sign-in/code", data={"code": wrong(code)})
        assert (await browser.post("/sign-in/code", data={"code": code})).status_code == 303


async def test_strangers_cannot_use_up_the_codes_of_a_patient(browser_for, db):
    """Six for each network, and twenty in all from browsers that are not known."""
    at = clock.now()
    for network in range(4):
        with coming_from(f"203.0.113.{network}"):
            asked = [
                await signing_in.ask_for_code("paul@example.org", at=at + timedelta(minutes=n))
                for n in range(CODES_ALLOWED + 1)
            ]
        assert asked[-1] is Problem.TOO_MANY_CODES
    with coming_from("198.51.100.1"):
        at = at + timedelta(minutes=20)
        elsewhere = await signing_in.ask_for_code("paul@example.org", at=at)
        at_home = await signing_in.ask_for_code("paul@example.org", browser="0123456789abcdef", at=at)

    assert CODES_OF_AN_ADDRESS.tries == 20
    assert elsewhere is Problem.TOO_MANY_CODES
    assert isinstance(at_home, str)


async def test_a_network_that_asks_for_everybody_is_stopped(db):
    at = clock.now()
    with coming_from("203.0.113.7"):
        asked = [await signing_in.ask_for_code(f"p{n}@example.org", at=at) for n in range(CODES_OF_A_NETWORK.tries + 1)]
    with coming_from("203.0.113.8"):
        neighbour = await signing_in.ask_for_code("paul@example.org", at=at)

    assert Problem.TOO_MANY_CODES not in asked[:-1]
    assert asked[-1] is Problem.TOO_MANY_CODES
    assert isinstance(neighbour, str)


async def test_a_network_that_guesses_everybody_is_stopped(db):
    at = clock.now()
    with coming_from("203.0.113.7"):
        for _ in range(FAILURES_OF_A_NETWORK.tries - 1):
            await throttle.within(FAILURES_OF_A_NETWORK, "203.0.113.7", at)
        assert await signing_in.check_password(NOBODY, "x", at=at) is Problem.NOT_RECOGNISED
        assert await signing_in.check_password(INES, "x", at=at) is Problem.TOO_MANY_FAILURES
    with coming_from("203.0.113.8"):
        assert await signing_in.check_password(INES, "x", at=at) is Problem.NOT_RECOGNISED


async def test_what_a_network_did_is_no_lock_out_of_anybody(db, people):
    """Nobody is told of a closed door because others guessed at others from the same place."""
    at = clock.now()
    with coming_from("203.0.113.7"):
        for _ in range(FAILURES_OF_A_NETWORK.tries):
            await throttle.within(FAILURES_OF_A_NETWORK, "203.0.113.7", at)
        for who in ("ines", "zoe", "paul"):
            refused = await signing_in.check_password(f"{who}@example.org", "x", at=at)
            assert refused is Problem.TOO_MANY_FAILURES
            assert await told(people[who].account) == []

    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = $1", Action.LOCKED_OUT) == 0


async def spend_everything_of_the_network() -> None:
    at = clock.now()
    for limit in (FAILURES_OF_A_NETWORK, CODES_OF_A_NETWORK):
        for _ in range(limit.tries):
            await throttle.within(limit, "127.0.0.1", at)


async def test_a_neighbour_who_guesses_does_not_close_a_browser_that_is_known(browser_for, mailbox):
    before, known = browser_for(None), browser_for(None)
    await before.post("/sign-in", data={"email": "paul@example.org"})
    assert (await before.post("/sign-in/code", data={"code": await mailed_code(mailbox)})).status_code == 303
    known.cookies.set("cohorte_known", before.cookies["cohorte_known"])
    await execute("DELETE FROM throttle")
    await spend_everything_of_the_network()

    stranger = await browser_for(None).post("/sign-in", data={"email": "paul@example.org"})
    asked = await known.post("/sign-in", data={"email": "paul@example.org"})
    entered = await known.post("/sign-in/code", data={"code": await mailed_code(mailbox)})

    assert (stranger.status_code, asked.status_code, entered.status_code) == (422, 303, 303)


async def test_a_neighbour_who_guesses_closes_neither_passkeys_nor_who_is_inside(browser_for, people):
    device, ines = Device(), browser_for("ines")
    await add(ines, device)
    await spend_everything_of_the_network()
    code = one_time.code_at(TOTP_SECRET, clock.now())

    assert (await sign_in(browser_for(None), device)).status_code == 200
    assert (await ines.post("/step-up", data={"code": code})).status_code == 303


async def test_passkey_questions_are_never_refused_and_keep_nothing(browser_for, db):
    stranger = browser_for(None)
    asked = {
        (await stranger.post("/sign-in/passkey/options", json={})).status_code for _ in range(CEREMONIES.tries + 1)
    }

    assert asked == {200}
    assert await fetch_value("SELECT count(*) FROM passkey_challenge") == 0
    assert await fetch_value("SELECT count(*) FROM throttle") == 0


async def test_whoever_is_inside_does_not_ask_for_passkeys_without_end(browser_for, people):
    ines = browser_for("ines")
    for _ in range(CEREMONIES.tries):
        await throttle.within(CEREMONIES, str(people["ines"].account), clock.now())

    assert (await ines.post("/step-up/passkey/options", json={})).status_code == 422
    assert (await browser_for("zoe").post("/step-up/passkey/options", json={})).status_code == 200


async def test_an_owner_is_told_although_the_worker_did_not_come_to_their_code(db, people):
    """Before the worker looked whose address it is, the attempt names nobody."""
    at = clock.now()
    for network in range(3):
        with coming_from(f"203.0.113.{network}"):
            token = await signing_in.ask_for_code("paul@example.org", at=at + timedelta(minutes=network))
            for _ in range(5):
                await signing_in.sign_in(token, "000000", None, at=at)

    assert await told(people["paul"].account) == ["locked_out"]
    assert Action.LOCKED_OUT in await events(people["paul"].account)


def _asked(*lines: bytes):
    headers = [(b"user-agent", b"Firefox"), *((b"x-forwarded-for", line) for line in lines)]
    return {"headers": headers, "client": ("10.0.0.2", 443), "state": {}}


def test_a_proxy_that_adds_a_line_of_its_own_is_believed_and_the_line_before_it_is_not():
    """Some proxies add an X-Forwarded-For below the one that the visitor made up."""
    from app.accounts.authentication import Authentication

    door = Authentication(None)
    door.trusted = ("10.0.0.0/8",)

    assert door._origin(_asked(b"6.6.6.6", b"203.0.113.7"), None).address == "203.0.113.7"
    assert door._origin(_asked(b"6.6.6.6, 203.0.113.7", b"10.0.0.3"), None).address == "203.0.113.7"
    assert door._origin(_asked(), None).address == "10.0.0.2"


async def test_a_right_password_is_hashed_anew_when_the_parameters_changed(db, people):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await execute("UPDATE account SET password_hash = $2 WHERE id = $1", people["ines"].account, old)

    await signing_in.check_password(INES, "wrong", at=clock.now())
    kept = await fetch_value("SELECT password_hash FROM account WHERE id = $1", people["ines"].account)
    await signing_in.check_password(INES, PASSWORD, at=clock.now())
    new = await fetch_value("SELECT password_hash FROM account WHERE id = $1", people["ines"].account)

    assert kept == old
    assert not passwords.is_outdated(new)
    assert await asyncio.to_thread(passwords.matches, PASSWORD, new)


async def test_counting_holds_over_two_processes(live):
    """Two connections of their own, as two web processes have, guessing at once: the database counts."""
    import threading

    from tests.live import run, speaking_to

    found: list[object] = []

    def worker() -> None:
        found.extend(run(guess("both@example.org", FAILURES_ALLOWED)))

    with speaking_to(live.app_dsn):
        threads = [threading.Thread(target=worker) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found.count(Problem.NOT_RECOGNISED) == FAILURES_ALLOWED
    assert found.count(Problem.TOO_MANY_FAILURES) == FAILURES_ALLOWED


async def test_what_is_counted_is_forgotten(db):
    from app.accounts.actions.forgetting import forget_old_sign_ins

    at = clock.now()
    await guess(at=at - timedelta(days=8))
    await forget_old_sign_ins(before=at - timedelta(days=7), at=at)

    assert await fetch_value("SELECT count(*) FROM throttle") == 0


async def test_nothing_of_it_names_anybody(db, people):
    await guess()
    kept = await fetch_value("SELECT string_agg(encode(key, 'escape'), ' ') FROM throttle")

    assert "ines" not in kept
    assert queries.email_hash(INES).hex() not in kept
    assert tokens.mark_for(queries.email_hash(INES), b"key").count(".") == 1
