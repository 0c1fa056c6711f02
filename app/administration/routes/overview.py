"""The first page of administration: what waits, and how much there is."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.administration.queries import overview
from app.lib import clock, i18n, pages


@get("/administration", opt=requires(Permission.ADMINISTRATION_READ))
async def show_overview(actor: NamedDependency[Actor]) -> Response[Any]:
    """Of the centre one acts in; of the whole network for those who look after it."""
    at = clock.now()
    day, network = clock.day_in(i18n.ZONE, at), actor.role is Role.SUPERADMIN
    centre = None if network else actor.organisation
    counts = await overview.count_all(centre, day, at)
    waiting = await overview.count_waiting(centre, day, at)
    page = pages.render("administration/overview.html", counts=counts, waiting=waiting, network=network)
    return pages.html(page)


HANDLERS: list[Any] = [show_overview]
