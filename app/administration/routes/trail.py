"""The trail: searched by those who look after a centre or the network, and taken away as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Stream

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.model import normal_email
from app.accounts.organisations.queries import list_open
from app.administration import trail_wording as wording
from app.administration.queries import trail as queries
from app.administration.routes.parts import PAGE, AnyRequest, centre_of, looks_after_all, page, typed
from app.administration.trail import FIELDS, Asked, Problem, read, read_days
from app.audit.actions import note_search
from app.audit.queries import last_link
from app.audit.wording import action_words, groups
from app.lib import clock
from app.lib.cursors import Place, read_cursor
from app.patients.codes import code_in

READ = requires(Permission.AUDIT_READ)
EXPORT = requires(Permission.AUDIT_READ, fresh=True)
HERE = "/administration/audit"
ROWS_AT_ONCE = 1_000
# What stands in a file for the account of a patient or relative: its number would lead from a code to a name.
HIDDEN = "patient-account"
COLUMNS = (
    "event", "seq", "at", "action", "actor", "role", "organisation", "patient", "subject", "details", "request",
    "network",
)  # fmt: skip


@get(HERE, opt=READ)
async def show_trail(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The newest events first, narrowed to what the address says."""
    query = dict(request.query_params)
    asked = await _permitted(actor, query)
    return await _list(actor, asked, read_cursor(query.get("before", "")))


async def _permitted(actor: Actor, query: dict[str, str]) -> Asked:
    """What the address asks. What a patient's account did is not asked for: beside it would stand the code."""
    asked = read(query)
    if asked.person and await queries.is_hidden(actor, asked.person):
        raise NotFoundException
    return asked


async def _list(actor: Actor, asked: Asked, before: Place | None) -> Response[Any]:
    found = await queries.list_events(centre_of(actor), asked, before=before, most=PAGE + 1)
    shown = found[:PAGE]
    await _note(actor, asked, "page")
    known = await queries.know(actor, shown, asked)
    fields = {
        "person": str(asked.person or ""),
        "patient": known.codes.get(asked.patient, "") if asked.patient else "",
        "action": asked.action,
        "first": str(asked.first or ""),
        "last": str(asked.last or ""),
        "centre": str(asked.centre or ""),
    }
    following = asked.address(HERE, shown[-1].place) if len(found) > PAGE else None
    return await _page(
        actor,
        fields,
        events=shown,
        known=known,
        asked=asked,
        following=following,
        newest=asked.address(HERE) if before else None,
        export=asked.address(f"{HERE}/export.csv"),
    )


async def _page(
    actor: Actor, fields: dict[str, str], problems: dict[str, Problem] | None = None, **more: Any
) -> Response[Any]:
    return page(
        "trail",
        422 if problems else 200,
        fields=fields,
        errors={name: wording.problem_words(problem) for name, problem in (problems or {}).items()},
        groups=groups(),
        action_words=action_words,
        centres=await list_open() if looks_after_all(actor) else [],
        head=await last_link(),
        w=wording,
        **{"events": None, **more},
    )


async def _note(actor: Actor, asked: Asked, form: str) -> None:
    """Reading the trail is an event too: by what it was narrowed, and about which patient."""
    await note_search(
        actor.id,
        at=clock.now(),
        organisation=actor.organisation,
        patient=asked.patient,
        form=form,
        by_fields=" ".join(asked.narrowed),
    )


@post(HERE, opt=READ)
async def search_trail(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who was typed is looked up, and the list opened by ids: no address, history or log holds an e-mail."""
    fields = typed(await request.form(), FIELDS)
    asked, problems = read_days(fields, read({"action": fields["action"], "centre": fields["centre"]}))
    person = await _person(actor, fields["person"].strip())
    patient = await _patient(actor, fields["patient"].strip())
    problems |= {"person": Problem.NO_PERSON} if person is None and fields["person"].strip() else {}
    problems |= {"patient": Problem.NO_PATIENT} if patient is None and fields["patient"].strip() else {}
    if problems:
        return await _page(actor, fields, {name: problems[name] for name in FIELDS if name in problems})
    found = Asked(person, patient, asked.action, asked.first, asked.last, asked.centre)
    return Redirect(found.address(HERE), status_code=303)


async def _person(actor: Actor, text: str) -> UUID | None:
    if "@" in text:
        return await queries.find_person(centre_of(actor), normal_email(text))
    person = read({"person": text}).person
    return None if person and await queries.is_hidden(actor, person) else person


async def _patient(actor: Actor, text: str) -> UUID | None:
    code = code_in(text)
    return await queries.find_coded(centre_of(actor), code) if code else None


@get(f"{HERE}/export.csv", opt=EXPORT)
async def export_trail(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The same list as a file: ids and codes, no names."""
    asked = await _permitted(actor, dict(request.query_params))
    await _note(actor, asked, "csv")
    name = f"cohorte-trail-{clock.now():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(_lines(actor, asked), media_type="text/csv", headers=headers)


async def _lines(actor: Actor, asked: Asked) -> AsyncIterator[str]:
    """A thousand events at a time, so that a list of any length needs no more memory."""
    yield _csv([COLUMNS])
    before: Place | None = None
    while events := await queries.list_events(centre_of(actor), asked, before=before, most=ROWS_AT_ONCE):
        known = await queries.know(actor, events, asked)
        yield _csv([_row(event, known) for event in events])
        before = events[-1].place


def _row(event: queries.Event, known: queries.Known) -> tuple[Any, ...]:
    patient = known.codes.get(event.patient, event.patient) if event.patient else None
    actor, subject = (HIDDEN if known.hides(one) else one for one in (event.actor, event.subject))
    details = json.dumps(event.details, ensure_ascii=False, sort_keys=True)
    what = (event.action, actor, event.role, event.organisation, patient, subject, details)
    origin = (None, None) if known.hides_origin(event) else (event.request, event.network)
    return (event.id, event.seq, event.at.isoformat(), *what, *origin)


def _csv(rows: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


HANDLERS: list[Any] = [show_trail, search_trail, export_trail]
