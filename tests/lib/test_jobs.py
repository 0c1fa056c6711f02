"""The queue: what we write is what procrastinate would have written, and nothing deferred is ever lost."""

import asyncio
import importlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job

from app import worker
from app.lib import jobs
from app.lib.db import DB, Transaction, fetch_value, transaction
from app.lib.ids import new_id
from app.lib.retrying import FOR_A_DAY

APP = Path(worker.__file__).parent
DECLARED = {
    name: job
    for path in sorted({*APP.rglob("actions.py"), *APP.rglob("actions/*.py")})
    for job in vars(importlib.import_module(".".join(("app", *path.relative_to(APP).with_suffix("").parts)))).values()
    if isinstance(job, jobs.Job)
    for name in [job.name]
}

SLOW = """
import asyncio, sys
from procrastinate import App, PsycopgConnector
queue = App(connector=PsycopgConnector(conninfo=sys.argv[1]))
@queue.task(name="tests:slow", queue="tests")
async def slow(name):
    print("begun", flush=True)
    await asyncio.sleep(60)
async def main():
    async with queue.open_async():
        await queue.run_worker_async(queues=["tests"], update_heartbeat_interval=1)
asyncio.run(main())
"""


@pytest.fixture
async def queue(database):
    """A queue of our own on the test database, emptied afterwards."""
    own = App(connector=PsycopgConnector(conninfo=database))
    async with own.open_async():
        yield own
        await own.connector.execute_query_async("DELETE FROM procrastinate_jobs WHERE queue_name = 'tests'")


@pytest.fixture(scope="module")
def built():
    """The worker's queue. Built once, as a process does: a blueprint that joins a queue takes its name along."""
    return worker.build("postgresql://")


def test_every_declared_job_has_a_handler_on_its_queue(built):
    tasks = built.tasks

    assert {name: job.queue for name, job in DECLARED.items()} == {
        name: tasks[name].queue for name in DECLARED if name in tasks
    }
    assert {"accounts:mail_code", "responses:score", "alerts:mail"} <= set(DECLARED)


def test_every_job_is_tried_again(built):
    others = {name: task.retry_strategy for name, task in built.tasks.items() if task.retry_strategy != worker.AGAIN}
    assert all(strategy == FOR_A_DAY for strategy in others.values())
    assert set(others) == {
        "accounts:mail_reset_asked",
        "accounts:mail_reset_link",
        "accounts:tell_former_address",
        "accounts:tell_owner",
        "accounts:text_owner",
        "affiliations:answer",
        "affiliations:ask_network",
        "affiliations:tell",
        "alerts:mail",
        "break_glass:tell_centre",
        "consents:make_copy",
        "consents:tell_team",
        "invitations:mail_invitation",
        "patient_invitations:mail_patient_invitation",
        "proxies:tell_of_majority",
        "trials:tell_signer",
    }


def test_the_mail_of_an_alert_is_tried_for_a_day(built):
    strategy = built.tasks["alerts:mail"].retry_strategy
    tried = [datetime.now(UTC)]
    for attempts in range(40):
        job = Job(id=1, queue="mail", lock=None, queueing_lock=None, task_name="alerts:mail", attempts=attempts)
        decision = strategy.get_retry_decision(exception=OSError(), job=job)
        if decision is None:
            break
        tried.append(tried[-1] + (decision.retry_at - datetime.now(UTC)))

    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert len(tried) == 20
    assert waits[0] < timedelta(minutes=1)
    assert max(waits) < timedelta(hours=3)
    assert timedelta(hours=22) < tried[-1] - tried[0] < timedelta(hours=26)


def test_upkeep_runs_by_itself(built):
    periodic = built.periodic_registry.periodic_tasks

    assert {task.task.name for task in periodic.values()} >= {
        "accounts:forget_old_sign_ins",
        "upkeep:forget_finished",
        "upkeep:retry_stalled",
    }


async def test_the_row_we_write_is_procrastinates_own(queue, database):
    name = str(new_id())
    async with Transaction(DB):
        await jobs.defer(jobs.Job("tests:slow", "tests"), lock=f"lock:{name}", name=name)
    await queue.configure_task("tests:slow", queue="tests", lock=f"lock:{name}").defer_async(name=name)

    columns = "queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts"
    with psycopg.connect(database) as link:
        ours, theirs = link.execute(
            f"SELECT {columns} FROM procrastinate_jobs WHERE lock = %s ORDER BY id", [f"lock:{name}"]
        ).fetchall()
    assert ours == theirs


async def test_a_job_exists_only_if_the_transaction_commits(db):
    name = str(new_id())

    async def half_way() -> None:
        async with transaction():
            await jobs.defer(jobs.Job("tests:slow", "tests"), name=name)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await half_way()

    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'name' = $1", name) == 0


async def test_deferring_outside_a_transaction_is_refused(database):
    with pytest.raises(RuntimeError, match="inside a transaction"):
        await jobs.defer(jobs.Job("tests:slow", "tests"), name="nobody")


async def test_what_a_killed_worker_was_doing_is_done_by_the_next(queue, database):
    name, done = str(new_id()), []
    await queue.configure_task("tests:slow", queue="tests").defer_async(name=name)
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", SLOW, database, stdout=subprocess.PIPE)
    try:
        assert await killed.stdout.readline() == b"begun\n"
    finally:
        killed.kill()
        await killed.communicate()

    before = await worker.take_up_stalled(queue)
    # The clock is moved instead of waiting for three missed heartbeats.
    await queue.connector.execute_query_async(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '16 seconds'"
    )
    after = await worker.take_up_stalled(queue)

    @queue.task(name="tests:slow", queue="tests")
    async def quick(name: str) -> None:
        done.append(name)

    await queue.run_worker_async(queues=["tests"], wait=False, install_signal_handlers=False)
    assert (before, after, done) == (0, 1, [name])
