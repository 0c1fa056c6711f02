"""Where it is measured: a PostgreSQL of its own, durable, and the processes as the product starts them."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from app.cli.local import free_port, new_secrets
from app.lib.postgres import Postgres, temporary

ROOT = Path(__file__).parents[1]
WEB_PROCESSES = 2
PATIENCE = 30.0


class NotDurable(Exception):
    """The database would answer before it has kept anything: figures taken from it would flatter."""


@dataclass
class House:
    """A migrated database and whatever runs on it."""

    server: Postgres
    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """One process of Python; ended with the house."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=self.environment | more, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def start_web(self, what: str, **more: str) -> tuple[int, list[subprocess.Popen[bytes]]]:
        """The web processes of `ours` or `floor`, and the port that they share."""
        port = free_port()
        web = [self.start("bench.serve", what, str(self.library), PORT=str(port), **more) for _ in range(WEB_PROCESSES)]
        until = time.monotonic() + PATIENCE
        while not (_is_ready(port) and all(_listens(process, port) for process in web)):
            if time.monotonic() > until or any(process.poll() is not None for process in web):
                raise RuntimeError(f"{what} did not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)
        return port, web


@contextmanager
def opened() -> Iterator[House]:
    """The house, settings of production in this process's environment too; closed and gone afterwards."""
    with ExitStack() as stack:
        server = stack.enter_context(temporary(durable=True))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cohorte-bench-")))
        os.environ |= _settings(server, folder)
        refuse_if_not_durable(server.app_dsn)
        (folder / "library").mkdir()
        subprocess.run([sys.executable, "-m", "app.cli", "migrate"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        house = House(server, folder, dict(os.environ))
        try:
            yield house
        finally:
            _end(house.running)


def refuse_if_not_durable(dsn: str) -> None:
    """NotDurable unless the server itself says that it waits for the disk."""
    import psycopg

    with psycopg.connect(dsn) as link:
        said = {name: link.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")}
    if off := [name for name, value in said.items() if value != ("on",)]:
        raise NotDurable(f"Nothing is measured: {' and '.join(off)} must be on.")


def _settings(server: Postgres, folder: Path) -> dict[str, str]:
    return {
        **new_secrets(),
        "COHORTE_ENV": "production",
        "BASE_URL": "https://cohorte.example",
        "TRUSTED_PROXIES": "none",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "DATABASE_URL": server.app_dsn,
        "MIGRATION_DATABASE_URL": server.owner_dsn,
        "VAR_DIR": str(folder),
        "WEB_PROCESSES": str(WEB_PROCESSES),
        "PYTHONUNBUFFERED": "1",
    }


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as reply:
            return bool(reply.status == 200)
    except (OSError, HTTPException):
        return False


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether this very process holds a listening socket of the port: two share it."""
    listening = set()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and int(words[1].rpartition(":")[2], 16) == port:
            listening.add(f"socket:[{words[9]}]")
    links = (link.readlink() for link in Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink())
    return any(str(link) in listening for link in links)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
