"""Reading documents: what is known of them, for whom, and their content."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from app.access.policy import Actor, Role
from app.files.model import File, FileScope, Kind, State, is_for_patient
from app.files.sealing import Broken, unseal
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.errors import Refused
from app.lib.storage import Missing, StoreFailed, asked, store
from app.patients.queries import keys_of

COLUMNS = """f.id, f.patient, f.kind, f.name, f.note, f.taken_on, f.media_type, f.size, f.sha256, f.object,
f.content_key, f.viewable, f.state, f.organisation, f.own, f.shown, f.uploaded_by, f.uploaded_at, f.revision,
f.removed_at, f.removed_by, f.removed_reason"""
# What patients add themselves was written in no centre: whoever follows them sees it.
SEEN_BY = """CASE WHEN f.organisation IS NULL THEN s.organisations
ELSE seen_by(s.organisations, s.withheld, f.organisation) END"""
SCOPE = f"""
SELECT s.root, s.withheld, f.kind, f.own, f.shown, f.state, f.removed_at, {SEEN_BY} AS organisations
FROM file f JOIN patient_scope s ON s.patient = f.patient
WHERE f.id = $1
"""
ONE = f"SELECT {COLUMNS} FROM file f WHERE f.id = $1"
LIST = f"""
SELECT {COLUMNS} FROM file f JOIN patient_scope s ON s.patient = f.patient
WHERE s.root = $1 AND ($2::uuid IS NULL OR $2 = ANY({SEEN_BY})) AND (f.removed_at IS NOT NULL) = $3
ORDER BY coalesce(f.taken_on, (f.uploaded_at AT TIME ZONE 'Europe/Paris')::date) DESC, f.id DESC
"""
HISTORY = """
SELECT id, patient, file, revision, kind, name, note, taken_on, shown, changed_by, changed_at
FROM file_history WHERE file = $1 ORDER BY revision DESC
"""


async def scope_of_file(file: UUID) -> FileScope | None:
    row = await db.fetch_row(SCOPE, file)
    if row is None:
        return None
    removed = row["removed_at"] is not None
    shown = is_for_patient(row["kind"], own=row["own"], shown=row["shown"])
    return FileScope(
        row["root"],
        frozenset(row["organisations"]),
        withheld=frozenset(row["withheld"]),
        kind=Kind(row["kind"]),
        for_patient=shown and not removed and row["state"] != State.REFUSED,
        own=row["own"],
        removed=removed,
        state=State(row["state"]),
    )


async def find_file(file: UUID) -> File | None:
    row = await db.fetch_row(ONE, file)
    return None if row is None else (await _files([row]))[0]


async def list_files(
    by: Actor, patient: UUID, *, kinds: Collection[Kind] = tuple(Kind), removed: bool = False
) -> list[File]:
    """The documents of a record that the actor may know of, the newest first, by the day they are about.

    Of a team, less what consent withholds from its centre; of patients, what is meant for them.
    """
    mine = by.role is Role.PATIENT
    found = await _files(await db.fetch(LIST, patient, None if mine else by.organisation, removed))
    return [
        one for one in found if one.kind in kinds and (not mine or (one.for_patient and one.state is not State.REFUSED))
    ]


async def open_file(file: UUID) -> tuple[File, bytes]:
    """A document and its content. Says nothing of who may: that is settled by its scope.

    Refused: `file.unreachable` while the store does not answer, `file.broken` if what lies there is not what was kept.
    LookupError if there is no such document.
    """
    row = await db.fetch_row(ONE, file)
    if row is None:
        raise LookupError(f"no file {file}")
    key = (await keys_of([row["patient"]]))[row["patient"]]
    return _file(row, key), await content_of(row, key)


async def content_of(row: db.Row, key: PersonKey) -> bytes:
    """The content of a row of `file`, opened with the person's key; Refused as in `open_file`."""
    try:
        content_key = bytes.fromhex(key.open(row["content_key"], row["id"], "file.content_key"))
        sealed = await asked(store().get, row["object"])
        return await asyncio.to_thread(unseal, sealed, content_key, row["id"])
    except (Broken, InvalidTag, Missing):
        raise Refused("file.broken") from None
    except StoreFailed:
        raise Refused("file.unreachable") from None


async def former_of(file: UUID) -> list[dict[str, Any]]:
    """What was said of a document before: kind, name, note, taken_on, shown, changed_by, changed_at; newest first."""
    rows = await db.fetch(HISTORY, file)
    keys = await keys_of({row["patient"] for row in rows})
    return [
        dict(row)
        | {
            "name": keys[row["patient"]].open(row["name"], file, "file.name"),
            "note": keys[row["patient"]].open_or_empty(row["note"], file, "file.note"),
        }
        for row in rows
    ]


async def _files(rows: list[db.Row]) -> list[File]:
    keys = await keys_of({row["patient"] for row in rows})
    return [_file(row, keys[row["patient"]]) for row in rows]


def _file(row: db.Row, key: PersonKey) -> File:
    file = row["id"]
    opened = {
        "kind": Kind(row["kind"]),
        "state": State(row["state"]),
        "name": key.open(row["name"], file, "file.name"),
        "note": key.open_or_empty(row["note"], file, "file.note"),
        "removed_reason": key.open_or_empty(row["removed_reason"], file, "file.removed_reason"),
    }
    return File(**{name: value for name, value in row.items() if name not in {"object", "content_key"}} | opened)
