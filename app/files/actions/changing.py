"""Saying otherwise of a document, removing it, bringing it back, moving it with its record. One transaction each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.files.model import About, Kind, State, is_for_patient
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.queries import keys_of

TAKE = """
SELECT id, patient, kind, name, note, taken_on, own, shown, state, revision, removed_at, removed_reason, content_key
FROM file WHERE id = $1 FOR UPDATE
"""
KEEP_FORMER = """
INSERT INTO file_history (id, patient, file, revision, kind, name, note, taken_on, shown, changed_by, changed_at)
SELECT $2, patient, id, revision, kind, name, note, taken_on, shown, $3, $4 FROM file WHERE id = $1
"""
UPDATE = """
UPDATE file SET kind = $2, name = $3, note = $4, taken_on = $5, shown = $6, revision = revision + 1 WHERE id = $1
"""
REMOVE = "UPDATE file SET removed_at = $2, removed_by = $3, removed_reason = $4 WHERE id = $1"
MOVE = """
UPDATE file SET patient = $2, name = $3, note = $4, removed_reason = $5, content_key = $6 WHERE id = $1
"""
FORMER = "SELECT id, name, note FROM file_history WHERE file = $1"
RESEAL_FORMER = "UPDATE file_history SET name = $2, note = $3 WHERE id = $1"
SEALED = ("name", "note", "removed_reason", "content_key")


async def edit_file(by: Actor, file: UUID, about: About, revision: int, *, at: datetime) -> None:
    """Say otherwise of a document; what was said before is kept. Its content never changes.

    Refused: `file.changed` where somebody did so since `revision`, `file.gone` where it was removed.
    """
    async with transaction():
        row = await _take(file)
        if row["revision"] != revision:
            raise Refused("file.changed")
        await db.execute(KEEP_FORMER, file, new_id(), by.id, at)
        key = (await keys_of([row["patient"]]))[row["patient"]]
        shown = is_for_patient(about.kind, own=row["own"], shown=about.shown)
        note = key.seal(about.note, file, "file.note") if about.note else None
        name = key.seal(about.name, file, "file.name")
        await db.execute(UPDATE, file, about.kind, name, note, about.taken_on, shown)
        await audit.record(audit.Action.DOCUMENT_CHANGED, **_of(by, row, at), document_kind=about.kind)


async def remove_file(by: Actor, file: UUID, reason: str, *, at: datetime) -> None:
    """Take a document out of the record, with a reason; it can be brought back. Nothing happens to one removed.

    Refused: `file.signed` for a consent, which stands as long as what it says.
    """
    async with transaction():
        row = await _take(file, removed=True)
        if row["kind"] == Kind.CONSENT:
            raise Refused("file.signed")
        if row["removed_at"] is None:
            key = (await keys_of([row["patient"]]))[row["patient"]]
            await db.execute(REMOVE, file, at, by.id, key.seal(reason, file, "file.removed_reason"))
            await audit.record(audit.Action.DOCUMENT_REMOVED, **_of(by, row, at))


async def restore_file(by: Actor, file: UUID, *, at: datetime) -> None:
    """Bring back what was removed. Nothing happens to one that is there."""
    async with transaction():
        row = await _take(file, removed=True)
        if row["removed_at"] is not None and row["state"] != State.REFUSED:
            await db.execute(REMOVE, file, None, None, None)
            await audit.record(audit.Action.DOCUMENT_RESTORED, **_of(by, row, at))


async def move_files(by: UUID, files: list[UUID], to: UUID, *, at: datetime) -> None:
    """Give documents to another record, when two that were one come apart: sealed anew under that person's key.

    A statement that changes `file.patient` alone would leave them closed for ever.
    """
    async with transaction():
        for file in files:
            row = await _take(file, removed=True)
            if row["patient"] == to:
                continue
            keys = await keys_of([row["patient"], to])
            old, new = keys[row["patient"]], keys[to]
            sealed = {name: _anew(old, new, row[name], file, f"file.{name}") for name in SEALED}
            former = await db.fetch(FORMER, file)
            await db.execute(MOVE, file, to, *sealed.values())
            for one in former:
                again = (_anew(old, new, one[name], file, f"file.{name}") for name in ("name", "note"))
                await db.execute(RESEAL_FORMER, one["id"], *again)
            await audit.record(audit.Action.DOCUMENT_MOVED, by=by, at=at, subject=file, patient=to)


def _anew(old: PersonKey, new: PersonKey, sealed: bytes | None, file: UUID, column: str) -> bytes | None:
    return None if sealed is None else new.seal(old.open(sealed, file, column), file, column)


async def _take(file: UUID, *, removed: bool = False) -> db.Row:
    row = await db.fetch_row(TAKE, file)
    if row is None or (row["removed_at"] is not None and not removed):
        raise Refused("file.gone")
    return row


def _of(by: Actor, row: db.Row, at: datetime) -> dict[str, Any]:
    return {
        "by": by.id,
        "at": at,
        "subject": row["id"],
        "patient": row["patient"],
        "organisation": by.organisation,
    }
