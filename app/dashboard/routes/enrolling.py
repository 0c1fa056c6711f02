"""The trials of a record, and enrolling somebody: rules, consent, arm, and the calendar before anything is written."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.consents import wording as consent_words
from app.dashboard.contacts.queries import close_to
from app.dashboard.enrolling import queries
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.wording import name_of
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.queries import get_patient, scope_of_patient
from app.questionnaires.library import library
from app.trials import wording as trial_words
from app.trials.enrolling import wording
from app.trials.enrolling.actions import Joining, Screening, enrol, note_screening
from app.trials.enrolling.arms import is_drawn
from app.trials.enrolling.forms import NOTED, Fault, Faults, read_answers, read_joining, read_log
from app.trials.enrolling.model import Agreement, Judged, judge, shared_with
from app.trials.enrolling.queries import agreements_of, candidate, foresee
from app.trials.library import Applied, find_trial
from app.trials.queries import enrolments_of
from app.trials.visits import wording as visit_words
from app.trials.visits.queries import facts_of

READ = requires(Permission.ENROLMENT_READ, "patient_id", scope_of_patient)
ENROL = requires(Permission.ENROLMENT_CREATE, "patient_id", scope_of_patient)
HERE = "/patients/{patient_id:uuid}/trials"
ONE = f"{HERE}/{{trial_key:str}}/screening"
DONE = ("enrolled", "screened", "changed", "events", "ended", "reopened")


def whole(name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that has no parts to be asked for."""
    shown = {"e": wording, "tr": trial_words, "vw": visit_words, "c": consent_words, **words(), **context}
    return pages.html(pages.render(f"dashboard/{name}.html", **shown), status)


def day_now() -> date:
    return clock.day_in(i18n.ZONE, clock.now())


@get(HERE, opt=READ)
async def show_trials(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Each enrolment with its visits and what there is to do; who was considered and did not join."""
    at = clock.now()
    await note_reading(actor, patient_id, "trials", at=at)
    withheld = granted(request).withheld
    cards = await queries.cards_of(actor, patient_id, withheld)
    close = await close_to(actor, patient_id, at)
    return whole(
        "trials_of",
        record=await record_of(patient_id),
        here="trials",
        partial=False,
        cards=cards,
        considered=await queries.considered_for(actor, patient_id, withheld),
        done=done if done in DONE else "",
        reached=close.somebody_speaks or close.somebody_answers,
    )


@get(f"{HERE}/new", opt=ENROL)
async def choose_trial(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The trials that the reader's centre enrols in today."""
    await note_reading(actor, patient_id, "trials", at=clock.now())
    offers = await queries.offers_for(actor, patient_id, granted(request).withheld, day_now())
    return whole("enrol_choose", patient=await get_patient(patient_id), offers=offers)


async def _trial(actor: Actor, key: str) -> Applied:
    """A trial that the centre enrols in today; for any other there is no such page."""
    for one in await queries.open_trials(actor, day_now()):
        if one.key == key:
            return one
    if await find_trial(key) is None:
        raise NotFoundException
    raise Refused("trial.not_open")


@get(ONE, opt=ENROL)
async def show_screening(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], trial_key: FromPath[str]
) -> Response[Any]:
    """The rules, the consents, how the person joins, and the calendar that they would have."""
    await note_reading(actor, patient_id, "trials", at=clock.now())
    typed = {"included_on": day_now().isoformat(), "line": str(new_id())}
    return await _page(request, actor, patient_id, await _trial(actor, trial_key), typed)


