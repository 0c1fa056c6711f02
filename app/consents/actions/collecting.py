"""A team collects a consent: begun, signed on screen or on paper, certified; or given up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.consents import queries
from app.consents.actions.deciding import COPY, Spoken, keep_decisions, keep_form
from app.consents.actions.settling import settle
from app.consents.model import Form, NewForm, State, may_give, moment_of_paper
from app.lib import db, jobs
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.keys import ring

SIGN = """
UPDATE consent SET state = 'signed', signed_at = $2, signed_on = $3, signer_name = $4, second_name = $5, assent = $6,
    paper = $7
WHERE id = $1
"""
CERTIFY = "UPDATE consent SET state = 'in_force', certified_by = $2, certified_at = $3 WHERE id = $1"
DISCARD = "UPDATE consent SET state = 'discarded', discarded_at = $2 WHERE id = $1"
KEY = "SELECT data_key FROM patient WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What was signed: yes or no by purpose, to the version of the text that was read; by whom, on which day.

    `paper`: the file that shows it. Without one it was signed on a screen, just now.
    """

    answers: Mapping[str, bool]
    versions: Mapping[str, int]
    name: str
    second_name: str = ""
    assent: bool = False
    day: date | None = None
    paper: UUID | None = None

    def on_paper(self, file: UUID) -> "Signature":
        """The same, shown by this file."""
        return replace(self, paper=file)


async def begin(by: Actor, patient: UUID, new: NewForm, *, at: datetime) -> UUID:
    """A form for the person to sign. Refused where the one who signs may not say yes, now that it is about a child or
    an adult."""
    async with transaction():
        if not may_give(new.signer, minor=new.for_minor):
            raise Refused("consent.signer")
        made = await keep_form(by, patient, new, State.OPEN, at=at)
        await audit.record(
            audit.Action.CONSENT_TEXTS_SHOWN,
            by=by.id,
            at=at,
            subject=made.id,
            patient=made.patient,
            organisation=by.organisation,
            purposes=",".join(new.purposes),
        )
    return made.id


async def sign(by: Actor, consent: UUID, signature: Signature, *, at: datetime) -> None:
    """Keep what was signed. A no counts at once, a yes once the form is certified. Signing twice changes nothing."""
    async with transaction():
        form = await queries.lock_form(consent)
        if form.state is State.DISCARDED:
            raise Refused("consent.discarded")
        if form.state is not State.OPEN:
            return
        said = await _said(signature, at)
        await db.execute(
            SIGN,
            consent,
            at,
            signature.day or day_in(ZONE, at),
            *await _sealed(form, signature),
            signature.assent,
            signature.paper,
        )
        await audit.record(
            audit.Action.CONSENT_SIGNED,
            by=by.id,
            at=at,
            subject=consent,
            patient=form.patient,
            organisation=by.organisation,
            how=form.method.value,
        )
        await keep_decisions(by.id, form, said, at=at)


async def _said(signature: Signature, at: datetime) -> list[Spoken]:
    """On a screen the text in use was read; a paper may bear an older version."""
    said, current = [], await queries.current_texts()
    for purpose, yes in signature.answers.items():
        text = current.get(purpose)
        if text is not None and signature.paper is not None:
            text = await queries.find_text(purpose, signature.versions.get(purpose, 0))
        if text is None or text.published_at is None or signature.versions.get(purpose) != text.version:
            raise Refused("consent.text_replaced")
        moment = at if signature.day is None else moment_of_paper(signature.day, yes=yes, at=at)
        said.append(Spoken(text, yes, moment))
    return said


async def _sealed(form: Form, signature: Signature) -> list[bytes | None]:
    key = ring().open(await db.fetch_value(KEY, form.patient), form.patient)
    names = {"signer_name": signature.name, "second_name": signature.second_name}
    return [key.seal(text, form.id, f"consent.{name}") if text else None for name, text in names.items()]


async def certify(by: Actor, consent: UUID, *, at: datetime) -> None:
    """Somebody of the team vouches that identity, text and questions were seen to: from now on each yes counts."""
    async with transaction():
        form = await queries.lock_form(consent)
        if form.state is State.IN_FORCE:
            return
        if form.state is not State.SIGNED:
            raise Refused("consent.not_signed")
        await db.execute(CERTIFY, consent, by.id, at)
        await audit.record(
            audit.Action.CONSENT_CERTIFIED,
            by=by.id,
            at=at,
            subject=consent,
            patient=form.patient,
            organisation=by.organisation,
        )
        await settle(form.patient, by=by.id, at=at)
        await jobs.defer(COPY, lock=f"consent:{consent}", consent=str(consent))


async def discard(by: Actor, consent: UUID, *, at: datetime) -> None:
    """Give up a form that is not certified. What it refuses stays refused."""
    async with transaction():
        form = await queries.lock_form(consent)
        if form.state is State.DISCARDED:
            return
        if form.state is State.IN_FORCE:
            raise Refused("consent.in_force")
        await db.execute(DISCARD, consent, at)
        await audit.record(
            audit.Action.CONSENT_DISCARDED,
            by=by.id,
            at=at,
            subject=consent,
            patient=form.patient,
            organisation=by.organisation,
        )
