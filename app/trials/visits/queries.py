"""Reading what the actions on visits need: rows held against other changes, and what was answered in them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import msgspec

from app.assignments.queries import list_of_response, list_of_visits
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.errors import Refused
from app.patients.queries import facts_of_patient, keys_of
from app.trials.format.model import Facts
from app.trials.model import Enrolment, Visit
from app.trials.queries import VISIT, lock_enrolment, visit_of
from app.trials.visits.model import Former, Note

# The person allows this trial and their record is open; the enrolment goes on.
RUNNING = """
JOIN patient m ON m.id = v.patient JOIN patient p ON p.id = m.root
WHERE v.removed_at IS NULL AND e.state = 'active' AND p.removed_at IS NULL
  AND NOT p.withheld && ARRAY['care', 'trial:' || t.key]
"""
WAITING = f"""
{VISIT} {RUNNING} AND v.prepared_at IS NULL AND v.completed_on IS NULL AND v.skipped_on IS NULL
  AND v.permitted_from <= $1 AND v.permitted_to >= $1
ORDER BY v.permitted_from, v.id LIMIT $2 FOR UPDATE OF e, v SKIP LOCKED
"""
UNDER = "SELECT patient FROM enrolment WHERE id = $1"


async def under_which(enrolment: UUID) -> UUID:
    """The record under which an enrolment was written: what is written with it must stand there too."""
    patient: UUID = await db.fetch_value(UNDER, enrolment)
    return patient


async def key_of(patient: UUID) -> PersonKey:
    """The key of the record that something was written under, for what is sealed with it."""
    return (await keys_of([patient]))[patient]


async def hold(visit: UUID) -> tuple[Visit, Enrolment]:
    """A visit and its enrolment, both held until the transaction ends; Refused where the visit is gone."""
    enrolment = await db.fetch_value("SELECT enrolment FROM visit WHERE id = $1", visit)
    held = await lock_enrolment(enrolment) if enrolment else None
    row = await db.fetch_row(f"{VISIT} WHERE v.id = $1 AND v.removed_at IS NULL FOR UPDATE OF v", visit)
    if held is None or row is None:
        raise Refused("visit.gone")
    return visit_of(row), held


async def visits_by_id(visits: Collection[UUID]) -> list[Visit]:
    """Those of these visits that are there."""
    rows = await db.fetch(f"{VISIT} WHERE v.id = ANY($1) AND v.removed_at IS NULL ORDER BY v.id", list(visits))
    return [visit_of(row) for row in rows]


async def visits_answered(response: UUID) -> list[Visit]:
    """The visits whose questionnaires this response answers, in the order of their ids."""
    asked = await list_of_response(response)
    return await visits_by_id({one.origin_id for one in asked if one.origin_kind == "visit" and one.origin_id})


NOTES = """
SELECT n.id, n.patient, n.text, n.written_by, n.written_at FROM visit_note n
WHERE n.visit = $1 AND n.removed_at IS NULL ORDER BY n.written_at DESC, n.id DESC
"""


async def notes_of(visit: UUID) -> list[Note]:
    """What the team wrote about a visit, the latest first."""
    rows = await db.fetch(NOTES, visit)
    keys = await keys_of({row["patient"] for row in rows})
    return [
        Note(
            row["id"],
            keys[row["patient"]].open(row["text"], row["id"], "visit_note.text"),
            row["written_by"],
            row["written_at"],
        )
        for row in rows
    ]


async def reason_of(visit: UUID) -> str:
    """What was said when the visit was completed with something missing, or skipped; "" where nothing was."""
    row = await db.fetch_row("SELECT patient, note FROM visit WHERE id = $1", visit)
    if row is None or row["note"] is None:
        return ""
    return (await key_of(row["patient"])).open(row["note"], visit, "visit.note")


PAST = """
SELECT h.id, h.patient, h.former, h.reason, h.note, h.changed_by, h.changed_at FROM visit_history h
WHERE h.visit = $1 ORDER BY h.revision DESC
"""


async def history_of(visit: UUID) -> list[Former]:
    """How the visit stood before each of its changes, the latest first."""
    rows = await db.fetch(PAST, visit)
    keys = await keys_of({row["patient"] for row in rows})
    return [
        Former(
            msgspec.json.decode(row["former"]),
            keys[row["patient"]].open_or_empty(row["reason"], row["id"], "visit_history.reason"),
            keys[row["patient"]].open_or_empty(row["note"], row["id"], "visit_history.note"),
            row["changed_by"],
            row["changed_at"],
        )
        for row in rows
    ]


async def facts_of(enrolment: Enrolment, day: date) -> Facts:
    """What the conditions of a protocol may know of somebody."""
    known = await facts_of_patient(enrolment.patient, day)
    born, sex = known["birth_date"], known["sex"]
    return Facts(born if isinstance(born, date) else None, str(sex) if sex else None, enrolment.arm)


async def touched_in(visits: Collection[Visit]) -> frozenset[str]:
    """The names of those of one enrolment's visits to which somebody has begun to answer."""
    names = {one.id: one.name for one in visits}
    return frozenset(
        names[one.origin_id] for one in await list_of_visits(names) if one.response is not None and one.origin_id
    )


async def answered_once(enrolment: UUID) -> frozenset[str]:
    """The questionnaires that were answered in an enrolment, whichever visit asked."""
    rows = await db.fetch("SELECT id FROM visit WHERE enrolment = $1 AND removed_at IS NULL", enrolment)
    asked = await list_of_visits([row["id"] for row in rows])
    return frozenset(one.questionnaire for one in asked if one.state == "done")


async def waiting_visits(day: date, limit: int) -> list[Visit]:
    """Visits whose window is open and whose questionnaires nobody has been asked for yet; those first due.

    Held with their enrolments. What somebody else holds is left out, so that this never waits.
    """
    return [visit_of(row) for row in await db.fetch(WAITING, day, limit)]
