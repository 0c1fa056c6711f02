"""The whole product as it runs: web, worker and mailbox as processes of their own, on a database of their own."""

import asyncio
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from app.accounts import one_time
from app.cli.local import free_port
from app.lib import clock
from app.lib.db import DB
from app.lib.mailbox import Message, read_message
from app.lib.postgres import APP, OWNER, Postgres
from tests import people as cast

ROOT = Path(__file__).parents[1]
DATABASE = "cohorte_live"
PATIENCE = 30.0


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end in a loop of its own, whatever loop the tests use."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass
class Live:
    """A running product: where it is, who can sign in, what it mailed."""

    url: str
    app_dsn: str
    folder: Path
    environment: dict[str, str]
    people: cast.Cast
    processes: dict[str, subprocess.Popen[bytes]]
    read: dict[str, int] = field(default_factory=dict)
    mailed: dict[str, Message] = field(default_factory=dict)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run one of the product's actions or queries on this database, as in `live.do(assign_questionnaire(…))`."""
        with speaking_to(self.app_dsn):
            return run(work)

    def mail_code(self, address: str, *, after: int = 0) -> str:
        """The newest sign-in code mailed to this address; waits for one not read before, and past `after` mails."""
        seen = self.read.get(address, 0)

        def arrived() -> bool:
            assert self.processes["worker"].poll() is None, (self.folder.parent / "worker.log").read_text()
            return len(self.codes(address)) > seen and len(self.mails(address)) > after

        wait_for(arrived)
        codes = self.codes(address)
        self.read[address] = len(codes)
        return codes[-1]

    def codes(self, address: str) -> list[str]:
        """Every sign-in code mailed to this address, the oldest first."""
        return [code for text in self.mails(address) for code in re.findall(r"^\d{6}$", text, re.MULTILINE)]

    def mails(self, address: str) -> list[str]:
        """The texts sent to this address, the oldest first."""
        # A message never changes: each is read once, however often somebody waits for the next.
        for path in sorted(self.folder.glob("*.eml")):
            if path.stem not in self.mailed and (message := read_message(self.folder, path.stem)):
                self.mailed[path.stem] = message
        return [message.text for message in self.mailed.values() if message.to == address]

    def totp_code(self, who: str) -> str:
        """A code of this person's authenticator, which was last used some while ago."""
        self.do(_rest(self.people[who].account))
        return one_time.code_at(cast.TOTP_SECRET, clock.now())

    def expire_sessions(self, who: str) -> None:
        """Let the sessions of one person run out now."""
        self.do(_expire(self.people[who].account))

    def age_factors(self, who: str) -> None:
        """Let the second factor of one person have been given an hour ago."""
        self.do(_age(self.people[who].account))

    def forget_sign_ins(self) -> None:
        """As if nobody had signed in lately: limits count anew."""
        self.do(_forget())

    def start(self, name: str) -> None:
        """Start one of its processes, as after a kill."""
        arguments = {"web": ["app.cli", "web"], "worker": ["app.cli", "worker"]}
        log = self.folder.parent / f"{name}.log"
        with log.open("ab") as out:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments[name]], cwd=ROOT, env=self.environment, stdout=out, stderr=out
            )

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as reply:  # noqa: S310
                    return bool(reply.status == 200)
            except (OSError, HTTPException):
                assert self.processes["web"].poll() is None, (self.folder.parent / "web.log").read_text()
                return False

        wait_for(ready)


async def _rest(account: Any) -> None:
    from app.lib.db import execute

    await execute("UPDATE account SET totp_last_step = 0 WHERE id = $1", account)


async def _forget() -> None:
    from app.lib.db import execute

    await execute("UPDATE sign_in_attempt SET created_at = created_at - interval '2 hours'")
    await execute("DELETE FROM throttle")


async def _age(account: Any) -> None:
    from app.lib.db import execute

    await execute("UPDATE session SET second_factor_at = now() - interval '1 hour' WHERE account = $1", account)


async def _expire(account: Any) -> None:
    from app.lib.db import execute

    await execute("UPDATE session SET idle_until = now() - interval '1 second' WHERE account = $1", account)


def wait_for(find: Any, seconds: float = PATIENCE) -> Any:
    """Ask until there is an answer."""
    until = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < until, f"nothing came within {seconds:.0f} s"
        time.sleep(0.05)
    return found


@contextmanager
def speaking_to(dsn: str) -> Iterator[None]:
    """This process's own database calls go to another database meanwhile."""
    before = DB.config["dsn"]
    DB.config["dsn"] = dsn
    try:
        yield
    finally:
        DB.config["dsn"] = before


@contextmanager
def running(server: Postgres, folder: Path) -> Iterator[Live]:
    """Make the database, fill it with the cast, and start everything; stop it all at the end."""
    environment = _prepared(server, folder)
    with speaking_to(environment["DATABASE_URL"]):
        people = run(cast.assemble())
    mailbox = ["app.lib.mailbox", "--port", environment["SMTP_URL"].rpartition(":")[2]]
    processes = {
        "mailbox": subprocess.Popen([sys.executable, "-m", *mailbox, "--folder", folder / "mailbox"], cwd=ROOT)
    }
    live = Live(
        environment["BASE_URL"], environment["DATABASE_URL"], folder / "mailbox", environment, people, processes
    )
    try:
        live.start("web")
        live.start("worker")
        live.wait_until_ready()
        yield live
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _prepared(server: Postgres, folder: Path) -> dict[str, str]:
    import psycopg

    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": server.dsn(APP, DATABASE),
        "MIGRATION_DATABASE_URL": server.dsn(OWNER, DATABASE),
        "PORT": str(port),
        "BASE_URL": f"http://localhost:{port}",
        "SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "VAR_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
    }
    migrated = subprocess.run(
        [sys.executable, "-m", "app.cli", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert migrated.returncode == 0, migrated.stderr
    return environment
