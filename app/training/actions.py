"""Writes about the course: passed, or not this time. Each function is one transaction."""

from datetime import datetime

from app.access.policy import Actor
from app.accounts.actions.opening import note_training
from app.accounts.queries import lock_account
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import execute, transaction
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.training import queries
from app.training.model import a_year_from
from app.training.quiz import QUESTIONS, VERSION

INSERT = """
INSERT INTO training_certificate (id, account, version, correct, asked, passed_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def give_certificate(by: Actor, correct: int, *, at: datetime) -> None:
    """The quiz is passed: records open for a year. A second click on the same day changes nothing."""
    today = day_in(ZONE, at)
    until = a_year_from(today)
    async with transaction():
        await lock_account(by.id)
        former = await queries.newest_certificate(by.id)
        if former is not None and former.valid_until == until:
            return
        certificate = new_id()
        await execute(INSERT, certificate, by.id, VERSION, correct, len(QUESTIONS), at, until)
        await audit.record(
            audit.Action.CERTIFICATE_GIVEN, by=by.id, at=at, subject=certificate, version=VERSION, correct=correct
        )
        await note_training(by.id, by.id, until, at=at)


async def note_failure(by: Actor, correct: int, *, at: datetime) -> None:
    """The quiz is not passed this time."""
    async with transaction():
        await audit.record(
            audit.Action.TRAINING_FAILED, by=by.id, at=at, subject=by.id, version=VERSION, correct=correct
        )
