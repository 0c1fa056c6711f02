"""Bringing a version of a trial into the database and to the people enrolled: all of it or nothing, twice is once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from app.access.consent import TRIAL
from app.audit import actions as audit
from app.consents.actions.texts import ask_again, take_in
from app.consents.queries import find_current
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.applying.model import difference
from app.trials.applying.queries import Followed, active_in, asked_again, followed, texts_enough
from app.trials.applying.texts import model_texts, renewed
from app.trials.format import planning
from app.trials.format.model import Trial
from app.trials.queries import find_enrolment
from app.trials.visits.actions.laying import follow_amendment

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('trial:' || $1, 0))"
FIND = """
SELECT t.id, t.current, v.version, v.hash FROM trial t LEFT JOIN trial_version v ON v.id = t.current
WHERE t.key = $1 FOR UPDATE OF t
"""
KNOWN = "SELECT id, hash FROM trial_version WHERE trial = $1 AND version = $2"
NEW = "INSERT INTO trial (id, key, created_at) VALUES ($1, $2, $3)"
VERSION = """
INSERT INTO trial_version (id, trial, version, content, hash, applied_by, applied_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
CURRENT = "UPDATE trial SET current = $2 WHERE id = $1"
KEEP = """
INSERT INTO enrolment_history (id, patient, enrolment, revision, version, arm, included_on, state, ended_on, held,
                               changed_by, changed_at)
SELECT $2, patient, id, revision, version, arm, included_on, state, ended_on, held, $3, $4
FROM enrolment WHERE id = $1
"""
FOLLOW = "UPDATE enrolment SET version = $2, held = NULL, revision = revision + 1 WHERE id = $1"
HOLD = "UPDATE enrolment SET held = $2, revision = revision + 1 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Done:
    """What applying did. `changes`: to people who were enrolled; `new`: the version was not there before."""

    trial: UUID
    version: UUID
    new: bool
    changes: tuple[planning.Change, ...]


async def apply_trial(by: UUID, text: str, trial: Trial, *, at: datetime) -> Done:
    """Make this protocol the current one, and let the people enrolled follow as its amendments say.

    `text`: the file of `trial`. Refused: `trial.same_version` where another text was applied under this version,
    `trial.older` where a newer version is current, `consent_text.in_draft` where people must agree to an amendment and
    somebody is writing the trial's text.
    """
    async with transaction():
        await db.execute(ONE_AT_A_TIME, trial.key)
        found = await db.fetch_row(FIND, trial.key)
        key = found["id"] if found else new_id()
        if found is None:
            await db.execute(NEW, key, trial.key, at)
        version, new = await _version(by, key, text, trial, at)
        if found is not None and found["version"] and _older(trial, found["version"]):
            raise Refused("trial.older")
        await db.execute(CURRENT, key, version)
        enough = await _renew_texts(by, trial, at)
        changes: list[planning.Change] = []
        for enrolment in await active_in(key):
            changes += await _bring(by, enrolment, (trial, version), enough, at)
        if new or changes:
            await audit.record(
                audit.Action.TRIAL_APPLIED,
                by=by,
                at=at,
                subject=key,
                trial=trial.key,
                version=trial.version,
                enrolments=len({one.enrolment for one in changes}),
            )
        return Done(key, version, new, tuple(changes))


async def resume_enrolment(by: UUID, enrolment: UUID, trial: Trial, *, at: datetime) -> bool:
    """Somebody agreed to the version that waited for them: they follow it now; whether they did."""
    async with transaction():
        found = await find_enrolment(enrolment)
        if found is None or found.held is None:
            return False
        changes = await _bring(by, enrolment, (trial, found.held), await texts_enough(trial), at)
        if changes:
            await audit.record(
                audit.Action.ENROLMENT_AMENDED,
                by=by,
                at=at,
                subject=enrolment,
                patient=found.patient,
                organisation=found.organisation,
                version=trial.version,
            )
        return bool(changes)


def _older(trial: Trial, current: str) -> bool:
    try:
        planning.rule_for(trial, current)
    except ValueError:
        return True
    return False


async def _version(by: UUID, key: UUID, text: str, trial: Trial, at: datetime) -> tuple[UUID, bool]:
    content = sha256(text.encode()).digest()
    known = await db.fetch_row(KNOWN, key, trial.version)
    if known is not None:
        if known["hash"] != content:
            raise Refused("trial.same_version")
        return known["id"], False
    made = new_id()
    await db.execute(VERSION, made, key, trial.version, text, content, by, at)
    return made, True


async def _renew_texts(by: UUID, trial: Trial, at: datetime) -> frozenset[int] | None:
    """The texts that people agree to are there, and one that says what an amendment changes; to which a yes counts."""
    await take_in(model_texts(trial), at=at)
    amendment, enough = asked_again(trial), await texts_enough(trial)
    if amendment is None or enough is None or enough:
        return enough
    purpose = f"{TRIAL}{trial.key}"
    text = await find_current(purpose)
    contents = renewed(trial, text.contents, amendment) if text else model_texts(trial)[0][2]
    return frozenset({await ask_again(by, purpose, contents, at=at)})


async def _bring(
    by: UUID, enrolment: UUID, to: tuple[Trial, UUID], enough: Collection[int] | None, at: datetime
) -> list[planning.Change]:
    """Let one person follow; what that changes. `enough`: the texts to which a yes counts."""
    today, (trial, version) = day_in(ZONE, at), to
    one = await followed(enrolment, enough, today, lock=True)
    if one is None:
        return []
    changes = planning.plan(trial, [one.seen], today)
    if not changes:
        return []
    after = planning.apply(trial, [one.seen], today)[0]
    await db.execute(KEEP, enrolment, new_id(), by, at)
    if after.version == one.seen.version:
        await db.execute(HOLD, enrolment, version)
        await _say_held(by, one, at)
        return changes
    await db.execute(FOLLOW, enrolment, version)
    now = await find_enrolment(enrolment)
    if now is not None:
        todo = difference(one.visits, after.visits, one.seen.touched, today)
        await follow_amendment(by, now, todo, at=at)
    return changes


async def _say_held(by: UUID, one: Followed, at: datetime) -> None:
    await audit.record(
        audit.Action.ENROLMENT_HELD,
        by=by,
        at=at,
        subject=one.enrolment.id,
        patient=one.enrolment.patient,
        organisation=one.enrolment.organisation,
    )
