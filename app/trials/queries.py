"""Reading trials as they are applied, enrolments and visits; and who may see them."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from app.lib import db
from app.patients.queries import ids_of
from app.trials.format.calendar import Asked
from app.trials.format.spans import Window
from app.trials.model import Ended, Enrolment, Site, TrialScope, Visit

ROOT = "(SELECT p.root FROM patient p WHERE p.id = {}.patient)"
ENROLMENT = f"""
SELECT e.id, {ROOT.format("e")} AS patient, e.trial, t.key, e.version, e.organisation, e.arm, e.included_on, e.state,
       e.ended_on, e.held, e.enrolled_by, e.enrolled_at, e.revision,
       (SELECT jsonb_object_agg(v.event, v.happened_on) FROM enrolment_event v
        WHERE v.enrolment = e.id AND v.removed_at IS NULL) AS events
FROM enrolment e JOIN trial t ON t.id = e.trial
"""
VISIT = f"""
SELECT v.id, {ROOT.format("v")} AS patient, v.enrolment, v.trial, t.key, v.version, v.organisation, v.visit, v.number,
       v.place, v.target, v.best_from, v.best_to, v.permitted_from, v.permitted_to, v.asked, v.prepared_at,
       v.started_on, v.started_by, v.completed_on, v.completed_by, v.skipped_on, v.skipped_by, v.skip_reason,
       v.signed_at, v.revision, e.ended_on
FROM visit v JOIN enrolment e ON e.id = v.enrolment JOIN trial t ON t.id = v.trial
"""
BY_DAY = "ORDER BY coalesce(v.target, v.started_on), v.visit, v.number, v.id"
SITE = """
SELECT s.id, s.trial, t.key, s.organisation, s.opened_on, s.closed_on, s.target, s.target_by, s.revision
FROM trial_site s JOIN trial t ON t.id = s.trial
"""
# Who may read: every centre that may see what this one wrote. Who may act: this centre alone, while it follows.
SCOPE = """
SELECT p.root, p.withheld, s.organisation AS site, t.key, p.organisations,
       seen_by(p.organisations, p.withheld, s.organisation) AS readers
FROM {table} s JOIN patient_scope p ON p.patient = s.patient JOIN trial t ON t.id = s.trial
WHERE s.id = $1
"""


async def _scope(table: str, thing: UUID, *, acting: bool) -> TrialScope | None:
    row = await db.fetch_row(SCOPE.format(table=table), thing)
    if row is None:
        return None
    organisations = {row["site"]} & set(row["organisations"]) if acting else set(row["readers"])
    withheld = frozenset(row["withheld"])
    return TrialScope(row["root"], frozenset(organisations), withheld=withheld, site=row["site"], trial=row["key"])


async def scope_of_enrolment(enrolment: UUID) -> TrialScope | None:
    """Who may see an enrolment: for what only reads."""
    return await _scope("enrolment", enrolment, acting=False)


async def acting_on_enrolment(enrolment: UUID) -> TrialScope | None:
    """Who may change an enrolment: its own centre."""
    return await _scope("enrolment", enrolment, acting=True)


async def scope_of_visit(visit: UUID) -> TrialScope | None:
    """Who may see a visit: for what only reads."""
    return await _scope("visit", visit, acting=False)


async def acting_on_visit(visit: UUID) -> TrialScope | None:
    """Who may change a visit: the centre of its enrolment."""
    return await _scope("visit", visit, acting=True)


def _enrolment(row: db.Row) -> Enrolment:
    events = {name: date.fromisoformat(day) for name, day in msgspec.json.decode(row["events"] or "{}").items()}
    return Enrolment(**{**dict(row), "state": Ended(row["state"]), "events": events})


def read_asked(text: str) -> tuple[Asked, ...]:
    """What a visit asks, from its column."""
    return tuple(msgspec.json.decode(text, type=list[Asked]))


def written_asked(asked: Iterable[Asked]) -> str:
    """The same the other way."""
    return msgspec.json.encode(list(asked)).decode()


def visit_of(row: db.Row) -> Visit:
    """A row of VISIT as a visit."""
    parts: dict[str, Any] = dict(row)
    best_from, best_to = parts.pop("best_from"), parts.pop("best_to")
    permitted_from, permitted_to = parts.pop("permitted_from"), parts.pop("permitted_to")
    window = Window((best_from, best_to), (permitted_from, permitted_to)) if permitted_to else None
    return Visit(**{**parts, "window": window, "asked": read_asked(row["asked"])})


async def find_enrolment(enrolment: UUID) -> Enrolment | None:
    row = await db.fetch_row(f"{ENROLMENT} WHERE e.id = $1", enrolment)
    return None if row is None else _enrolment(row)


async def lock_enrolment(enrolment: UUID) -> Enrolment | None:
    """The same, held until the transaction ends: what changes an enrolment or its visits takes this lock first."""
    row = await db.fetch_row(f"{ENROLMENT} WHERE e.id = $1 FOR UPDATE OF e", enrolment)
    return None if row is None else _enrolment(row)


async def enrolments_of(patient: UUID) -> list[Enrolment]:
    """Every enrolment of one person, the newest first, ended ones too."""
    ids = await ids_of(patient)
    rows = await db.fetch(f"{ENROLMENT} WHERE e.patient = ANY($1) ORDER BY e.included_on DESC, e.id", ids)
    return [_enrolment(row) for row in rows]


async def find_visit(visit: UUID) -> Visit | None:
    row = await db.fetch_row(f"{VISIT} WHERE v.id = $1 AND v.removed_at IS NULL", visit)
    return None if row is None else visit_of(row)


async def visits_of(enrolments: Collection[UUID]) -> list[Visit]:
    """The visits of these enrolments, the earliest first."""
    rows = await db.fetch(f"{VISIT} WHERE v.enrolment = ANY($1) AND v.removed_at IS NULL {BY_DAY}", list(enrolments))
    return [visit_of(row) for row in rows]


async def visits_of_patient(patient: UUID) -> list[Visit]:
    """The visits of one person in all trials, the earliest first."""
    ids = await ids_of(patient)
    rows = await db.fetch(f"{VISIT} WHERE v.patient = ANY($1) AND v.removed_at IS NULL {BY_DAY}", ids)
    return [visit_of(row) for row in rows]


async def sites_of_trial(trial: UUID) -> list[Site]:
    """The centres of a trial, the first opened first; one that opened again stands twice."""
    return [Site(**dict(row)) for row in await db.fetch(f"{SITE} WHERE s.trial = $1 ORDER BY s.opened_on, s.id", trial)]


async def sites_of_centre(organisation: UUID) -> list[Site]:
    """The trials that a centre takes part in, or did."""
    rows = await db.fetch(f"{SITE} WHERE s.organisation = $1 ORDER BY t.key, s.opened_on, s.id", organisation)
    return [Site(**dict(row)) for row in rows]
