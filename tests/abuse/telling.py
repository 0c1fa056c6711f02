"""Whether an answer, or how long it takes, tells that an address has an account."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from math import sqrt
from statistics import fmean, quantiles, variance

import httpx

from app.accounts.actions.limits import Visitor
from app.accounts.model import FAILURES_ALLOWED
from app.accounts.queries import email_hash
from app.lib import clock
from app.lib.db import execute, transaction
from tests.abuse.target import Target
from tests.abuse.target import Visitor as Browser

WARMING = 20
"""Tries whose times are not counted."""
ALLOWED = 5
"""Tries of one address that every limit lets through."""
MOST = 4.5
"""Of Welch's t, beyond which two courses of events are told apart."""
TOKENS = re.compile(r'(_csrf_token" value|csrf-token" content|stamp" value)="[^"]*"|sign_up=[^;]+|sign_in=[^;]+')
Before = Callable[[str], Awaitable[None]]
Try = Callable[[Browser, str, str], Awaitable[httpx.Response]]


def masked(reply: httpx.Response, email: str) -> tuple[object, ...]:
    """What a reply says, less the address that was typed and what is random in any reply."""
    local, _, domain = email.partition("@")
    words = reply.text
    for said in (email, f"{local[:1]}•••••@{domain}"):
        words = words.replace(said, "ADDRESS")
    names = {name for name in reply.headers if name not in {"date", "x-request-id", "set-cookie"}}
    kept = sorted(line.partition("=")[0] for line in reply.headers.get_list("set-cookie"))
    return reply.status_code, reply.headers.get("location"), sorted(names), kept, TOKENS.sub("RANDOM", words)


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took for known and for unknown addresses, in seconds."""

    known: list[float]
    unknown: list[float]

    def welch(self) -> float:
        """Welch's t of all of them."""
        return _welch(self.known, self.unknown)

    def cropped(self) -> float:
        """The same of those that no pause of the machine made long: the fastest 95 in 100 of both together."""
        limit = quantiles([*self.known, *self.unknown], n=20)[-1]
        return _welch([one for one in self.known if one <= limit], [one for one in self.unknown if one <= limit])

    def said(self) -> str:
        ms = [1000 * fmean(part) for part in (self.known, self.unknown)]
        sizes = f"{len(self.known)} and {len(self.unknown)} tries"
        return f"{sizes}, {ms[0]:.2f} and {ms[1]:.2f} ms, t = {self.welch():+.2f}, cropped {self.cropped():+.2f}"

    @property
    def alike(self) -> bool:
        return abs(self.welch()) < MOST and abs(self.cropped()) < MOST


def _welch(one: list[float], other: list[float]) -> float:
    return (fmean(one) - fmean(other)) / sqrt(variance(one) / len(one) + variance(other) / len(other))


async def time_tries(target: Target, attempt: Try, known: list[str], tries: int, before: Before | None = None) -> Times:
    """Try known and unknown addresses in an order without any rule, from a new network each time.

    Not in pairs: what the worker does about a known address would then fall on an unknown one more often than not.
    Limits are set back often enough to meet none. `before`: what happens to an address before its try.
    """
    browser, times = target.stranger(), Times([], [])
    course = [(times.known, email) for email in islice(cycle(known), tries)]
    course += [(times.unknown, unknown_like(email)) for email in islice(cycle(known), tries)]
    target.chance.shuffle(course)
    await browser.get("/sign-in")
    for number, (kept, email) in enumerate(course[-WARMING:] + course):
        if number % ALLOWED == 0:
            await execute("DELETE FROM throttle")
        if before is not None:
            await before(email)
        begun = time.perf_counter()
        await attempt(browser, email, target.network())
        if number >= WARMING:
            kept.append(time.perf_counter() - begun)
    return times


def unknown_like(email: str) -> str:
    """An address of nobody that looks like this one."""
    return email.replace("drill", "idrll")


async def close_the_door(email: str) -> None:
    """Use up the tries of an address, so that the next one is the first to be turned away."""
    visitor = Visitor.at_the_door(email_hash(email))
    async with transaction():
        await execute("DELETE FROM throttle")
        for _ in range(FAILURES_ALLOWED):
            await visitor.may_try(clock.now())


async def ask_for_a_code(browser: Browser, email: str, network: str) -> httpx.Response:
    """At the patients' door."""
    reply = await browser.submit("/sign-in", {"email": email}, network=network)
    assert reply.status_code == 303, reply.status_code
    return reply


async def give_a_password(browser: Browser, email: str, network: str) -> httpx.Response:
    """At the team's door."""
    form = {"email": email, "password": "not the right one"}
    reply = await browser.submit("/sign-in/team", form, network=network)
    assert reply.status_code == 422, reply.status_code
    return reply


def give_a_form(form: dict[str, str]) -> Try:
    """At sign-up: the form of a patient, an address in it."""

    async def attempt(browser: Browser, email: str, network: str) -> httpx.Response:
        reply = await browser.submit("/sign-up/patient", form | {"email": email}, network=network)
        assert reply.status_code == 303, reply.status_code
        return reply

    return attempt


async def answers_of(target: Target, email: str, form: dict[str, str]) -> list[tuple[object, ...]]:
    """Everything that the doors and sign-up say to somebody who types this address, step by step."""
    said = []
    browser = target.stranger()
    walk: list[tuple[str, dict[str, str]]] = [
        ("/sign-in", {"email": email}),
        ("/sign-in", {"email": email}),  # a second time at once
        ("/sign-in/code", {"code": "000000"}),
        ("/sign-in/recovery", {"recovery": "AAAA-AAAA-AAAA"}),
        ("/sign-in/code/again", {}),
        *[("/sign-in/code", {"code": "000001"})] * 6,
        ("/sign-in/team", {"email": email, "password": "not the right one"}),
        *[("/sign-in/team", {"email": email, "password": "nor this one"})] * 11,
        ("/sign-up/patient", form | {"email": email}),
        ("/sign-up/code", {"code": "000000"}),
        ("/sign-up/code/again", {}),
        ("/sign-up/code", {"code": "000001"}),
    ]
    await browser.get("/sign-in")
    for path, typed in walk:
        reply = await browser.submit(path, typed)
        said.append((path, *masked(reply, email)))
        if reply.status_code == 303:
            said.append((path, *masked(await browser.get(reply.headers["location"]), email)))
    return said
