"""Answering a questionnaire as a person would, through the product's own actions, at a moment that is given."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.assignments import queries as assignments
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.lib.ids import new_id
from app.responses import actions, queries
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted

READING = timedelta(minutes=4)


async def answer(by: Actor, assignment: UUID, given: Mapping[str, Any], *, language: str = "fr", at: datetime) -> UUID:
    """Open what was asked and save these answers (JSON, repeating groups as lists of rows); the draft's id."""
    asked = await assignments.find_assignment(assignment)
    if asked is None:
        raise LookupError(f"no assignment {assignment}")
    response = await actions.open_response(by, asked, language, at=at)
    found = await queries.get_response(response)
    for group in found.questionnaire.groups:
        rows = (await queries.answers_of(response, found.questionnaire)).rows.get(group, ())
        for _ in range(len(given.get(group, ())) - len(rows)):
            await actions.add_row(by, response, group, at=at)
        for row in rows[len(given.get(group, ())) :]:
            await actions.remove_row(by, response, group, row, at=at)
    current = await queries.answers_of(response, found.questionnaire)
    posted = [
        Posted(item, None, NO_ROW, value, current.version((item, NO_ROW)))
        for item, value in given.items()
        if item not in found.questionnaire.groups
    ]
    for group in found.questionnaire.groups:
        for row, values in zip(current.rows.get(group, ()), given.get(group, ()), strict=True):
            posted += [Posted(item, group, row, value, current.version((item, row))) for item, value in values.items()]
    await actions.save_page(by, response, posted, new_id(), at=at)
    return response


async def send(by: Actor, response: UUID, *, language: str = "fr", at: datetime) -> None:
    """Send a draft as it stands and score it, as the worker would a moment later."""
    seen = digest(await queries.answers_of(response))
    await actions.submit_response(by, response, seen, language, at=at)
    await actions.score_response(response, at=at + timedelta(seconds=1))


async def answer_and_send(
    by: Actor, asked_by: Actor, ask: NewAssignment, given: Mapping[str, Any], *, at: datetime
) -> UUID:
    """A whole story: the team asked some days before, the person answered and sent at that moment."""
    days = at.date() - ask.opens_on
    assignment = await assign_questionnaire(asked_by, ask, at=at - days)
    response = await answer(by, assignment, given, at=at - READING)
    await send(by, response, at=at)
    return response
