"""What is attacked: two web processes of a running product, accounts made for it, and browsers in many networks."""

import asyncio
import os
import random
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from uuid import UUID

import httpx

from app.accounts import one_time
from app.accounts.actions import opening
from app.accounts.model import Kind, NewAccount
from app.audit.actions import NOBODY
from app.cli.local import free_port
from app.lib import clock
from app.lib.db import fetch_value
from tests.live import ROOT, Live, wait_for
from tests.people import PASSWORD, TOTP_SECRET

TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')
PROCESSES = 2
PATIENCE = 30.0


@dataclass(frozen=True)
class Sizes:
    """How much of everything; the full drill is what `python -m tests.abuse` runs."""

    guesses: int = 2000
    codes: int = 1000
    accounts: int = 50
    timed: int = 1000
    timed_sign_ups: int = 1000


SMALL = Sizes(guesses=200, codes=150, accounts=5, timed=100, timed_sign_ups=40)


@dataclass(frozen=True)
class Owner:
    """Whose account it is."""

    account: UUID
    email: str


@dataclass
class Target:
    """Where the product answers, and who has an account there."""

    live: Live
    urls: tuple[str, ...]
    team: list[Owner] = field(default_factory=list)
    patients: list[Owner] = field(default_factory=list)
    open: list["Visitor"] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(20261122))  # noqa: S311 - not a secret

    def network(self) -> str:
        """An address in any of many networks (198.18.0.0/15 is set aside for such trials)."""
        return f"198.{self.chance.choice((18, 19))}.{self.chance.randrange(256)}.{self.chance.randrange(1, 255)}"

    def stranger(self, network: str = "", process: int = 0) -> "Visitor":
        """A browser that was never here."""
        self.open.append(Visitor(self.urls[process % len(self.urls)], network or self.network()))
        return self.open[-1]

    async def leave(self) -> None:
        """Close every browser that was opened."""
        while self.open:
            await self.open.pop().aclose()


class Visitor(httpx.AsyncClient):
    """A browser in one network; it keeps cookies, follows no redirect, and takes the form token of the last page."""

    def __init__(self, url: str, network: str) -> None:
        headers = {"X-Forwarded-For": network, "Accept-Language": "en", "Accept-Encoding": "identity"}
        super().__init__(base_url=url, headers=headers, timeout=PATIENCE)
        self.token = ""

    async def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        reply = await super().send(request, **kwargs)
        await reply.aread()
        found = TOKEN.search(reply.text)
        if found:
            self.token = found[1]
        return reply

    async def submit(self, path: str, form: dict[str, str] | None = None, *, network: str = "") -> httpx.Response:
        """Send a form with the token that this browser was given."""
        headers = {"X-Forwarded-For": network} if network else {}
        return await self.post(path, data={**(form or {}), "_csrf_token": self.token}, headers=headers)

    async def is_in(self) -> bool:
        """Whether its session cookie opens anything."""
        reply = await self.get("/me")
        return reply.status_code == 200


@contextmanager
def attacked(live: Live) -> Iterator[Target]:
    """Two more web processes on the same database. The attacker speaks as if through a proxy, for many networks."""
    processes, urls = [], []
    try:
        for _ in range(PROCESSES):
            port = free_port()
            urls.append(f"http://localhost:{port}")
            own = {"PORT": str(port), "BASE_URL": urls[-1], "TRUSTED_PROXIES": "127.0.0.0/8,::1/128"}
            with (live.folder.parent / "attacked.log").open("ab") as out:
                command = [sys.executable, "-m", "app.cli", "web"]
                environment = live.environment | own
                processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out))
        for url in urls:
            wait_for(lambda url=url: _is_ready(url))
        yield Target(live, tuple(urls))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as reply:  # noqa: S310 - a process of ours
            return bool(reply.status == 200)
    except (OSError, HTTPException):
        return False


async def settle(target: Target, sizes: Sizes) -> None:
    """Open the accounts that are attacked: nobody else's are touched."""
    mark = os.urandom(3).hex()
    for number in range(sizes.accounts):
        target.team.append(await _account(Kind.PROFESSIONAL, f"drill-{mark}-{number}@example.org", PASSWORD))
        target.patients.append(await _account(Kind.PATIENT, f"drill-patient-{mark}-{number}@example.org", None))


async def _account(kind: Kind, email: str, password: str | None) -> Owner:
    new = NewAccount(
        kind=kind,
        email=email,
        given_name="Dominique",
        family_name="Cible",
        password=password,
        totp_secret=TOTP_SECRET if password else None,
    )
    return Owner(await opening.create_account(NOBODY, new, at=clock.now()), email)


async def sessions_of(owners: list[Owner]) -> int:
    """How many sessions these accounts ever had."""
    return int(
        await fetch_value("SELECT count(*) FROM session WHERE account = ANY($1)", [one.account for one in owners])
    )


async def totp_code(owner: Owner) -> str:
    """A code of the owner's authenticator that was not used yet; not more than one period ahead of the clock."""
    used = int(await fetch_value("SELECT totp_last_step FROM account WHERE id = $1", owner.account))
    step = max(used + 1, int(clock.now().timestamp()) // one_time.STEP)
    return str(one_time.TOTP(TOTP_SECRET).at(step * one_time.STEP))


async def mailed_code(target: Target, owner: Owner, *, after: int = 0) -> str:
    """The newest code mailed to this person, once there are more than `after`."""
    until = clock.now().timestamp() + PATIENCE
    while len(codes := target.live.codes(owner.email)) <= after:
        assert clock.now().timestamp() < until, f"no code for {owner.email}"
        await asyncio.sleep(0.1)
    return codes[-1]


async def enter_team(browser: Visitor, owner: Owner) -> httpx.Response:
    """Sign in as the owner does: password, then the authenticator."""
    await browser.get("/sign-in/team")
    first = await browser.submit("/sign-in/team", {"email": owner.email, "password": PASSWORD})
    assert first.status_code == 303, f"the password of {owner.email} was refused: {first.status_code}"
    await browser.get(first.headers["location"])
    return await browser.submit("/sign-in/team/code", {"code": await totp_code(owner)})
