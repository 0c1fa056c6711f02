"""Guessing passwords and codes, from many networks and browsers at once, with the right one among the last guesses."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable

import httpx

from app.accounts import one_time
from app.accounts.model import FAILURES_ALLOWED, TRIES_A_CODE
from app.lib import clock
from tests.abuse.target import Owner, Target, Visitor, mailed_code, totp_code
from tests.people import PASSWORD, TOTP_SECRET

AT_ONCE = 16
EACH = 2 * FAILURES_ALLOWED
LOOKED_AT = ("This address and this password", "This is not the right code")
"""What is said when a guess was compared with the right one; every other refusal compares nothing."""


async def at_once(work: Iterable[Awaitable[None]]) -> None:
    """Do all of it, so many at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(part: Awaitable[None]) -> None:
        async with room:
            await part

    await asyncio.gather(*(one(part) for part in work))


def was_looked_at(reply: httpx.Response) -> bool:
    return any(words in reply.text for words in LOOKED_AT)


async def guess_passwords(
    target: Target, guesses: int, marks: list[str], half: asyncio.Event | None = None
) -> dict[str, int]:
    """Every account, from networks that change with each guess, in turn to both processes; the last guess is right.

    `marks`: what browsers hold in which somebody else signed in; a guesser may carry any of them, or one made up.
    `half`: is set when half of the guesses are made, and every door is closed.
    """
    each = guesses // len(target.team)
    found: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    browsers = await _browsers(target)
    free: asyncio.Queue[Visitor] = asyncio.Queue()
    for browser in browsers:
        free.put_nowait(browser)

    async def guess(owner: Owner, number: int) -> None:
        browser = await free.get()
        browser.cookies.set("cohorte_known", target.chance.choice(marks), domain="localhost.local")
        password = PASSWORD if number == each - 1 else f"{PASSWORD} {number}"
        form = {"email": owner.email, "password": password}
        reply = await browser.submit("/sign-in/team", form, network=target.network())
        free.put_nowait(browser)
        found["tried"] += 1
        found["looked at"] += was_looked_at(reply)
        found["succeeded"] += reply.status_code != 422
        compared[owner.email] += was_looked_at(reply)

    for number in range(each):  # all accounts at once, so that the last round meets a closed door everywhere
        await at_once(guess(owner, number) for owner in target.team)
        if half is not None and number >= each // 2:
            half.set()
    assert max(compared.values()) <= FAILURES_ALLOWED, compared
    return dict(found)


async def _browsers(target: Target) -> list[Visitor]:
    browsers = [target.stranger(process=number) for number in range(AT_ONCE)]
    for browser in browsers:
        await browser.get("/sign-in/team")
    return browsers


async def guess_at_the_same_moment(target: Target, owner: Owner, guesses: int) -> int:
    """How many of so many guesses, all sent in one moment to both processes, were compared with the password."""
    browsers = [target.stranger(process=number) for number in range(guesses)]
    await asyncio.gather(*(browser.get("/sign-in/team") for browser in browsers))
    form = {"email": owner.email, "password": "all at the same moment"}
    replies = await asyncio.gather(*(browser.submit("/sign-in/team", form) for browser in browsers))
    return sum(was_looked_at(reply) for reply in replies)


async def guess_from_one_network(target: Target, owners: list[Owner], guesses: int) -> tuple[int, bool]:
    """How many guesses of one network were compared, and whether a right password from there then opened the door."""
    network, looked_at = target.network(), 0
    browser = target.stranger(network)
    await browser.get("/sign-in/team")
    for number in range(guesses):
        form = {"email": f"{number}.{owners[0].email}", "password": "one of many"}
        looked_at += was_looked_at(await browser.submit("/sign-in/team", form))
    last = await browser.submit("/sign-in/team", {"email": owners[-1].email, "password": PASSWORD})
    return looked_at, last.status_code == 303


async def guess_mailed_codes(target: Target, guesses: int) -> dict[str, int]:
    """Ask for a code as a patient would, then guess; at last the right code, read from the mailbox."""
    each = guesses // len(target.patients)
    found: Counter[str] = Counter()

    async def attack(owner: Owner) -> None:
        browser = target.stranger()
        await browser.get("/sign-in")
        asked = await browser.submit("/sign-in", {"email": owner.email})
        await browser.get(asked.headers["location"])
        right = await mailed_code(target, owner)
        wrong = [code for code in (f"{n:06d}" for n in range(each)) if code != right][: each - 1]
        await _guess_one(browser, "/sign-in/code", [*wrong, right], found, target)

    await at_once(attack(owner) for owner in target.patients)
    assert found["looked at"] <= TRIES_A_CODE * len(target.patients), found
    return dict(found)


async def guess_one_time_codes(target: Target, guesses: int) -> dict[str, int]:
    """The password is known; the authenticator's code is guessed, with a new attempt as soon as one is spent."""
    attacked = target.team[: max(1, guesses // EACH)]  # more for each than are allowed, so that the last meets a limit
    each = guesses // len(attacked)
    found: Counter[str] = Counter()

    async def attack(owner: Owner) -> None:
        browser, wrong = target.stranger(), _wrong_codes(each - 1)
        for place in range(0, each - 1, TRIES_A_CODE):
            await _give_password(browser, owner, target)
            await _guess_one(browser, "/sign-in/team/code", wrong[place : place + TRIES_A_CODE], found, target)
        await _give_password(browser, owner, target)
        await _guess_one(browser, "/sign-in/team/code", [await totp_code(owner)], found, target)

    await at_once(attack(owner) for owner in attacked)
    assert found["looked at"] <= FAILURES_ALLOWED * len(attacked), found
    return dict(found)


def _wrong_codes(many: int) -> list[str]:
    """Codes that no authenticator of ours shows in the next minutes."""
    step = int(clock.now().timestamp()) // one_time.STEP
    right = {one_time.TOTP(TOTP_SECRET).at((step + n) * one_time.STEP) for n in range(-3, 60)}
    return [code for code in (f"{n:06d}" for n in range(many + len(right))) if code not in right][:many]


async def _give_password(browser: Visitor, owner: Owner, target: Target) -> None:
    await browser.get("/sign-in/team")
    form = {"email": owner.email, "password": PASSWORD}
    begun = await browser.submit("/sign-in/team", form, network=target.network())
    assert begun.status_code == 303, "a right password must lead on, or this drill proves nothing"
    await browser.get(begun.headers["location"])


async def _guess_one(browser: Visitor, path: str, codes: list[str], found: Counter[str], target: Target) -> None:
    for code in codes:
        reply = await browser.submit(path, {"code": code}, network=target.network())
        found["tried"] += 1
        found["looked at"] += was_looked_at(reply)
        found["succeeded"] += "cohorte_session" in reply.cookies
