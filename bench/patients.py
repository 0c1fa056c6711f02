"""Lists, search and the record at 1,000, 10,000 and 100,000 patients of one centre: how long a page takes, and how that
grows. `python -m bench.patients`."""

import asyncio
import http.client
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bench.house import House, opened

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 60
WARM = 10
Ask = Callable[[], tuple[str, str, str]]
"""Draws (method, address, body) of one request."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A practitioner in a browser."""

    cookie: str
    form_token: str
    centre: UUID
    account: UUID


def main(sizes: tuple[int, ...] = SIZES) -> None:
    with opened() as house:
        print(f"{'p95 in ms, one client':<44}" + "".join(f"{size:>11,}" for size in sizes) + f"{'growth':>9}")
        for name, times in measure(house, sizes).items():
            print(f"{name:<44}" + "".join(f"{one:>11.1f}" for one in times) + f"{times[-1] / times[0]:>9.2f}")


def measure(house: House, sizes: tuple[int, ...] = SIZES) -> dict[str, list[float]]:
    """Of each page, the 95th percentile in milliseconds at each size."""
    from app.questionnaires import library as shipped
    from bench.sixty import make_library

    logging.disable(logging.INFO)
    if not any(house.library.iterdir()):
        make_library(house.library, shipped.FOLDER)
    reader = asyncio.run(_reader())
    port, _ = house.start_web("ours")
    found: dict[str, list[float]] = {}
    before = 0
    for size in sizes:
        sample = asyncio.run(_grow(reader, before, size))
        _analyse(house)
        before = size
        for name, ask in _pages(reader, sample, size).items():
            found.setdefault(name, []).append(_p95(port, reader, ask))
    return found


def _analyse(house: House) -> None:
    """As autovacuum would have done by the time that many are there."""
    import psycopg

    with psycopg.connect(house.server.owner_dsn, autocommit=True) as link:
        link.execute("VACUUM ANALYZE")


async def _reader() -> Reader:
    from app.accounts import tokens
    from app.accounts.actions import sessions
    from app.accounts.organisations.actions import create_organisation
    from app.accounts.organisations.model import Details
    from app.accounts.queries import find_session
    from app.audit.actions import NOBODY
    from app.lib import clock, csrf, db
    from bench.people import _doctor

    await db.start_pool()
    details = Details(code="LYO", name="Centre de Lyon", city="Lyon")
    centre = await create_organisation(NOBODY, details, at=clock.now())
    doctor = await _doctor(centre)
    session = await sessions.open_session(doctor.id, at=clock.now())
    assert await find_session(tokens.hash_of(session.token), clock.now())
    await db.close_pool()
    return Reader(f"__Host-cohorte_session={session.token}", csrf.token(session.csrf_secret), centre, doctor.id)


async def _grow(reader: Reader, before: int, size: int) -> list[UUID]:
    """The centre at this size, and some of its patients."""
    from app.lib import db
    from bench.crowd import grow

    await db.start_pool()
    await grow(reader.centre, reader.account, before, size)
    rows = await db.fetch("SELECT id FROM patient ORDER BY md5(id::text) LIMIT 200")
    await db.close_pool()
    return [row["id"] for row in rows]


def _pages(reader: Reader, sample: list[UUID], size: int) -> dict[str, Ask]:
    from bench.crowd import GIVEN, families

    chance, names = Random(size), families()  # noqa: S311 - the same questions each time
    form = {"_csrf_token": reader.form_token}

    def search(words: Callable[[], str]) -> Ask:
        return lambda: ("POST", "/patients/search", urlencode({**form, "q": words()}))

    def fixed(address: str) -> Ask:
        return lambda: ("GET", address, "")

    return {
        "patients, latest activity": fixed("/patients"),
        "patients, those I follow": fixed("/patients?show=mine"),
        "patients, overdue": fixed("/patients?show=overdue"),
        "patients, by code": fixed("/patients?order=code"),
        "patients, by next due date": fixed("/patients?order=due"),
        "search, family name": search(lambda: chance.choice(names)),
        "search, beginning and given name": search(
            lambda: f"{chance.choice(names)[:4]} {chance.choice(GIVEN.split())}"
        ),
        "search, two letters": search(lambda: chance.choice(names)[:2]),
        "record, summary": lambda: ("GET", f"/patients/{chance.choice(sample)}", ""),
    }


def _p95(port: int, reader: Reader, ask: Ask) -> float:
    """Milliseconds of the server, on a kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for _ in range(WARM + ROUNDS):
        method, address, body = ask()
        times.append(_timed(connection, reader, method, address, body))
    connection.close()
    return sorted(times[WARM:])[int(ROUNDS * 0.95)]


def _timed(connection: http.client.HTTPConnection, reader: Reader, method: str, address: str, body: str) -> float:
    headers: dict[str, Any] = {"Cookie": reader.cookie, "Accept-Language": "fr"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    began = time.perf_counter()
    connection.request(method, address, body or None, headers)
    reply = connection.getresponse()
    text = reply.read()
    taken = (time.perf_counter() - began) * 1000
    if reply.status != 200 or not re.search(rb"<h1", text):
        raise RuntimeError(f"{method} {address}: {reply.status} {text[:300]!r}")
    return taken


if __name__ == "__main__":
    main()
