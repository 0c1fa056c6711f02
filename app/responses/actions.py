"""Answering, sending, correcting and scoring. Each action is one transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from app.access.consent import Use
from app.access.policy import Actor, Role
from app.alerts import actions as alerts
from app.alerts.model import Cause
from app.assignments import queries as assignments
from app.assignments.model import Assignment
from app.assignments.model import State as AssignmentState
from app.audit import actions as audit
from app.consents import queries as consents
from app.lib import clock, db, jobs
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.hearing import tell
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients import queries as patients
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire
from app.questionnaires.red_flags import flag_reads, raised
from app.questionnaires.scoring import Result, score
from app.questionnaires.visibility import environment
from app.responses import queries
from app.responses.facts.queries import facts_of_response
from app.responses.fingerprints import digest, input_hash
from app.responses.model import Closed, Conflict, Response, Saved, State
from app.responses.news import ResponseCorrected, ResponseOpened, ResponseScored, ResponseSent
from app.responses.reconciling import Plan, Posted, reconcile
from app.responses.statements import ADD_ROW, SAVE_IN_ROW, SAVE_SINGLE, THEIRS
from app.responses.waiting.actions import SCORE, note_kept_from


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes into which response, from which opening of a page."""

    by: UUID
    response: UUID
    page_load: UUID


async def save_answer(writing: Writing, posted: Posted, *, at: datetime) -> Saved | Conflict | Closed:
    """Keep one answer of a draft. Durable when it returns; never over somebody's newer one."""
    version = await _upsert(writing, posted, at)
    return Saved(version) if version is not None else await _why_not(writing, posted)


async def save_watched_answer(
    writing: Writing, posted: Posted, questionnaire: Questionnaire, *, at: datetime
) -> Saved | Conflict | Closed:
    """The same for an answer that a red flag reads while it is saved: the alert stands or falls with the answer."""
    async with transaction():
        version = await _upsert(writing, posted, at)
        if version is None:
            return await _why_not(writing, posted)
        patient = await db.fetch_value("SELECT patient FROM response WHERE id = $1", writing.response)
        await _raise_flags(writing.by, questionnaire, writing.response, patient, {"save"}, at)
        await audit.record(
            audit.Action.RESPONSE_SAVED,
            by=writing.by,
            at=at,
            subject=writing.response,
            patient=patient,
            item=posted.item,
            version=version,
        )
        return Saved(version)


async def _upsert(writing: Writing, posted: Posted, at: datetime) -> int | None:
    text = None if posted.value is None else queries.json_text(posted.value)
    values = (posted.item, posted.row, text, writing.page_load, writing.by, at, posted.token)
    version: int | None
    if posted.group is None:
        version = await db.fetch_value(SAVE_SINGLE, writing.response, new_id(), *values)
    else:
        version = await db.fetch_value(SAVE_IN_ROW, writing.response, new_id(), *values, posted.group)
    return version


async def _why_not(writing: Writing, posted: Posted) -> Conflict | Closed:
    row = await db.fetch_row(THEIRS, writing.response, posted.item, posted.row)
    if row is None:
        return Closed()
    theirs = msgspec.json.decode(row["value"] or "null")
    return Conflict(
        posted.item, posted.row, theirs, row["version"], row["answered_by"], row["answered_at"], posted.value
    )


async def save_page(by: Actor, response: UUID, posted: list[Posted], page_load: UUID, *, at: datetime) -> Plan:
    """Keep all answers of a section in one go; what collides is left as it is and handed back."""
    async with transaction():
        found = await queries.lock_response(response)
        if found.state is not State.DRAFT:
            raise Refused("response.sent")
        plan = await _plan(found, posted, page_load)
        for change in plan.changes:
            await _upsert(Writing(by.id, response, page_load), change, at)
        await _raise_flags(by.id, found.questionnaire, response, found.patient, {"save"}, at)
        if plan.changes:
            await audit.record(
                audit.Action.RESPONSE_SAVED,
                by=by.id,
                at=at,
                subject=response,
                patient=found.patient,
                items=",".join(sorted({change.item for change in plan.changes})),
            )
        return plan


async def _plan(found: Response, posted: list[Posted], page_load: UUID) -> Plan:
    current = await queries.answers_of(found.id, found.questionnaire)
    standing = [one for one in posted if one.group is None or one.row in current.rows.get(one.group, ())]
    stale = any(current.version(one.place) != one.token for one in standing)
    past = await queries.past_values(found.id) if stale else {}
    return reconcile(current, past, standing, page_load)


async def _raise_flags(
    by: UUID, q: Questionnaire, response: UUID, patient: UUID, moments: set[str], at: datetime
) -> None:
    if not any(flag.on in moments for flag, _ in q.flags):
        return
    answers = await queries.answers_of(response, q)
    facts = await queries.facts_for(q, patient, clock.day_in(ZONE, at))
    for flag in raised(q, environment(q, answers.values, facts, facts.get("today"))):
        if flag.on in moments:
            cause = Cause(patient, response, flag.id, flag.urgency, answers.versions_of(flag_reads(q, flag.id)))
            await alerts.raise_alert(by, cause, at=at)


