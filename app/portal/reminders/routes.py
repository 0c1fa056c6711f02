"""`/me/reminders`: what one will be reminded of, and putting it off: until tomorrow, for three days, for good."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.lib import clock, pages
from app.lib.errors import Refused
from app.portal.reminders.queries import coming_reminders
from app.trials.reminders import wording
from app.trials.reminders.actions.snoozing import snooze
from app.trials.reminders.model import Until
from app.trials.reminders.queries import scope_of_own_reminder

HERE = "/me/reminders"
READ = requires(Permission.HOME_READ)
MINE = requires(Permission.ACCOUNT_OWN, "own_reminder_id", scope_of_own_reminder)
AnyRequest = Request[Any, Any, Any]


@get(HERE, opt=READ)
async def show_reminders(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    page = pages.render(
        "portal/reminders.html",
        reminders=await coming_reminders(actor, clock.now()),
        rw=wording,
        done=wording.done_words(done),
    )
    return pages.html(page)


@post(f"{HERE}/{{own_reminder_id:uuid}}", opt=MINE)
async def put_off(request: AnyRequest, actor: NamedDependency[Actor], own_reminder_id: FromPath[UUID]) -> Response[Any]:
    """About the visit that this reminder is about, whatever became of the reminder itself meanwhile."""
    chosen = (await request.form()).get("until", "")
    if chosen not in set(Until):
        raise Refused("reminder.too_late")
    await snooze(actor, granted(request).visit, Until(chosen), at=clock.now())
    return Redirect(f"{HERE}?done={chosen}", status_code=303)


HANDLERS: list[Any] = [show_reminders, put_off]
