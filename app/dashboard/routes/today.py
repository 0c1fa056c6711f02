"""The team's first page: alerts, what came in, what is late, what the team has to fill in."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.alerts.actions import note_seen
from app.alerts.queries import list_open_alerts
from app.consents import wording as consent_words
from app.consents.queries import list_news
from app.dashboard import queries
from app.dashboard.actions import note_day
from app.dashboard.routes.parts import AnyRequest, words
from app.dashboard.visits.queries import list_due
from app.lib import clock, i18n, pages
from app.patients.asks.queries import count_for_centre
from app.patients.queries import patients_by_id
from app.questionnaires.library import library
from app.trials import wording as trial_words
from app.trials.sites.queries import told_of
from app.trials.visits import wording as visit_words


@get("/today", opt=requires(Permission.TODAY_READ))
async def show_today(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Alerts come first. That they were shown to this person is written down."""
    at = clock.now()
    today = clock.day_in(i18n.ZONE, at)
    alerts = await list_open_alerts(actor)
    received = await queries.list_received(actor, at)
    overdue, for_team = await queries.list_overdue(actor, today), await queries.list_for_team(actor, today)
    concerned = {one.patient for one in alerts} | {one.patient for one in received}
    opened = await queries.list_opened(actor, at)
    visits = await list_due(actor, today)
    concerned |= {one.visit.patient for one in visits}
    concerned |= {one.patient for one in (*overdue, *for_team)} | {one.patient for one in opened}
    told = await told_of(actor.organisation, None)
    consent_news = [one for one in await list_news(actor, at) if told(one.purpose)]
    concerned |= {one.patient for one in consent_news if not one.closed}
    await note_day(actor, {one.patient for one in alerts}, len(concerned), at=at)
    if alerts:
        await note_seen(actor, [one.id for one in alerts], at=at)
    flags = await queries.flagged_of(alerts, i18n.locale.get())
    return pages.page(
        request,
        "dashboard/today",
        flags=flags,
        names=await queries.names_behind(flags),
        received=received,
        outcomes=await queries.outcomes_of(received),
        overdue=overdue,
        for_team=for_team,
        questionnaires={one.questionnaire: library().find(one.questionnaire) for one in (*overdue, *for_team)},
        visits=visits,
        vw=visit_words,
        tw=trial_words,
        patients=await patients_by_id(concerned),
        consent_news=consent_news,
        consent_words=consent_words,
        requests=await count_for_centre(actor),
        opened=opened,
        openers=await names_of({one.account for one in opened}),
        **words(),
    )