async def open_response(by: Actor, assignment: Assignment, language: str, *, at: datetime) -> UUID:
    """The response of an assignment, made at the first opening; the same one ever after."""
    async with transaction():
        held = await assignments.lock_to_open(assignment)
        if held is None or held.state in {AssignmentState.CANCELLED, AssignmentState.EXPIRED}:
            raise Refused("assignment.closed")
        if held.response is not None:
            return held.response
        questionnaire = library().find(held.questionnaire, held.version)
        response = new_id()
        await db.execute(
            """INSERT INTO response (id, patient, questionnaire, version, answered_by, language, author, organisation,
                                     state, revision, opened_at, handover)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', 0, $9, $10)""",
            response,
            held.patient,
            questionnaire.key,
            questionnaire.version,
            held.answered_by,
            language,
            by.id,
            held.organisation,
            at,
            by.lent and by.lent.handover,
        )
        await _add_first_rows(questionnaire, held.patient, response, at)
        await db.execute("UPDATE assignment SET state = 'in_progress', response = $2 WHERE id = $1", held.id, response)
        await patients.note_activity(held.patient, held.organisation, at)
        await audit.record(
            audit.Action.RESPONSE_OPENED,
            by=by.id,
            at=at,
            subject=response,
            patient=held.patient,
            organisation=held.organisation,
            assignment=str(held.id),
        )
        await tell(ResponseOpened(response, held.patient, questionnaire.key, held.answered_by, held.id, by.id, at))
        return response


async def _add_first_rows(q: Questionnaire, patient: UUID, response: UUID, at: datetime) -> None:
    """A group that needs entries starts with them, so that nobody has to press "add" to begin."""
    for name, group in q.groups.items():
        for _ in range(max(1, group.item.repeat.least) if group.item.repeat else 0):
            await db.execute(ADD_ROW, new_id(), patient, response, name, at)


async def add_row(by: Actor, response: UUID, group: str, *, at: datetime) -> UUID:
    """Add an entry to a repeating group; Refused past the most the questionnaire allows."""
    async with transaction():
        found = await queries.lock_response(response)
        if found.state is not State.DRAFT:
            raise Refused("response.sent")
        answers = await queries.answers_of(response, found.questionnaire)
        repeat = found.questionnaire.groups[group].item.repeat
        if repeat is not None and len(answers.rows.get(group, ())) >= repeat.most:
            raise Refused("response.rows_full")
        row = new_id()
        await db.execute(ADD_ROW, row, found.patient, response, group, at)
        await audit.record(
            audit.Action.RESPONSE_ROW_ADDED, by=by.id, at=at, subject=response, patient=found.patient, group=group
        )
        return row


async def remove_row(by: Actor, response: UUID, group: str, row: UUID, *, at: datetime) -> None:
    """Take an entry out of a repeating group. Its answers stay in the record, out of sight."""
    async with transaction():
        found = await queries.lock_response(response)
        if found.state is not State.DRAFT:
            raise Refused("response.sent")
        await db.execute(
            """UPDATE response_row SET removed_at = $4
               WHERE response = $1 AND id = $2 AND group_id = $3 AND removed_at IS NULL""",
            response,
            row,
            group,
            at,
        )
        await audit.record(
            audit.Action.RESPONSE_ROW_REMOVED,
            by=by.id,
            at=at,
            subject=response,
            patient=found.patient,
            group=group,
            row=str(row),
        )


async def submit_response(by: Actor, response: UUID, seen: str, language: str, *, at: datetime) -> bool:
    """Send a draft; False if its answers are no longer those that were reviewed (`seen`).

    Sending again changes nothing.
    """
    async with transaction():
        found = await queries.lock_response(response)
        if found.state is not State.DRAFT:
            return True
        answers = await queries.answers_of(response, found.questionnaire)
        if digest(answers) != seen:
            return False
        await db.execute(
            """UPDATE response SET state = 'submitted', submitted_at = $2, submitted_by = $3, language = $4,
                   handover = coalesce($5, handover)
               WHERE id = $1""",
            *(response, at, by.id, language, by.lent and by.lent.handover),
        )
        await db.execute("UPDATE assignment SET state = 'done', closed_at = $2 WHERE response = $1", response, at)
        await patients.note_activity(found.patient, found.organisation, at)
        await _raise_flags(by.id, found.questionnaire, response, found.patient, {"save", "submit"}, at)
        await audit.record(
            audit.Action.RESPONSE_SUBMITTED,
            by=by.id,
            at=at,
            subject=response,
            patient=found.patient,
            organisation=found.organisation,
        )
        await jobs.defer(SCORE, lock=f"response:{response}", response_id=str(response))
        await tell(ResponseSent(response, found.patient, found.questionnaire.key, found.answered_by, by.id, at))
        return True


