"""Taking up an alert. Where alerts are shown is the dashboard's business."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.alerts import actions, queries
from app.alerts.model import tidy_note
from app.lib import clock, pages

ACKNOWLEDGE = requires(Permission.ALERT_ACKNOWLEDGE, "alert_id", queries.scope_of_alert)


@get("/alerts/{alert_id:uuid}/acknowledge", opt=ACKNOWLEDGE)
async def show_acknowledging(request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """The same form as a page of its own, for whoever reloads or changes the language after a refusal."""
    alert = await queries.get_alert(alert_id)
    back = f"/patients/{alert.patient}"
    if not alert.is_open:
        return Redirect(back, status_code=303)
    return pages.page(request, "alerts/acknowledge", alert_id=alert_id, note="", refused=False, back=back)


@post("/alerts/{alert_id:uuid}/acknowledge", opt=ACKNOWLEDGE)
async def acknowledge(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], alert_id: FromPath[UUID]
) -> Response[Any]:
    """The button of the red frame; comes back to the page it stood on."""
    form = await request.form()
    back, note = pages.local_path(form.get("next"), "/today"), str(form.get("note", ""))
    kept = tidy_note(note)
    if kept is None:
        return pages.page(
            request, "alerts/acknowledge", status=422, alert_id=alert_id, note=note, refused=True, back=back
        )
    await actions.acknowledge_alert(actor, alert_id, kept, at=clock.now())
    return Redirect(back, status_code=303)


HANDLERS = [show_acknowledging, acknowledge]
