"""A trail in a database of its own, made once and cloned for whoever wants to spoil it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest

from app.audit import actions as audit
from app.lib.db import transaction
from app.lib.ids import new_id
from app.lib.postgres import ADMIN, APP, OWNER, Postgres
from tests.live import ROOT, run, speaking_to

EVENTS, BATCH = 40, 10
PERSON, PATIENT, CENTRE = new_id(), new_id(), new_id()
BEGAN = datetime.fromisoformat("2026-11-01T08:00:00+00:00")
numbers = count(1)


@dataclass(frozen=True, slots=True)
class Trail:
    """A database of its own, asked as the application, as its superuser, or by the command line."""

    server: Postgres
    name: str

    @property
    def dsn(self) -> str:
        return self.server.dsn(APP, self.name)

    def do(self, work: Any) -> Any:
        with speaking_to(self.dsn):
            return run(work)

    def tamper(self, statement: str, *values: Any) -> list[Any]:
        """As somebody would who took over the server: superuser, triggers switched off."""
        with psycopg.connect(self.server.dsn(ADMIN, self.name), autocommit=True) as link:
            link.execute("SET session_replication_role = replica")
            done = link.execute(statement, values)
            return done.fetchall() if done.description else []

    def event(self, seq: int) -> UUID:
        found: UUID = self.tamper("SELECT event FROM audit_chain WHERE seq = %s", seq)[0][0]
        return found


async def write_event(at: datetime, **details: Any) -> None:
    async with transaction():
        await audit.record(
            audit.Action.PATIENT_READ,
            by=PERSON,
            at=at,
            subject=PATIENT,
            patient=PATIENT,
            organisation=CENTRE,
            page="summary",
            **details,
        )


async def _fill() -> None:
    """Four batches, an hour between them; details whose names and letters the database spells its own way."""
    for batch in range(EVENTS // BATCH):
        at = BEGAN + timedelta(hours=batch)
        for number in range(BATCH):
            await write_event(at + timedelta(seconds=number), zu=number, é="à côté")
        await audit.seal(at=at + timedelta(seconds=BATCH + 1))


@pytest.fixture(scope="session")
def filled(server: Postgres, database: str) -> str:
    """The name of a database with a sealed trail, to be cloned."""
    name = "cohorte_trail"
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    dsns = {"DATABASE_URL": server.dsn(APP, name), "MIGRATION_DATABASE_URL": server.dsn(OWNER, name)}
    subprocess.run([sys.executable, "-m", "app.cli", "migrate"], cwd=ROOT, env=os.environ | dsns, check=True)
    with speaking_to(server.dsn(APP, name)):
        run(_fill())
    return name


@pytest.fixture
def new_trail(server: Postgres, filled: str) -> Iterator[Callable[[], Trail]]:
    """Clones the sealed trail; dropped after the test."""
    made = []

    def clone() -> Trail:
        name = f"trail_{next(numbers)}"
        with psycopg.connect(server.admin_dsn, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE {filled} OWNER {OWNER}")
        made.append(name)
        return Trail(server, name)

    yield clone
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        for name in made:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def trail(new_trail: Callable[[], Trail]) -> Trail:
    return new_trail()
