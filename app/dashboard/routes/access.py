"""Who has access to a record: the centres that follow the person and why, who read it; and how following ends."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import list_team_addresses, names_of, organisations_by_id
from app.alerts.queries import alerts_of_patient
from app.dashboard.access.queries import list_readers
from app.dashboard.routes.contacts import close_context
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.routes.requests import texts_of
from app.lib import clock, i18n, pages
from app.lib.db import transaction
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.affiliations import wording
from app.patients.affiliations.actions import leaving
from app.patients.affiliations.forms import read_ending
from app.patients.affiliations.queries import closed_among, followers_of, following_of, list_followings
from app.patients.queries import get_patient, scope_of_patient
from app.trials.queries import enrolments_of

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
EDIT = requires(Permission.PATIENT_EDIT, "patient_id", scope_of_patient)
END = requires(Permission.AFFILIATION_END, "patient_id", scope_of_patient)


@get("/patients/{patient_id:uuid}/access", opt=READ)
async def show_access(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Centres, the practitioner here, and who read the record lately."""
    return await _page(actor, patient_id, done=done)


async def _page(
    actor: Actor, patient_id: UUID, *, done: str = "", problems: dict[str, str] | None = None
) -> Response[Any]:
    at = clock.now()
    found = await record_of(patient_id)
    patient = found.patient.id
    await note_reading(actor, patient, "access", at=at)
    followings, readers = await list_followings(patient), await list_readers(actor, patient, at)
    own = next((one for one in followings if one.active and one.organisation == actor.organisation), None)
    team = await _team(actor)
    seen = {one.account for one in readers if one.account} | {one.practitioner for one in followings}
    centres = {one.organisation for one in followings} | {one.organisation for one in readers if one.organisation}
    page = pages.render(
        "dashboard/access.html",
        record=found,
        here="access",
        partial=False,
        followings=followings,
        own=own,
        team=team,
        readers=readers,
        names=await names_of({one for one in seen if one}),
        centres=await organisations_by_id(centres),
        done=done,
        problems=problems or {},
        f=wording,
        **await close_context(actor, patient),
        **words(),
    )
    return pages.html(page, 422 if problems else 200)


async def _team(actor: Actor) -> list[tuple[str, str]]:
    """Who follows patients in the actor's centre, by name, to choose among."""
    people = await list_team_addresses([actor.organisation]) if actor.organisation else []
    names = await names_of([account for account, _, _ in people])
    return sorted(((str(account), name) for account, name in names.items()), key=lambda pair: pair[1].casefold())


@post("/patients/{patient_id:uuid}/access/practitioner", opt=EDIT)
async def choose(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Whom the person sees here; nobody in particular is an answer too."""
    chosen = (await texts_of(request, "practitioner"))["practitioner"]
    if chosen and chosen not in dict(await _team(actor)):
        return await _page(actor, patient_id, problems={"practitioner": wording.problem_words("practitioner")})
    await leaving.choose_practitioner(actor, patient_id, UUID(chosen) if chosen else None, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/access?done=practitioner")


@get("/patients/{patient_id:uuid}/access/end", opt=END)
async def show_end(actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """What ending means, why, since when; not while an alert waits."""
    return await _end(actor, patient_id)


async def _end(
    actor: Actor, patient_id: UUID, problems: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response[Any]:
    patient = await get_patient(patient_id)
    await note_reading(actor, patient.id, "ending", at=clock.now())
    own = await following_of(actor.organisation, patient.id)
    if own is None:
        raise NotFoundException
    today = clock.day_in(i18n.ZONE, clock.now())
    page = pages.render(
        "dashboard/access_end.html",
        patient=patient,
        closed=bool(await closed_among([patient.id])),
        own=own,
        alone=len(await followers_of(patient.id)) == 1,
        alerts=await _waiting_alerts(patient.id),
        enrolled=await _enrolled(actor, patient.id),
        problems=problems or {},
        typed=typed or {"day": today.isoformat()},
        f=wording,
        **words(),
    )
    return pages.html(page, 422 if problems else 200)


async def _waiting_alerts(patient: UUID) -> int:
    return len([one for one in await alerts_of_patient(patient) if one.is_open])


async def _enrolled(actor: Actor, patient: UUID) -> bool:
    """Whether the person takes part in a trial here: nobody of this centre could end that afterwards.

    In a record that its owner closed nothing is asked any more, and nobody can end anything: it keeps no centre.
    """
    here = [one for one in await enrolments_of(patient) if one.active and one.organisation == actor.organisation]
    return bool(here) and not await closed_among([patient])


@post("/patients/{patient_id:uuid}/access/end", opt=END)
async def end(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Refused while an alert of this person waits, which somebody must have taken up, or while they take part in a
    trial here."""
    typed = await texts_of(request, "why", "day")
    own, today = await following_of(actor.organisation, patient_id), clock.day_in(i18n.ZONE, clock.now())
    if own is None:
        raise NotFoundException
    ending, problems = read_ending(typed["why"], typed["day"], own.since, today)
    if ending is None:
        words_of = {field: wording.problem_words(problem) for field, problem in problems.items()}
        return await _end(actor, patient_id, words_of, typed)
    async with transaction():
        if await _waiting_alerts(patient_id):
            raise Refused("affiliation.alerts")
        if await _enrolled(actor, patient_id):
            raise Refused("affiliation.enrolled")
        await leaving.end_following(actor, patient_id, *ending, at=clock.now())
    return pages.go(request, "/patients/requests?done=ended")


HANDLERS: list[Any] = [show_access, choose, show_end, end]
