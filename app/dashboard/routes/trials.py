"""`/trials`: the trials of the network, and each as a page to read: what it is, where it is open, what it asks."""

from contextlib import suppress
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import organisations_by_id
from app.dashboard.trials.model import Stand, asked_by, stand_of
from app.lib import clock, i18n, pages
from app.questionnaires.library import library
from app.trials import protocol_wording as wording
from app.trials.applying.queries import applied_versions
from app.trials.library import Applied, all_trials, find_trial
from app.trials.model import Site
from app.trials.queries import sites_of_trial
from app.trials.sites.queries import every_site

READ = requires(Permission.TRIAL_READ)
ORDER = ("here", "open", "elsewhere", "nowhere", "closed")


@get("/trials", opt=READ)
async def list_trials(actor: NamedDependency[Actor]) -> Response[Any]:
    """Those open in the reader's centre first."""
    sites = await every_site()
    found = [(one, _stand(actor, one, [site for site in sites if site.trial == one.id])) for one in await all_trials()]
    found.sort(key=lambda one: (ORDER.index(one[1].where), wording.own(one[0].trial.file.title).casefold()))
    return pages.html(pages.render("dashboard/trials.html", trials=found, w=wording))


def _stand(actor: Actor, applied: Applied, sites: list[Site]) -> Stand:
    return stand_of(sites, actor.organisation, _today(), closed=applied.closed_at is not None)


def _today() -> date:
    return clock.day_in(i18n.ZONE, clock.now())


@get("/trials/{trial_key:str}", opt=READ)
async def show_trial(actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """The protocol that is followed now."""
    applied = await _known(trial_key)
    sites = await sites_of_trial(applied.id)
    page = pages.render(
        "dashboard/trial.html",
        applied=applied,
        trial=applied.trial,
        stand=_stand(actor, applied, sites),
        sites=[(one, one.state(_today())) for one in sites],
        centres=await organisations_by_id({one.organisation for one in sites}),
        versions=dict(await applied_versions(applied.id)),
        titles=_titles(applied),
        asked_by=asked_by,
        w=wording,
    )
    return pages.html(page)


async def _known(key: str) -> Applied:
    found = await find_trial(key)
    if found is None:
        raise NotFoundException
    return found


def _titles(applied: Applied) -> dict[str, str]:
    """What the questionnaires of a trial are called; one that the library holds no more is left out."""
    every = (module for modules in applied.trial.modules.values() for module in modules)
    found = {}
    for key in {use.key for module in every for use in module.questionnaires}:
        with suppress(KeyError):
            found[key] = wording.own(library().find(key).file.title)
    return found


HANDLERS: list[Any] = [list_trials, show_trial]