async def correct_response(by: Actor, response: UUID, posted: list[Posted], reason: str, *, at: datetime) -> Plan:
    """Change answers that were sent, for one reason: a new revision; the old values stay in the history."""
    async with transaction():
        found = await queries.lock_response(response)
        if found.state is State.DRAFT:
            raise Refused("response.draft")
        page_load = new_id()
        plan = await _plan(found, posted, page_load)
        if not plan.changes or plan.conflicts:
            return plan
        await _replace(found, Writing(by.id, response, page_load), plan, reason, at)
        await _raise_flags(by.id, found.questionnaire, response, found.patient, {"save", "submit"}, at)
        await audit.record(
            audit.Action.RESPONSE_CORRECTED,
            by=by.id,
            at=at,
            subject=response,
            patient=found.patient,
            organisation=by.organisation,
            revision=found.revision + 1,
            items=",".join(sorted({change.item for change in plan.changes})),
        )
        await jobs.defer(SCORE, lock=f"response:{response}", response_id=str(response))
        await tell(ResponseCorrected(response, found.patient, found.questionnaire.key, by.id, at))
        return plan


async def _replace(found: Response, writing: Writing, plan: Plan, reason: str, at: datetime) -> None:
    for change in plan.changes:
        text = None if change.value is None else queries.json_text(change.value)
        await db.execute(
            """INSERT INTO answer AS a (id, patient, response, item, "row", value, version, page_load, answered_by,
                                        answered_at)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb, 1, $7, $8, $9)
               ON CONFLICT (response, item, "row") DO UPDATE SET value = excluded.value, version = a.version + 1,
                   page_load = excluded.page_load, answered_by = excluded.answered_by,
                   answered_at = excluded.answered_at""",
            new_id(),
            found.patient,
            found.id,
            change.item,
            change.row,
            text,
            writing.page_load,
            writing.by,
            at,
        )
    revision = found.revision + 1
    await db.execute("UPDATE response SET state = 'amended', revision = $2 WHERE id = $1", found.id, revision)
    await db.execute(
        """INSERT INTO correction (id, patient, response, revision, reason, made_by, made_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        new_id(),
        found.patient,
        found.id,
        revision,
        reason,
        writing.by,
        at,
    )
    await db.execute("UPDATE score SET stale = true WHERE response = $1 AND superseded_at IS NULL", found.id)


async def score_response(response: UUID, *, at: datetime) -> None:
    """Compute every score of a sent response. Doing it again writes nothing while the same goes in."""
    async with transaction():
        found = await queries.lock_response(response)
        if found.submitted_at is None:
            return
        if not await consents.allowed(found.patient, Use.OPEN_RECORD):
            await note_kept_from(response, found.patient, at=at)
            return
        q = found.questionnaire
        day = clock.day_in(ZONE, found.submitted_at)
        answers = await queries.answers_of(response, q)
        facts = await facts_of_response(found, day)
        results = score(q, environment(q, answers.values), facts, day)
        written = await _keep_scores(found, results, input_hash(q, answers, facts), at)
        if written:
            await audit.record(
                audit.Action.RESPONSE_SCORED,
                by=audit.WORKER,
                at=at,
                subject=response,
                patient=found.patient,
                scores=",".join(written),
            )
        await tell(ResponseScored(response, found.patient, at))


async def _keep_scores(found: Response, results: dict[str, Result], fingerprint: bytes, at: datetime) -> list[str]:
    """Write what is new; the ids of the scores written."""
    current = await queries.input_hashes(found.id)
    written = []
    for score_id, result in results.items():
        row, known, stale = current.get(score_id, (None, b"", False))
        if known == fingerprint:
            if stale:
                await db.execute("UPDATE score SET stale = false WHERE id = $1", row)
            continue
        await db.execute("UPDATE score SET superseded_at = $2 WHERE id = $1", row, at)
        await db.execute(
            """INSERT INTO score (id, patient, response, score_id, status, value, band, reason, input_hash, stale,
                                  computed_at)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::jsonb, $9, false, $10)""",
            new_id(),
            found.patient,
            found.id,
            score_id,
            result.status,
            None if result.value is None else queries.json_text(result.value),
            result.band,
            None if result.reason is None else queries.json_text(result.reason),
            fingerprint,
            at,
        )
        written.append(score_id)
    return written


async def note_reading(by: Actor, response: UUID, patient: UUID, page: str, *, at: datetime) -> None:
    """Somebody of a team was shown a patient's answers or scores; a patient's own reading is nobody's business."""
    if by.role is Role.PATIENT:
        return
    async with transaction():
        await audit.record(
            audit.Action.RESPONSE_READ,
            by=by.id,
            at=at,
            subject=response,
            patient=patient,
            organisation=by.organisation,
            page=page,
        )
