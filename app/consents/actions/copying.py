"""The copy of what was signed, made by the worker."""

import asyncio
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor, Role
from app.audit import actions as audit
from app.consents import queries
from app.consents.model import State
from app.consents.rendering import copy_page, file_name
from app.files.actions import keep_files
from app.files.model import PDF, About, Kind, Upload
from app.lib import db
from app.lib.db import transaction
from app.lib.pdf import to_pdf

COPIED = "UPDATE consent SET copy = $2 WHERE id = $1"


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
        about = About(Kind.CONSENT, taken_on=held.signed_on)
        [file] = await keep_files(worker, await queries.root_of(held.patient), [upload], about, at=at)
        await db.execute(COPIED, consent, file)
        await audit.record(audit.Action.CONSENT_COPIED, by=audit.WORKER, at=at, subject=consent, patient=held.patient)
