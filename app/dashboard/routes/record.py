"""One patient's record: the summary with its charts, and the questionnaires."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.break_glass.queries import list_openings
from app.accounts.queries import names_of
from app.alerts.actions import note_seen
from app.biology.queries import series_of
from app.dashboard import queries, series, timeline
from app.dashboard import wording as words_of_team
from app.dashboard.categories import TABS, Tab, tab_named
from app.dashboard.course import wording as course_words
from app.dashboard.graphic import wording as graphic_words
from app.dashboard.graphic.biology import lab_curve
from app.dashboard.graphic.choice import Choice, chosen_below
from app.dashboard.graphic.model import Curve, Mark, Span, span_named, within
from app.dashboard.graphic.treatments import treatment_rows
from app.dashboard.graphic.wording import drawings, measure_curve, score_curve
from app.dashboard.record import Record
from app.dashboard.routes.course import happened_to
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.visits.model import VisitLine
from app.dashboard.visits.queries import lines_of
from app.lib import clock, i18n, pages
from app.lib.watching import Watch, watch
from app.patients.actions import note_reading
from app.patients.contacts.queries import speakers_of
from app.patients.contacts.wording import speaker_words
from app.patients.queries import scope_of_patient
from app.questionnaires.library import library
from app.responses.model import Response as GivenResponse
from app.treatments import wording as treatment_words
from app.treatments.queries import current_of, periods_of
from app.trials.tablet.queries import said_on_tablets
from app.trials.tablet.wording import said_words

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
EVENTS = 15
DRUG_LEVELS = "drug-levels"


@get("/patients/{patient_id:uuid}", opt=READ)
async def show_summary(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    seen: FromQuery[str] = "",
    since: FromQuery[str] = "",
) -> Response[Any]:
    """Alerts, scores and treatments over time, latest results, what happened.

    An open page asks again with what it has `seen`. `chart`, `below` and `span` say what the graphic shows.
    """
    asked = request.query_params
    found = await record_of(patient_id)
    watching = _watch(found, since)
    if _unchanged(request, watching, seen):
        return Response(None, status_code=204)
    await _note(actor, found, "summary")
    today = clock.day_in(i18n.ZONE, clock.now())
    flags = await queries.flagged_of(found.open_alerts, i18n.locale.get())
    opened = await list_openings([patient_id])
    results = series.all_series(found.scores, library().find, queries.versions_comparable, _day)
    scales = series.scales(results)
    chosen = series.chosen_scale(scales, asked.get("chart", ""))
    shown = scales.get(chosen, [])
    measures = await _measures(actor, patient_id, scales, chosen)
    choice = Choice(chosen, chosen_below(asked.get("below", ""), measures), span_named(asked.get("span", "")))
    curves = [*map(score_curve, shown), *([measures[choice.below]] if choice.below in measures else [])]
    taken = treatment_rows(await periods_of(actor, patient_id))
    visits = await lines_of(actor, patient_id)
    marks = [*_visit_marks(visits), *_alert_marks(found)]
    drawn = drawings(within(curves, taken, marks, choice.span, today))
    past = await happened_to(actor, found)
    return pages.page(
        request,
        "dashboard/summary",
        record=found,
        here="summary",
        watching=watching,
        flags=flags,
        names=await queries.names_behind(flags),
        opened=opened,
        openers=await names_of({one.account for one in opened}),
        series=results,
        scales=scales,
        chosen=chosen,
        broken=any(words_of_team.broken(one) for one in shown),
        choice=choice,
        measures=measures,
        spans=list(Span),
        drawn=drawn,
        current=await current_of(actor, patient_id, today),
        t=treatment_words,
        g=graphic_words,
        planned=course_words.planned_visits(visits, today)
        + words_of_team.timeline_entries(timeline.planned(found.assignments, today), found.questionnaires, today),
        happened=course_words.entries(past[:EVENTS], today),
        more_happened=len(past) > EVENTS,
        partial=pages.is_partial(request),
        **words(),
    )


async def _measures(
    by: Actor, patient: UUID, scales: Mapping[str, Sequence[series.Series]], chosen: str
) -> dict[str, Curve]:
    """What may be drawn under a score, by the name that an address has for it: results of laboratories, and measures
    that questionnaires take."""
    # What is watched because of a treatment comes first, and is drawn unless something else is chosen.
    watched = sorted(await series_of(by, patient), key=lambda one: one.analyte.panel != DRUG_LEVELS)
    labs = [lab_curve(one) for one in watched]
    taken = [measure_curve(one) for key, several in scales.items() if key != chosen for one in several]
    return {one.id: one for one in (*labs, *(curve for curve in taken if curve.unit))}


def _visit_marks(visits: Sequence[VisitLine]) -> list[Mark]:
    return [Mark(one.visit.started_on, one.title) for one in visits if one.visit.started_on]


def _alert_marks(found: Record) -> list[Mark]:
    return [Mark(_day(one.raised_at), graphic_words.alert_mark()) for one in found.alerts]


def _day(at: Any) -> Any:
    return clock.day_in(i18n.ZONE, at)


def _watch(found: Record, since: str) -> Watch:
    return watch(found.fingerprint(), since, clock.now(), pending=bool(found.pending), waiting=bool(found.waiting))


def _unchanged(request: AnyRequest, watching: Watch, seen: str) -> bool:
    """Whether an open page asks, shows all there is, and should go on asking as it does."""
    return pages.is_partial(request) and watching.seen == seen and watching.every > 0


async def _note(actor: Actor, found: Record, page: str) -> None:
    """Write down who reads. A page that asks again and learns nothing new never comes here."""
    at = clock.now()
    await note_reading(actor, found.patient.id, page, at=at)
    if found.open_alerts and page == "summary":
        await note_seen(actor, [one.id for one in found.open_alerts], at=at)


@get("/patients/{patient_id:uuid}/questionnaires", opt=READ)
async def show_questionnaires(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    kind: FromQuery[str] = "",
    seen: FromQuery[str] = "",
    since: FromQuery[str] = "",
) -> Response[Any]:
    """What is asked, what the team has to fill in, what was received."""
    whole = await record_of(patient_id)
    watching = _watch(whole, since)
    if _unchanged(request, watching, seen):
        return Response(None, status_code=204)
    await _note(actor, whole, "questionnaires")
    tab = tab_named(kind)
    found = whole.within(tab)
    return pages.page(
        request,
        "dashboard/questionnaires",
        record=whole,
        found=found,
        here="questionnaires",
        watching=watching,
        tab=tab,
        counts=_counts(whole),
        authors=await _authors(found.sent),
        outcomes=await queries.outcomes_of(found.sent),
        partial=pages.is_partial(request),
        **words(),
    )


async def _authors(sent: list[GivenResponse]) -> dict[UUID, str]:
    """Who sent each: somebody close with what they were to the patient then."""
    said = [(one.id, one.patient, one.author, one.submitted_at or one.opened_at) for one in sent]
    named = {thing: speaker_words(who.name, who.kind) for thing, who in (await speakers_of(said)).items()}
    return named | {thing: said_words(one) for thing, one in (await said_on_tablets(sent)).items()}


def _counts(record: Record) -> dict[Tab | None, int]:
    """How many questionnaires each tab holds, asked or received."""
    held = [TABS[record.questionnaires[one.questionnaire].file.category] for one in record.waiting]
    held += [TABS[one.questionnaire.file.category] for one in record.sent]
    return {None: len(held), **{tab: held.count(tab) for tab in Tab}}
