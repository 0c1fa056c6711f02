"""Merging two records of one person: choosing the other one, comparing both, the merges of a record, undoing one."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of, organisations_by_id
from app.dashboard.merging import actions, wording
from app.dashboard.merging import queries as sorting
from app.dashboard.merging.forms import Merging, Parting, read_merging, read_parting
from app.dashboard.merging.registry import Kind
from app.dashboard.merging.sorting import Group
from app.dashboard.routes.parts import AnyRequest, record_of, title_of, words
from app.lib import clock, i18n, pages
from app.patients.actions import note_reading, note_search
from app.patients.identity.queries import look_for
from app.patients.matching import wording as matching
from app.patients.matching.model import Person
from app.patients.matching.scoring import score
from app.patients.merging import queries
from app.patients.merging.actions import Undoing
from app.patients.merging.model import Line, Merge, Owner, Wanted, compare, concerns, tidy_reason
from app.patients.model import Patient
from app.patients.queries import (
    get_patient,
    ids_of,
    list_found,
    organisations_of_patient,
    patients_by_id,
    record_as_written,
    scope_of_patient,
)
from app.questionnaires.library import library

HERE = "/patients/{patient_id:uuid}/merge"
PAIR = f"{HERE}/{{other_id:uuid}}"
ALL = "/patients/{patient_id:uuid}/merges"
UNDO = f"{ALL}/{{merge_id:uuid}}/undo"
CHOOSE = requires(Permission.PATIENT_MERGE, "patient_id", scope_of_patient)
MERGE = requires(Permission.PATIENT_MERGE, "patient_id", scope_of_patient, fresh=True)
READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)


@get(HERE, opt=CHOOSE)
async def show_choosing(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    """Records of this centre that may be the same person's, and a search for any other."""
    await note_reading(actor, patient_id, "merging", at=clock.now())
    patient = await get_patient(patient_id)
    close = [one for one in (await look_for(actor, patient.known, exclude=patient_id)).own if not one.closed]
    people = await patients_by_id([one.patient for one in close])
    for other in people:
        await note_reading(actor, other, "close", at=clock.now())
    return _choosing(request, patient, close=[(people[one.patient], one) for one in close if one.patient in people])


def _choosing(
    request: AnyRequest, patient: Patient, *, close: Any = (), asked: str = "", found: list[Patient] | None = None
) -> Response[Any]:
    return pages.page(
        request, "dashboard/merge_choose", patient=patient, close=close, asked=asked, found=found, m=matching, **words()
    )


@post(f"{HERE}/search", opt=CHOOSE, status_code=200)
async def search_other(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """By name, birth date or code among the centre's own patients; no address holds what was typed."""
    typed = str((await request.form()).get("asked", ""))
    asked = " ".join(typed.replace("\0", "").split())[:200]
    found = [one for one in await list_found(actor, asked) if one.id != patient_id] if asked else []
    await note_search(actor, len(found), at=clock.now())
    return _choosing(request, await get_patient(patient_id), asked=asked, found=found)


@get(f"{HERE}/search", opt=CHOOSE)
async def show_search(request: AnyRequest, patient_id: FromPath[UUID]) -> Response[Any]:
    """The address of what was found holds no question: opened again, it leads to the page that asks."""
    return pages.go(request, f"/patients/{patient_id}/merge")


@get(PAIR, opt=MERGE)
async def show_comparing(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], other_id: FromPath[UUID]
) -> Response[Any]:
    """Both records side by side: who each says the person is, what each brings, what to look at."""
    kept, absorbed = await _pair(actor, patient_id, other_id)
    lines = await _lines(kept, absorbed)
    merging = Merging({line.field: line.suggested for line in lines if not line.same})
    return await _comparing(request, actor, (kept, absorbed), lines, merging)


async def _pair(actor: Actor, patient: UUID, other: UUID) -> tuple[Patient, Patient]:
    """Both records, if the other too is open to this person and stands for itself."""
    if patient == other or not await queries.is_open_to(actor, other):
        raise NotFoundException
    return await get_patient(patient), await get_patient(other)


async def _lines(kept: Patient, absorbed: Patient) -> list[Line]:
    return compare(kept, absorbed, await queries.proven_sides(kept, absorbed))


async def _comparing(
    request: AnyRequest, actor: Actor, pair: tuple[Patient, Patient], lines: list[Line], merging: Merging
) -> Response[Any]:
    at, (kept, absorbed) = clock.now(), pair
    for one in pair:
        await note_reading(actor, one.id, "merging", at=at)
    held = [await sorting.count_seen(actor, await ids_of(one.id)) for one in pair]
    following = [await organisations_of_patient(one.id) for one in pair]
    return pages.page(
        request,
        "dashboard/merge",
        status=422 if merging.faults else 200,
        kept=kept,
        absorbed=absorbed,
        lines=lines,
        typed=merging,
        match=score(Person.of(kept.known), Person.of(absorbed.known)),
        concerns=await _concerns(kept, absorbed),
        kinds=[kind for kind in Kind if held[0][kind] or held[1][kind]],
        held=held,
        following=[await _centres(ids) for ids in following],
        m=matching,
        f=wording,
        **words(),
    )


async def _centres(organisations: Collection[UUID]) -> list[str]:
    return sorted(one.name for one in (await organisations_by_id(organisations)).values())


