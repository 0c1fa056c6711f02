"""Keys change while the product runs: everything opens before, meanwhile and afterwards, and the old key may go."""

import asyncio
import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from app.access.policy import Actor, Role
from app.accounts import queries
from app.accounts.actions import opening
from app.accounts.model import Kind, NewAccount
from app.accounts.rotation.actions import rewrap_batch
from app.accounts.rotation.jobs import OtherKey, rotate_all, rotate_keys
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.data_keys import rows_by_key, tables
from app.lib.db import DB, close_pool, execute, fetch, fetch_row, start_pool, transaction
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.migrations import migrate
from app.lib.postgres import APP, OWNER, Postgres
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.settings import settings
from tests.live import run, speaking_to

DATABASE = "cohorte_rotation"
PEOPLE = 60
OLD = b64encode(bytes(range(100, 132))).decode()
NEW = b64encode(bytes(range(200, 232))).decode()
LOOKUP = b64encode(bytes(range(50, 82))).decode()


def keys(current: str, **held: str) -> str:
    return json.dumps({"current": current, "keys": held, "lookup": LOOKUP})


@pytest.fixture
def alone(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A database of this test's own, under the key `old`; what a process there has in its environment."""
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        link.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    environment = {
        "DATABASE_URL": server.dsn(APP, DATABASE),
        "MIGRATION_DATABASE_URL": server.dsn(OWNER, DATABASE),
        "IDENTITY_KEYS": keys("old", old=OLD),
    }
    use(monkeypatch, **environment)
    run(migrate(settings()))
    with speaking_to(environment["DATABASE_URL"]):
        yield environment
    monkeypatch.undo()  # all that the test changed after this too, before anybody reads the settings again
    settings.cache_clear()
    ring.cache_clear()


def use(patch: pytest.MonkeyPatch, **changed: str) -> None:
    """As if every process had been started anew with these settings."""
    for name, value in changed.items():
        patch.setenv(name, value)
    settings.cache_clear()
    ring.cache_clear()


async def _fill(first: int, number: int) -> list[str]:
    names = []
    for one in range(first, first + number):
        names.append(f"Given{one}")
        await opening.create_account(
            NOBODY,
            NewAccount(kind=Kind.PATIENT, email=f"one{one}@example.org", given_name=names[-1], family_name="Dupont"),
            at=clock.now(),
        )
    return names


async def _names() -> list[str]:
    """Opens every account, as a page would."""
    rows = await fetch("SELECT id FROM account")
    found = await queries.names_of([row["id"] for row in rows])
    assert all([await queries.get_email(row["id"]) for row in rows])
    return sorted(name.split()[0] for name in found.values())


async def _work_meanwhile(until: asyncio.Event) -> tuple[int, list[str]]:
    """Reads everybody, opens accounts and changes sealed columns until the rotation is over."""
    reads, made = 0, []
    while not until.is_set():
        await _names()
        made += await _fill(1000 + reads, 1)
        async with transaction():
            row = await fetch_row("SELECT id, data_key FROM account ORDER BY random() LIMIT 1 FOR UPDATE")
            key = ring().open(row["data_key"], row["id"])
            sealed = key.seal("Durand", row["id"], "account.family_name")
            await execute("UPDATE account SET family_name = $2 WHERE id = $1", row["id"], sealed)
        reads += 1
    return reads, made


async def _rotate_under_load() -> tuple[dict[str, int], int, list[str]]:
    DB.pool = None
    await start_pool(2, 6)
    try:
        over = asyncio.Event()
        workers = [asyncio.create_task(_work_meanwhile(over)) for _ in range(1)]
        await asyncio.sleep(0.2)
        done: dict[str, int] = dict.fromkeys(await tables(), 0)
        while found := await rewrap_batch("account", 7, at=clock.now()):  # small steps, so that others come between
            done["account"] += found
            await asyncio.sleep(0.01)
        for table, rows in (await rotate_all()).items():
            done[table] += rows
        over.set()
        [(reads, made)] = await asyncio.gather(*workers)
        return done, reads, made
    finally:
        await close_pool()


def test_keys_rotate_while_people_work_and_the_old_one_goes(alone, monkeypatch):
    names = run(_fill(0, PEOPLE))
    patient = NewPatient(given_names="Paul", family_name="Lambert", birth_date=date(1980, 5, 12), sex="male")
    run(create_patient(run(_somebody()), patient, at=clock.now()))
    assert run(rows_by_key())["account"] == {"old": PEOPLE}
    assert run(rows_by_key())["patient"] == {"old": 1}

    use(monkeypatch, IDENTITY_KEYS=keys("new", old=OLD, new=NEW))
    done, reads, made = run(_rotate_under_load())

    assert reads >= 1
    assert done["account"] == PEOPLE
    assert done["patient"] == 1
    under = run(rows_by_key())
    assert under["account"] == {"new": PEOPLE + len(made)}
    assert {name for counts in under.values() for name in counts} == {"new"}
    use(monkeypatch, IDENTITY_KEYS=keys("new", new=NEW))
    assert run(_names()) == sorted(names + made)
    counted = run(fetch("SELECT details FROM audit_event WHERE action = 'keys.rotated' ORDER BY id"))
    events = [json.loads(row["details"]) for row in counted]
    assert sum(event["rows"] for event in events if event["table"] == "account") == PEOPLE
    assert {event["key"] for event in events} == {"new"}
    assert run(rotate_all()) == dict.fromkeys(done, 0)


async def _somebody() -> Actor:
    """Of a new centre, and may make a patient there."""
    centre = new_id()
    await execute(
        "INSERT INTO organisation (id, code, name, city, kind, time_zone, phone, created_at)"
        " VALUES ($1, 'TST', 'Centre', 'Lyon', 'expert_centre', 'Europe/Paris', '', $2)",
        centre,
        clock.now(),
    )
    return Actor(new_id(), Role.PRACTITIONER, organisation=centre)


async def _held_meanwhile() -> int:
    """Somebody holds a row: the rest goes first, and that one when it is let go."""
    await start_pool(2, 4)
    try:
        held, let_go = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with transaction():
                await fetch("SELECT FROM account ORDER BY id LIMIT 1 FOR UPDATE")
                held.set()
                await let_go.wait()

        holding = asyncio.create_task(hold())
        await held.wait()
        rotating = asyncio.create_task(rotate_all())
        await asyncio.sleep(0.3)
        assert not rotating.done()
        assert (await rows_by_key())["account"] == {"old": 1, "new": 4}
        let_go.set()
        await holding
        return (await rotating)["account"]
    finally:
        await close_pool()


def test_a_row_that_somebody_holds_is_waited_for_last(alone, monkeypatch):
    run(_fill(0, 5))
    use(monkeypatch, IDENTITY_KEYS=keys("new", old=OLD, new=NEW))

    assert run(_held_meanwhile()) == 5


def test_a_worker_with_older_settings_does_not_do_it(alone):
    with pytest.raises(OtherKey):
        run(rotate_keys(key="new"))


def cohorte(alone: dict[str, str], *words: str, **changed: str) -> tuple[int, str]:
    told = subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        env=os.environ | alone | changed,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in told.stderr, told.stderr
    return told.returncode, told.stdout


def test_the_operator_sees_when_an_old_key_may_go(alone):
    run(_fill(0, 3))
    both = {"IDENTITY_KEYS": keys("new", old=OLD, new=NEW)}

    code, said = cohorte(alone, "keys", "status", **both)
    assert code == 0
    assert "old: 3 rows; keep it" in said
    assert cohorte(alone, "keys", "rotate", **both) == (
        0,
        "The worker puts every row under 'new'. `cohorte keys status` says how far it is.\n",
    )
    [job] = run(fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'accounts:rotate_keys'"))
    assert json.loads(job["args"]) == {"key": "new"}
    code, said = cohorte(alone, "keys", "rotate", "--here", **both)
    assert (code, said.splitlines()[0].split()) == (0, ["account", "3"])
    code, said = cohorte(alone, "keys", "status", **both)
    assert "old: no row; it may leave" in said


def test_a_key_that_was_taken_away_too_early_is_named(alone):
    run(_fill(0, 2))
    without = {"IDENTITY_KEYS": keys("new", new=NEW)}

    code, said = cohorte(alone, "keys", "status", **without)
    assert code == 1
    assert "old: 2 rows, and it is NOT in IDENTITY_KEYS" in said
    code, said = cohorte(alone, "check-config", **without)
    assert (code, said) == (1, "IDENTITY_KEYS lacks the key 'old', under which rows are sealed: put it back.\n")
