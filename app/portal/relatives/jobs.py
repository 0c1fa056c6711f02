"""What the worker does when patients come of age. Reads the day and calls one action for each."""

from procrastinate import Blueprint

from app.accounts.proxies import actions, queries
from app.consents.actions.settling import note_majority
from app.lib import clock
from app.lib.i18n import ZONE

tasks = Blueprint()


# Rights pause by themselves, at midnight; this tells everybody, early in the morning, and again if a run was missed.
@tasks.periodic(cron="23 4,5,6 * * *")
@tasks.task(name="note_majorities", queue="upkeep", pass_context=False)
async def note_majorities(timestamp: int) -> None:
    at = clock.now()
    today = clock.day_in(ZONE, at)
    for patient in await queries.list_newly_of_age(today):
        # What others consented to for a child first: it may be done twice, telling may not.
        await note_majority(patient, at=at)
        await actions.note_majority(patient, today=today, at=at)
