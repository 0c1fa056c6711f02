"""The copy of what was signed, made by the worker; and giving forms to another record."""

import asyncio
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor, Role
from app.audit import actions as audit
from app.consents import queries
from app.consents.actions.settling import settle
from app.consents.model import State
from app.consents.rendering import copy_page, file_name
from app.files.actions import keep_file, move_files
from app.files.model import PDF, Kind, Upload
from app.lib import db
from app.lib.db import transaction
from app.lib.keys import ring
from app.lib.pdf import to_pdf

COPIED = "UPDATE consent SET copy = $2 WHERE id = $1"
KEY = "SELECT data_key FROM patient WHERE id = $1"
SEALED = ("signer_name", "second_name", "reason")
MOVE = "UPDATE consent SET patient = $2, signer_name = $3, second_name = $4, reason = $5 WHERE id = $1"


async def make_copy(consent: UUID, *, at: datetime) -> None:
    """Make the PDF of a form in force and keep it among the documents. Made once: a second run finds it there."""
    if (await queries.get_form(consent)).copy is not None:
        return
    form, page = await copy_page(consent)
    if form.state is not State.IN_FORCE:
        return
    content = await asyncio.to_thread(to_pdf, page)
    async with transaction():
        held = await queries.lock_form(consent)
        if held.copy is not None:
            return
        worker = Actor(audit.WORKER, Role.PRACTITIONER, organisation=held.organisation)
        upload = Upload(file_name(held), PDF, content)
        file = await keep_file(worker, await queries.root_of(held.patient), upload, Kind.CONSENT, at=at)
        await db.execute(COPIED, consent, file)
        await audit.record(audit.Action.CONSENT_COPIED, by=audit.WORKER, at=at, subject=consent, patient=held.patient)


async def move_forms(by: UUID, forms: list[UUID], to: UUID, *, at: datetime) -> None:
    """Give forms, with what they decide and their files, to another record when two that were one come apart.

    Names and reasons are sealed anew under that person's key, and what either record allows is worked out anew.
    """
    async with transaction():
        concerned = {to}
        for form in forms:
            held = await queries.lock_form(form)
            if held.patient == to:
                continue
            concerned.add(held.patient)
            key = ring().open(await db.fetch_value(KEY, to), to)
            said = [getattr(held, name) for name in SEALED]
            sealed = [
                key.seal(text, form, f"consent.{name}") if text else None
                for name, text in zip(SEALED, said, strict=True)
            ]
            await db.execute(MOVE, form, to, *sealed)
            await move_files(by, [file for file in (held.paper, held.copy) if file], to, at=at)
            await audit.record(audit.Action.CONSENT_MOVED, by=by, at=at, subject=form, patient=to)
        for patient in sorted(concerned):
            await settle(patient, by=by, at=at)
