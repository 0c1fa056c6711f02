"""Composition root of the worker process: which jobs it runs, how it tries again, what it keeps tidy."""

import asyncio
import logging
import sys

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy

from app.accounts import jobs as accounts
from app.accounts.addresses import jobs as addresses
from app.accounts.break_glass import jobs as break_glass
from app.accounts.invitations import jobs as invitations
from app.accounts.lending import jobs as lending
from app.accounts.proxies import jobs as proxies
from app.accounts.resets import jobs as resets
from app.accounts.rotation import jobs as rotation
from app.accounts.sign_up import jobs as sign_up
from app.alerts import jobs as alerts
from app.audit import jobs as audit
from app.biology.imports import jobs as biology
from app.consents import jobs as consents
from app.files import jobs as files
from app.lib import db, scrubbing
from app.patients.affiliations import jobs as affiliations
from app.patients.asks import jobs as asks
from app.patients.identity import jobs as identity
from app.patients.invitations import jobs as patient_invitations
from app.patients.matching import jobs as matching
from app.portal.relatives import jobs as relatives
from app.questionnaires.library import library
from app.responses import jobs as responses
from app.settings import settings
from app.trials import hearing
from app.trials import jobs as trials
from app.trials.checks import hearing as hearing_checks
from app.trials.reminders import hearing as hearing_reminders
from app.trials.reminders import jobs as reminders
from app.trials.signing import hearing as hearing_signing
from app.trials.signing import jobs as signing

HEARS = (hearing, hearing_checks, hearing_reminders, hearing_signing)
"""What wants to know of things below is imported, and so hears."""
AT_ONCE = 4
HEARTBEAT = 5.0
STALLED_AFTER = 15.0  # three heartbeats missed: the process is gone
FINISHED_KEPT = 7 * 24  # hours
UPKEEP_KEPT = 1
GRACE = 4.0  # what is cut off is taken up again

# 3 s, 9 s, 27 s … the eighth try comes within two hours of the first.
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


def build(database_url: str) -> App:
    """The queue with every job of every package, none of which is given up at its first failure."""
    queue = App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=AT_ONCE + 2))
    queue.add_tasks_from(accounts.tasks, namespace="accounts")
    queue.add_tasks_from(addresses.tasks, namespace="accounts")
    queue.add_tasks_from(resets.tasks, namespace="accounts")
    queue.add_tasks_from(rotation.tasks, namespace="accounts")
    queue.add_tasks_from(lending.tasks, namespace="accounts")
    queue.add_tasks_from(invitations.tasks, namespace="invitations")
    queue.add_tasks_from(break_glass.tasks, namespace="break_glass")
    queue.add_tasks_from(sign_up.tasks, namespace="sign_up")
    queue.add_tasks_from(affiliations.tasks, namespace="affiliations")
    queue.add_tasks_from(asks.tasks, namespace="asks")
    queue.add_tasks_from(proxies.tasks, namespace="proxies")
    queue.add_tasks_from(relatives.tasks, namespace="relatives")
    queue.add_tasks_from(patient_invitations.tasks, namespace="patient_invitations")
    queue.add_tasks_from(responses.tasks, namespace="responses")
    queue.add_tasks_from(alerts.tasks, namespace="alerts")
    queue.add_tasks_from(biology.tasks, namespace="biology")
    queue.add_tasks_from(consents.tasks, namespace="consents")
    queue.add_tasks_from(files.tasks, namespace="files")
    queue.add_tasks_from(matching.tasks, namespace="patients")
    queue.add_tasks_from(identity.tasks, namespace="identity")
    queue.add_tasks_from(trials.tasks, namespace="trials")
    queue.add_tasks_from(reminders.tasks, namespace="reminders")
    queue.add_tasks_from(signing.tasks, namespace="trials")
    _add_upkeep(queue)
    for task in queue.tasks.values():
        task.retry_strategy = task.retry_strategy or AGAIN
    return queue


def _add_upkeep(queue: App) -> None:
    @queue.periodic(cron="* * * * * */10")
    @queue.task(name="upkeep:retry_stalled", queue="upkeep", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        await take_up_stalled(context.app)

    @queue.periodic(cron="41 * * * *")
    @queue.task(name="upkeep:forget_finished", queue="upkeep", pass_context=True)
    async def forget_finished(context: JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(nb_hours=UPKEEP_KEPT, queue="upkeep")
        await context.app.job_manager.delete_old_jobs(nb_hours=FINISHED_KEPT)


async def take_up_stalled(queue: App) -> int:
    """Queue again what a killed worker was doing; every job may run twice. How many there were."""
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    for job in stalled:
        await queue.job_manager.retry_job(job)
    return len(stalled)


async def work() -> None:
    """Run jobs until the process is told to stop, finishing those under way."""
    library()
    await db.start_pool(1, AT_ONCE + 1)
    queue = build(settings().database_url)
    stop = asyncio.Event()
    sealing = asyncio.create_task(audit.keep_sealing(stop))
    try:
        async with queue.open_async():
            await take_up_stalled(queue)
            await queue.run_worker_async(
                concurrency=AT_ONCE,
                listen_notify=True,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER,
                shutdown_graceful_timeout=GRACE,
            )
    finally:
        stop.set()
        await asyncio.wait([sealing])
        await db.close_pool()


def main() -> None:
    logging.basicConfig(
        stream=sys.stdout, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    scrubbing.install()
    asyncio.run(work())
