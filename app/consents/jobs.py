"""What the worker does about consents. Each reads its arguments and calls actions."""

from uuid import UUID

from procrastinate import Blueprint

from app.accounts.queries import list_team_addresses
from app.audit.actions import WORKER
from app.consents import queries
from app.consents.actions import copying, deciding, settling, telling
from app.consents.rendering import texts_in_use
from app.lib import clock
from app.lib.i18n import ZONE
from app.lib.retrying import FOR_A_DAY

tasks = Blueprint()


@tasks.task(name="make_copy", queue=deciding.COPY.queue, retry=FOR_A_DAY)
async def make_copy(consent: str) -> None:
    await copying.make_copy(UUID(consent), at=clock.now())


# Each night: what a store or a browser that was down for longer than the job comes back left without its copy.
@tasks.periodic(cron="40 3 * * *")
@tasks.task(name="make_missing_copies", queue="upkeep", pass_context=False)
async def make_missing_copies(timestamp: int) -> None:
    """Make the copy of every form in force that has none. One that cannot be made keeps no other from it."""
    failures = []
    for consent in await queries.list_uncopied():
        try:
            await copying.make_copy(consent, at=clock.now())
        except Exception as failure:  # the next night tries again
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some copies were not made", failures)


@tasks.task(name="tell_team", queue=telling.TELL_TEAM.queue, retry=FOR_A_DAY)
async def tell_team(consent: str) -> None:
    """Tell every practitioner of the centres that follow the person. One bad address keeps nobody else from knowing."""
    form = UUID(consent)
    people = {one[0]: one for one in await list_team_addresses(await queries.followers_of_form(form))}
    failures = []
    for account in sorted(await queries.list_unmailed(form, people, telling.TEAM)):
        try:
            await telling.tell_by_mail(form, people[account], at=clock.now())
        except Exception as failure:  # the job comes back for those who remain
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some of the team were not told", failures)


# Each hour, a little after it: wherever midnight is, what it changes counts soon after.
@tasks.periodic(cron="2 * * * *")
@tasks.task(name="settle_due", queue="upkeep", pass_context=False)
async def settle_due(timestamp: int) -> None:
    """What the passing of a day changes: a child came of age, a renewed text was not said yes to in time."""
    at = clock.now()
    await texts_in_use()
    failures = []
    for patient in await queries.list_due(clock.day_in(ZONE, at)):
        try:
            await settling.settle(patient, by=WORKER, at=at)
        except Exception as failure:  # nobody else waits for what is wrong with one record
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some records were not settled", failures)