async def _typed(request: AnyRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _page(
    request: AnyRequest,
    actor: Actor,
    patient: UUID,
    trial: Applied,
    typed: dict[str, str],
    faults: Faults | None = None,
) -> Response[Any]:
    today = day_now()
    there = next((one for one in await enrolments_of(patient) if one.active and one.key == trial.key), None)
    seen = queries.seen_by(actor, granted(request).withheld)
    return whole(
        "enrol",
        status=422 if faults else 200,
        patient=await get_patient(patient),
        trial=trial.trial,
        there=there,
        since=there.included_on if there and seen(there.organisation) else None,
        typed=typed,
        judged=await _judged(trial, patient, typed),
        facts=await facts_of(candidate(trial, patient, today), today),
        agreements=await agreements_of(patient, trial, today),
        drawn=is_drawn(trial.key),
        noted=[(one.value, wording.outcome_words(one)) for one in NOTED],
        faults=faults or {},
        errors={name: wording.fault_words(fault) for name, fault in (faults or {}).items()},
        base=f"/patients/{patient}/trials/{trial.key}/screening",
        **await _calendar(request, actor, patient, trial, typed),
    )


async def _judged(trial: Applied, patient: UUID, typed: dict[str, str]) -> list[Judged]:
    today = day_now()
    facts = await facts_of(candidate(trial, patient, today), today)
    return judge(trial.trial, facts, read_answers(typed, trial.trial), today)


async def _calendar(
    request: AnyRequest, actor: Actor, patient: UUID, trial: Applied, typed: dict[str, str]
) -> dict[str, Any]:
    """The visits as they would be, and which questionnaires other trials of the person ask too."""
    today = day_now()
    joining, faults = read_joining(typed, trial.trial, today, drawn=is_drawn(trial.key))
    joins = replace(candidate(trial, patient, joining.included_on, joining.arm), events=joining.events or {})
    planned = await foresee(trial.trial, joins, today)
    others, trials = await queries.other_visits(actor, patient, granted(request).withheld, trial.key)
    shared = {one.name: shared_with(one, others) for one in planned}
    keys = {one.questionnaire for several in shared.values() for one in several}
    return {
        "planned": planned,
        "joining": joining,
        "unclear": {"included_on", "arm"} & faults.keys(),
        "shared": shared,
        "names": {key: name_of(library().find(key)) for key in keys},
        "trials": trials,
    }


@post(f"{ONE}/calendar", opt=ENROL)
async def draw(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], trial_key: FromPath[str]
) -> Response[Any]:
    """The calendar for what is typed, with nothing written: that part for htmx, else the whole page."""
    trial, typed = await _trial(actor, trial_key), await _typed(request)
    if not pages.is_partial(request):
        await note_reading(actor, patient_id, "trials", at=clock.now())
        return await _page(request, actor, patient_id, trial, typed, _days_only(trial, typed))
    drawn = await _calendar(request, actor, patient_id, trial, typed)
    return whole("_enrol_calendar", trial=trial.trial, drawn=is_drawn(trial.key), partial=True, **drawn)


def _days_only(trial: Applied, typed: dict[str, str]) -> Faults:
    """What is wrong with the days; an arm may still be chosen."""
    _, faults = read_joining(typed, trial.trial, day_now(), drawn=is_drawn(trial.key))
    return {name: fault for name, fault in faults.items() if name != "arm"}


@post(f"{ONE}/log", opt=ENROL)
async def note(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], trial_key: FromPath[str]
) -> Response[Any]:
    """The person does not join: a line of the screening log."""
    trial, typed = await _trial(actor, trial_key), await _typed(request)
    outcome, text, faults = read_log(typed)
    if outcome is None or faults:
        await note_reading(actor, patient_id, "trials", at=clock.now())
        return await _page(request, actor, patient_id, trial, typed, faults)
    await note_screening(actor, _screening(patient_id, trial, typed, text), outcome, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/trials?done=screened")


def _screening(patient: UUID, trial: Applied, typed: dict[str, str], note: str = "") -> Screening:
    try:
        line = UUID(typed.get("line", ""))
    except ValueError:
        line = None
    answers = read_answers(typed, trial.trial)
    return Screening(patient=patient, trial=trial.key, answers=answers, note=note, line=line)


@post(ONE, opt=ENROL)
async def join(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], trial_key: FromPath[str]
) -> Response[Any]:
    """The person joins, with their visits as rows. Sent twice, they joined once."""
    trial, typed = await _trial(actor, trial_key), await _typed(request)
    if await _is_in(actor, patient_id, trial):
        return _enrolled(request, patient_id)
    joining, faults = read_joining(typed, trial.trial, day_now(), drawn=is_drawn(trial.key))
    agreements = await agreements_of(patient_id, trial, day_now())
    faults = _in_the_way(await _judged(trial, patient_id, typed), agreements) | faults
    if faults:
        await note_reading(actor, patient_id, "trials", at=clock.now())
        return await _page(request, actor, patient_id, trial, typed, faults)
    await _join(actor, _screening(patient_id, trial, typed), joining, trial)
    return _enrolled(request, patient_id)


async def _join(actor: Actor, screening: Screening, joining: Joining, trial: Applied) -> None:
    """Two of the same form at the same moment are one enrolment."""
    try:
        await enrol(actor, screening, joining, at=clock.now())
    except Refused as refusal:
        if refusal.code != "enrolment.there" or not await _is_in(actor, screening.patient, trial):
            raise


async def _is_in(actor: Actor, patient: UUID, trial: Applied) -> bool:
    """Whether the reader's centre enrolled the person already."""
    found = [one for one in await enrolments_of(patient) if one.active and one.key == trial.key]
    return any(one.organisation == actor.organisation for one in found)


def _enrolled(request: AnyRequest, patient: UUID) -> Response[Any]:
    return pages.go(request, f"/patients/{patient}/trials?done=enrolled")


def _in_the_way(judged: list[Judged], agreements: list[Agreement]) -> Faults:
    """What keeps somebody from joining, by the field that says so, in the order of the page."""
    faults = {f"consent-{one.consent.id}": Fault.CONSENT_MISSING for one in agreements if one.needed and not one.met}
    for one in judged:
        if not one.met:
            open_question = one.asked and one.found is None
            faults[f"rule-{one.rule.id}"] = Fault.RULE_OPEN if open_question else Fault.RULE_UNMET
    return faults


HANDLERS: list[Any] = [show_trials, choose_trial, show_screening, draw, note, join]
