"""Keeping documents: checked by content, sealed, put in the store, then written down. Each action is one transaction.

The object is there before its row: a transaction that fails leaves an object that nobody knows of, which upkeep sweeps.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Role
from app.audit import actions as audit
from app.files import images
from app.files.model import (
    IMAGES,
    LARGEST,
    LONGEST_NAME,
    LONGEST_NOTE,
    PDF,
    TEXT,
    About,
    Kind,
    State,
    Unfit,
    Upload,
    is_for_patient,
    stem,
)
from app.files.sealing import new_key, seal
from app.files.sniffing import is_passive, media_type_of, text_in
from app.lib import clamd, db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.jobs import Job, defer
from app.lib.keys import ring
from app.lib.storage import StoreFailed, asked, new_name, store
from app.patients.queries import keys_of

CHECK = Job("files:check", "files")
INSERT = """
INSERT INTO file (id, patient, kind, name, note, taken_on, media_type, size, sha256, object, content_key, viewable,
                  state, organisation, own, shown, uploaded_by, uploaded_at, form, nth)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (uploaded_by, form, nth) DO NOTHING RETURNING id
"""
SENT_BEFORE = "SELECT id FROM file WHERE uploaded_by = $1 AND form = $2 ORDER BY nth"


@dataclass(frozen=True, slots=True)
class _Stored:
    """Content that lies in the store and that no row names yet."""

    id: UUID
    media_type: str
    size: int
    sha256: bytes
    object: str
    key: bytes
    viewable: bool
    name: str


async def keep_file(by: Actor, patient: UUID, upload: Upload, kind: Kind, *, at: datetime) -> UUID:
    """Keep one document of a record, named as the file is; its id. `patient`: the root.

    Refused: `file.empty`, `file.too_large`, `file.kind` and its like, or `file.store_failed`; then nothing is kept.
    """
    stored = await _put(upload)
    async with transaction():
        await _write(by, patient, stored, About(Kind(kind)), at)
        await audit.record(audit.Action.DOCUMENT_ADDED, **_of(by, patient, stored.id, at), document_kind=kind)
    return stored.id


async def keep_files(
    by: Actor, patient: UUID, uploads: list[Upload], about: About, *, at: datetime, form: UUID | None = None
) -> list[UUID]:
    """Keep several documents of which the same is said, all or none; their ids. Several are numbered in their names.

    `form`: the drawing of the page they were chosen on. Sent twice as it is, it keeps nothing twice: the ids are those
    of then. Unfit says which one is refused, with the codes of `keep_file`.
    """
    form = form and _as_sent(form, patient, uploads, about)
    if form is not None and (before := await db.fetch(SENT_BEFORE, by.id, form)):
        return [row["id"] for row in before]
    stored = []
    for nth, upload in enumerate(uploads):
        try:
            stored.append(await _put(upload))
        except Refused as refusal:
            raise Unfit(refusal.code, nth) from None
    async with transaction():
        for nth, one in enumerate(stored, 1):
            name = f"{about.name} ({nth})" if about.name and len(stored) > 1 else about.name
            if not await _write(by, patient, one, replace(about, name=name), at, (form, nth)):
                # The same form arrived a moment ago, and its transaction was the first.
                return [row["id"] for row in await db.fetch(SENT_BEFORE, by.id, form)]
            await audit.record(audit.Action.DOCUMENT_ADDED, **_of(by, patient, one.id, at), document_kind=about.kind)
    return [one.id for one in stored]


def _as_sent(form: UUID, patient: UUID, uploads: list[Upload], about: About) -> UUID:
    """The form and all that it held, keyed, in 16 bytes: whoever goes back and chooses something else is taken on."""
    held = sha256(repr((patient, about, [(one.name, sha256(one.content).digest()) for one in uploads])).encode())
    return UUID(bytes=ring().lookup("file.form", f"{form}:{held.hexdigest()}")[:16])


def _of(by: Actor, patient: UUID, file: UUID, at: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": at, "subject": file, "patient": patient, "organisation": by.organisation}


async def _put(upload: Upload) -> _Stored:
    """Check, clean and seal what was sent, and put it where it stays."""
    if len(upload.content) > LARGEST:
        raise Refused("file.too_large")
    file, key, name = new_id(), new_key(), new_name()
    media_type, content, viewable = await asyncio.to_thread(_fit, upload.content)
    sealed = await asyncio.to_thread(seal, content, key, file)
    try:
        await asked(store().put, name, sealed)
    except StoreFailed:
        raise Refused("file.store_failed") from None
    digest = sha256(sealed).digest()
    return _Stored(file, media_type, len(content), digest, name, key, viewable, stem(upload.name))


def _fit(content: bytes) -> tuple[str, bytes, bool]:
    """The type, the content as it is kept, and whether browsers may show it."""
    media_type = media_type_of(content)
    if media_type in IMAGES:
        return media_type, images.cleaned(content, media_type), True
    if media_type == TEXT:
        return media_type, (text_in(content) or "").encode(), True
    return media_type, content, media_type != PDF or is_passive(content)


async def _write(
    by: Actor,
    patient: UUID,
    stored: _Stored,
    about: About,
    at: datetime,
    sent: tuple[UUID | None, int] = (None, 0),
) -> bool:
    """Write down what lies in the store; False where this file of this form was written down before."""
    key, own = (await keys_of([patient]))[patient], by.role is Role.PATIENT
    note = about.note[:LONGEST_NOTE]
    state = State.RECEIVED if clamd.is_there() else State.CHECKED
    name = (about.name or stored.name)[:LONGEST_NAME]
    written = await db.fetch_value(
        INSERT,
        stored.id,
        patient,
        about.kind,
        key.seal(name, stored.id, "file.name"),
        key.seal(note, stored.id, "file.note") if note else None,
        about.taken_on,
        stored.media_type,
        stored.size,
        stored.sha256,
        stored.object,
        key.seal(stored.key.hex(), stored.id, "file.content_key"),
        stored.viewable,
        state,
        by.organisation,
        own,
        is_for_patient(about.kind, own=own, shown=about.shown),
        by.id,
        at,
        *sent,
    )
    if written is not None and state is State.RECEIVED:
        await defer(CHECK, file=str(stored.id))
    return written is not None
