"""Scoring anew what goes by a fact that an answer has just told."""

from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import db, jobs
from app.lib.db import transaction
from app.responses.facts import queries
from app.responses.facts.model import TELLS_EDUCATION
from app.responses.queries import lock_response
from app.responses.waiting.actions import SCORE


async def score_those_that_use(response: UUID, *, at: datetime) -> None:
    """Where this sent response tells the years of education, have everything scored anew that goes by them."""
    async with transaction():
        found = await lock_response(response)
        if found.questionnaire.key not in TELLS_EDUCATION or found.submitted_at is None:
            return
        others = await queries.sent_by_education(found.patient, response)
        if not others:
            return
        await db.execute("UPDATE score SET stale = true WHERE response = ANY($1) AND superseded_at IS NULL", others)
        for one in others:
            await jobs.defer(SCORE, lock=f"response:{one}", response_id=str(one))
        await audit.record(
            audit.Action.RESPONSE_SCORED,
            by=audit.WORKER,
            at=at,
            subject=response,
            patient=found.patient,
            waiting=len(others),
        )
