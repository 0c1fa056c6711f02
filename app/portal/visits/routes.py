"""`/visits`: the visits of trials of oneself and of those whose record one may look at, in plain words."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from app.access.guard import requires
from app.access.policy import Actor, Permission, may
from app.access.rights import Right
from app.accounts.queries import organisations_by_id
from app.lib import clock, i18n, pages
from app.patients.queries import patients_by_id
from app.portal.visits import wording
from app.portal.visits.queries import visits_for
from app.questionnaires.library import library

HERE = "/visits"


@get(HERE, opt=requires(Permission.OWN_RECORD))
async def show_own(actor: NamedDependency[Actor]) -> Response[Any]:
    """What is to come and what was, for each person."""
    today = clock.day_in(i18n.ZONE, clock.now())
    known = await patients_by_id([one for one in actor.patients if may(actor, one, Right.VIEW)])
    people = sorted(known.values(), key=lambda one: (one.id in actor.proxy_for, one.full_name))
    lists = [(one, await visits_for(one.id, today)) for one in people]
    every = [line for _, visits in lists for line in (*visits.coming, *visits.past)]
    page = pages.render(
        "portal/visits.html",
        lists=lists,
        proxied=actor.proxy_for,
        centres=await organisations_by_id({line.visit.organisation for line in every}),
        questionnaires={key: library().find(key) for line in every for key in line.asked},
        v=wording,
    )
    return pages.html(page)


HANDLERS: list[Any] = [show_own]
