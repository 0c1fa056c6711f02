"""Saying yes or no: what a person decides on their own pages, what they told their team, what a form says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.consents import queries
from app.consents.actions.settling import settle
from app.consents.actions.telling import TELL_TEAM
from app.consents.model import Answer, Form, Line, Method, NewForm, Signer, State, Text, may_give
from app.lib import db, jobs
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring

COPY = jobs.Job("consents:make_copy", queue="files")
HOLD = """
SELECT r.id, r.data_key FROM patient r WHERE r.id = (SELECT m.root FROM patient m WHERE m.id = $1) FOR NO KEY UPDATE
"""
INSERT = """
INSERT INTO consent (id, patient, organisation, method, state, language, purposes, signer, signer_name, second_name,
                     for_minor, assent, reason, begun_by, begun_at, signed_on, signed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
DECIDE = """
INSERT INTO consent_decision (id, patient, consent, purpose, text, answer, points, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
EVENTS = {
    Answer.GIVEN: audit.Action.CONSENT_GIVEN,
    Answer.REFUSED: audit.Action.CONSENT_REFUSED,
    Answer.WITHDRAWN: audit.Action.CONSENT_WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One yes or no, to the text that was read, and the moment from which it counts."""

    text: Text
    yes: bool
    at: datetime


async def keep_decisions(by: UUID, form: Form, said: Collection[Spoken], *, at: datetime) -> None:
    """Write what a form says and let it count: a no at once, a yes as soon as the form is in force.

    The team is told of a no.
    """
    async with transaction():
        stand = {one.purpose: one for one in (await queries.lines_of(form.patient, day_in(ZONE, at)))[0]}
        for one in said:
            answer = _answer(one, stand.get(one.text.purpose))
            points = len(one.text.content(form.language).points) if one.yes else 0
            parts = (form.patient, form.id, one.text.purpose, one.text.id, answer.value, points, one.at)
            await db.execute(DECIDE, new_id(), *parts)
            await audit.record(
                EVENTS[answer],
                by=by,
                at=at,
                subject=form.id,
                patient=form.patient,
                organisation=form.organisation,
                purpose=one.text.purpose,
                version=one.text.version,
            )
        await settle(form.patient, by=by, at=at)
        if not all(one.yes for one in said):
            await jobs.defer(TELL_TEAM, lock=f"consent:{form.id}", consent=str(form.id))


def _answer(said: Spoken, line: Line | None) -> Answer:
    if said.yes:
        return Answer.GIVEN
    given = line is not None and line.said is not None and line.said.answer is Answer.GIVEN
    return Answer.WITHDRAWN if given else Answer.REFUSED


async def keep_form(by: Actor, patient: UUID, new: NewForm, state: State, *, at: datetime) -> Form:
    """Write a form with the record that stands for this person, held until the transaction ends."""
    async with transaction():
        held = await db.fetch_row(HOLD, patient)
        if held is None:
            raise LookupError(f"no patient {patient}")
        form, root = new_id(), held["id"]
        key = ring().open(held["data_key"], root)
        sealed = {
            name: key.seal(text, form, f"consent.{name}") if text else None
            for name, text in ((name, getattr(new, name)) for name in ("signer_name", "second_name", "reason"))
        }
        await db.execute(
            INSERT,
            form,
            root,
            new.organisation,
            new.method.value,
            state.value,
            new.language,
            list(new.purposes),
            new.signer.value,
            sealed["signer_name"],
            sealed["second_name"],
            new.for_minor,
            new.assent,
            sealed["reason"],
            by.id,
            at,
            new.signed_on,
            None if state is State.OPEN else at,
        )
        event = audit.Action.CONSENT_BEGUN if state is State.OPEN else audit.Action.CONSENT_SIGNED
        await audit.record(
            event, by=by.id, at=at, subject=form, patient=root, organisation=new.organisation, how=new.method.value
        )
        return await queries.get_form(form)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody decides on their own pages. `version`: of the text that they were shown."""

    purpose: str
    yes: bool
    version: int
    language: str
    name: str = ""
    reason: str = ""


async def decide(by: Actor, patient: UUID, wish: Wish, *, at: datetime) -> bool:
    """The person, or who signs for them, decides on their own pages; whether anything changed.

    Saying the same again changes nothing. Refused where a child would say yes, or to a text that was replaced.
    """
    signer = Signer.PROXY if patient in by.proxy_for else Signer.PATIENT
    async with transaction():
        await db.fetch_row(HOLD, patient)
        text = (await queries.current_texts()).get(wish.purpose)
        if text is None or (wish.yes and text.version != wish.version):
            raise Refused("consent.text_replaced")
        minor = await queries.is_minor(patient, day_in(ZONE, at))
        if wish.yes and not may_give(signer, minor=minor):
            raise Refused("consent.minor")
        if await _stands(patient, wish.yes, text, at):
            return False
        new = NewForm(
            method=Method.PORTAL,
            purposes=(wish.purpose,),
            signer=signer,
            language=wish.language,
            signer_name=wish.name or by.name,
            reason=wish.reason,
            for_minor=minor and signer is Signer.PROXY,
            signed_on=day_in(ZONE, at),
        )
        made = await keep_form(by, patient, new, State.IN_FORCE, at=at)
        await audit.record(audit.Action.CONSENT_IN_FORCE, by=by.id, at=at, subject=made.id, patient=made.patient)
        await keep_decisions(by.id, made, [Spoken(text, wish.yes, at)], at=at)
        await jobs.defer(COPY, lock=f"consent:{made.id}", consent=str(made.id))
    return True


async def note_spoken_no(by: Actor, patient: UUID, new: NewForm, *, at: datetime) -> UUID:
    """Somebody told their team that they refuse or withdraw: it counts at once, and needs no signature."""
    async with transaction():
        texts = await queries.current_texts()
        made = await keep_form(by, patient, new, State.IN_FORCE, at=at)
        await audit.record(
            audit.Action.CONSENT_IN_FORCE,
            by=by.id,
            at=at,
            subject=made.id,
            patient=made.patient,
            organisation=by.organisation,
        )
        await keep_decisions(by.id, made, [Spoken(texts[one], False, at) for one in new.purposes], at=at)
        await jobs.defer(COPY, lock=f"consent:{made.id}", consent=str(made.id))
    return made.id


async def _stands(patient: UUID, yes: bool, text: Text, at: datetime) -> bool:
    """Whether this is what stands already, said to this text."""
    found, _ = await queries.lines_of(patient, day_in(ZONE, at))
    line = next((one for one in found if one.purpose == text.purpose), None)
    if line is None or line.said is None:
        return False
    if not yes:
        return line.said.answer is not Answer.GIVEN
    return line.said.answer is Answer.GIVEN and line.allowed and line.said.text == text.id