async def _concerns(kept: Patient, absorbed: Patient) -> list[Any]:
    day = clock.day_in(i18n.ZONE, clock.now())
    return concerns(kept.known, absorbed.known, await queries.own_accounts((kept.id, absorbed.id), day))


@post(PAIR, opt=MERGE)
async def merge(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], other_id: FromPath[UUID]
) -> Response[Any]:
    """Merge, or show the page again with all that was chosen. Sent twice, it is done once."""
    if other_id != patient_id and other_id in await ids_of(patient_id):
        return pages.go(request, f"/patients/{patient_id}/merges?done=merged")
    kept, absorbed = await _pair(actor, patient_id, other_id)
    lines = await _lines(kept, absorbed)
    merging = read_merging(await _sent(request), lines, await _concerns(kept, absorbed))
    if merging.faults:
        return await _comparing(request, actor, (kept, absorbed), lines, merging)
    wanted = Wanted(
        kept=kept.id,
        absorbed=absorbed.id,
        revisions=merging.revisions,
        choices=merging.choices,
        confirmed=merging.confirmed,
        reason=tidy_reason(merging.reason) or "",
    )
    await actions.merge(actor, wanted, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/merges?done=merged")


async def _sent(request: AnyRequest) -> dict[str, str]:
    form = await request.form()
    return {name: str(form.getall(name)[-1]) for name in form}


@get(ALL, opt=READ)
async def show_merges(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """The merges of a record and who made them; the latest can be undone."""
    await note_reading(actor, patient_id, "merges", at=clock.now())
    merges = await queries.list_merges(patient_id)
    here = frozenset(await ids_of(patient_id))
    others = {one.id: one.absorbed if one.kept in here else one.kept for one in merges}
    known = {
        merge: await record_as_written(other)
        for merge, other in others.items()
        if other in here or await queries.is_open_to(actor, other)
    }
    people = {account for one in merges for account in (one.merged_by, one.unmerged_by) if account}
    return pages.page(
        request,
        "dashboard/merges",
        record=await record_of(patient_id),
        here="access",
        partial=False,
        merges=merges,
        known=known,
        into=here,
        last=await queries.last_merge(patient_id),
        names=await names_of(people),
        done=done if done in {"merged", "undone"} else "",
        f=wording,
        **words(),
    )


@get(UNDO, opt=MERGE)
async def show_undoing(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], merge_id: FromPath[UUID]
) -> Response[Any]:
    """What goes back where, and what must be said of what came since."""
    found = await _standing(patient_id, merge_id)
    return await _undoing(request, actor, found, await sorting.list_since(found), Parting())


async def _standing(patient: UUID, merge: UUID) -> Merge:
    found = await queries.find_merge(patient, merge)
    if found is None or merge != await queries.last_merge(patient):
        raise NotFoundException
    return found


async def _undoing(
    request: AnyRequest, actor: Actor, found: Merge, groups: list[Group], typed: Parting
) -> Response[Any]:
    await note_reading(actor, found.kept, "unmerging", at=clock.now())
    before, now, changed = await queries.identities(found)
    following = await sorting.followers_apart(found)
    written = {row.centre for group in groups for row in group.rows if row.centre}
    scope = await scope_of_patient(found.kept)
    return pages.page(
        request,
        "dashboard/merge_undo",
        status=422 if typed.faults else 200,
        merge=found,
        kept=await get_patient(found.kept),
        absorbed=await record_as_written(found.absorbed),
        before=before,
        now=now,
        changed=changed,
        owners=list(Owner),
        groups=groups,
        titles={q.key: title_of(q) for q in library().current()},
        counts=await sorting.count_apart(actor, found),
        kinds=list(Kind),
        following={side: await _centres(ids) for side, ids in following.items()},
        lost=[side for side, ids in following.items() if actor.organisation not in ids],
        centres=await organisations_by_id(written),
        names=await names_of({row.by for group in groups for row in group.rows if row.by} | {found.merged_by}),
        hidden=scope is not None and "sharing" in scope.withheld,
        own=actor.organisation,
        typed=typed,
        f=wording,
        **words(),
    )


@post(UNDO, opt=MERGE)
async def undo(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], merge_id: FromPath[UUID]
) -> Response[Any]:
    """Make two records of the one, or ask again for what was left open."""
    done = await queries.find_merge(patient_id, merge_id)
    if done is not None and not done.stands:
        return pages.go(request, f"/patients/{patient_id}/merges?done=undone")
    found = await _standing(patient_id, merge_id)
    groups = await sorting.list_since(found)
    _before, _now, changed = await queries.identities(found)
    typed = read_parting(await _sent(request), groups, changed)
    if typed.faults:
        return await _undoing(request, actor, found, groups, typed)
    undoing = Undoing(found.id, tidy_reason(typed.reason) or "", typed.owners)
    await actions.undo(actor, undoing, typed.sides, at=clock.now())
    # The actor's centre may follow the other of the two alone.
    left = await queries.is_open_to(actor, found.kept)
    return pages.go(request, f"/patients/{found.kept if left else found.absorbed}/merges?done=undone")


HANDLERS: list[Any] = [
    show_choosing,
    search_other,
    show_search,
    show_comparing,
    merge,
    show_merges,
    show_undoing,
    undo,
]
