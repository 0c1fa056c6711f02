"""The durability drill: whatever is killed while people answer, nothing that was acknowledged is lost."""

import asyncio
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.accounts.actions import opening, places
from app.accounts.model import Kind, NewAccount, NewPlace
from app.accounts.organisations.actions import create_organisation
from app.accounts.organisations.model import Details
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.queries import find_assignment
from app.audit.actions import NOBODY
from app.cli.local import free_port
from app.lib import clock
from app.lib.db import fetch, fetch_value, transaction
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.questionnaires.library import library
from app.responses.actions import open_response
from tests import people as cast
from tests.durability.clients import ITEMS, SAVES, Client, Log, client
from tests.live import run, speaking_to
from tests.whole import Run

CLIENTS = 8
RESPONSES = 200
KILLED_AFTER = {"app.cli worker": 0.2, "app.cli web": 0.4, "bin/postgres -D": 0.6}
"""Which process is killed once what part of all answers has been acknowledged."""
SCORED_WITHIN = 45.0


@pytest.fixture
def product() -> Iterator[Run]:
    """`cohorte run` with its own database, fsync on, and the keys of this process."""
    with tempfile.TemporaryDirectory(prefix="cohorte-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # for the account that runs PostgreSQL when we are root
        keys = {name: os.environ[name] for name in ("SECRET_KEY", "IDENTITY_KEYS")}
        run = Run(folder, free_port(), keys | {"COHORTE_ENV": "test"})
        run.start()
        yield run
        run.stop()


@pytest.mark.capability("E15")
@pytest.mark.capability("R8")
def test_nothing_acknowledged_is_lost_when_everything_is_killed(product: Run) -> None:
    dsn = product.environment_of("app.cli web")["DATABASE_URL"]
    log = Log()
    with speaking_to(dsn):
        assert run(_setting("fsync")) == run(_setting("synchronous_commit")) == "on"
        given = run(_prepare())
        killed_at = run(_drill(product, given, log))
        assert len(log.saved) == RESPONSES * SAVES
        assert sorted(log.sent) == sorted(one for _, responses in given for one in responses)
        assert list(killed_at) == list(KILLED_AFTER)
        assert max(killed_at.values()) < RESPONSES * SAVES
        _check_answers(log, run(_kept()))
        _wait_for_scores(product)
        _check_scores(log, run(_scores()))
    assert product.said.count("(signal SIGKILL)") >= len(KILLED_AFTER)
    print(f"acknowledged {len(log.saved)} answers, sent {len(log.sent)}, asked again {log.tried_again} times")  # noqa: T201


async def _setting(name: str) -> str:
    value: str = await fetch_value(f"SHOW {name}")
    return value


async def _prepare() -> list[tuple[cast.Person, list[UUID]]]:
    """Eight patients, each with as many opened questionnaires as they will answer."""
    at = clock.now()
    centre = await create_organisation(NOBODY, Details(code="LYO", name="Centre expert", city="Lyon"), at=at)
    new = NewAccount(kind=Kind.PROFESSIONAL, email="doctor@example.org", given_name="Anne", family_name="Roux")
    account = await opening.create_account(NOBODY, new, at=at)
    await opening.note_training(NOBODY, account, date(2100, 1, 1), at=at)
    await places.add_membership(NOBODY, account, NewPlace(centre, "psychiatrist"), since=cast.SINCE, at=at)
    doctor = await cast.signed_in(account, new.email)
    return [await _patient(doctor, centre, number) for number in range(CLIENTS)]


async def _patient(doctor: cast.Person, centre: UUID, number: int) -> tuple[cast.Person, list[UUID]]:
    at = clock.now()
    born = date(1980, 5, 12)
    async with transaction():
        person = NewPatient(given_names="Paul", family_name=f"Lambert {number}", birth_date=born, sex="male")
        patient = await create_patient(doctor.actor, person, at=at)
        email = f"paul{number}@example.org"
        own = NewAccount(kind=Kind.PATIENT, email=email, given_name="Paul", family_name="Lambert")
        account = await opening.create_account(NOBODY, own, at=at)
        await places.link_patient(NOBODY, account, patient, "self", since=cast.SINCE, at=at)
        signed_in = await cast.signed_in(account, email)
        opened = []
        for _ in range(RESPONSES // CLIENTS):
            asked = NewAssignment(
                patient=patient, questionnaire="phq9", answered_by="patient", organisation=centre, opens_on=at.date()
            )
            assignment = await find_assignment(await assign_questionnaire(doctor.actor, asked, at=at))
            assert assignment is not None
            opened.append(await open_response(signed_in.actor, assignment, "en", at=at))
    return signed_in, opened


async def _drill(product: Run, given: list[tuple[cast.Person, list[UUID]]], log: Log) -> dict[str, int]:
    """Everybody answers while one process after the other is killed; how much was acknowledged at each kill."""
    url = f"http://localhost:{product.port}"
    clients = [client(url, person, responses, log, seed) for seed, (person, responses) in enumerate(given)]
    everybody = asyncio.gather(*(one.answer_everything() for one in clients))
    killed_at = {}
    for words, part in KILLED_AFTER.items():
        while len(log.saved) < part * RESPONSES * SAVES:
            if everybody.done():
                await everybody
            await asyncio.sleep(0.01)
        killed_at[words] = len(log.saved)
        os.kill(product.pid_of(words), signal.SIGKILL)
    await everybody
    await _leave(clients)
    return killed_at


async def _leave(clients: list[Client]) -> None:
    for one in clients:
        await one.http.aclose()


async def _kept() -> dict[tuple[UUID, str], list[Any]]:
    """Every value of every answer by response and item, the oldest first, the current one last."""
    rows = await fetch(
        """SELECT response, item, value, version, false AS current FROM answer_history
           UNION ALL SELECT response, item, value, version, true FROM answer ORDER BY current, version"""
    )
    kept: dict[tuple[UUID, str], list[Any]] = {}
    for row in rows:
        kept.setdefault((row["response"], row["item"]), []).append((row["version"], json.loads(row["value"])))
    return kept


def _check_answers(log: Log, kept: dict[tuple[UUID, str], list[Any]]) -> None:
    """Value by value: version n is the nth value acknowledged, and the last acknowledged is the current one."""
    assert set(kept) == {(response, item) for response, item, _ in log.saved}
    wrong = []
    for (response, item), versions in kept.items():
        told = list(enumerate(log.values(response, item), start=1))
        if versions != told:
            wrong.append((response, item, versions, told))
    assert wrong == []


async def _scores() -> list[Any]:
    return await fetch("SELECT response, score_id, value, stale FROM score WHERE superseded_at IS NULL")


def _wait_for_scores(product: Run) -> None:
    end = time.monotonic() + SCORED_WITHIN
    while len(run(_scores())) < RESPONSES and time.monotonic() < end:
        assert product.process.poll() is None, product.said
        time.sleep(0.5)


def _check_scores(log: Log, scores: list[Any]) -> None:
    """Exactly one current score for each score of each response, of the value that its answers make."""
    ids = [one.id for one in library().find("phq9").scores]
    wanted = sorted((response, one) for response in log.sent for one in ids)
    assert sorted((row["response"], row["score_id"]) for row in scores) == wanted
    for row in scores:
        total = sum(log.values(row["response"], item)[-1] for item in ITEMS)
        assert (json.loads(row["value"]), row["stale"]) == (total, False)
