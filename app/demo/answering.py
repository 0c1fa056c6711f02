"""Answering a questionnaire as a person would, through the product's own actions, at a moment that is given."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.assignments import queries as assignments
from app.lib.ids import new_id
from app.questionnaires.model import Questionnaire
from app.responses import actions, queries
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW, Answers
from app.responses.reconciling import Posted

A_MOMENT = timedelta(seconds=1)


async def answer(by: Actor, assignment: UUID, given: Mapping[str, Any], language: str, *, at: datetime) -> UUID:
    """Open what was asked and save these answers (JSON, repeating groups as lists of rows); the draft's id."""
    asked = await assignments.find_assignment(assignment)
    if asked is None:
        raise LookupError(f"no assignment {assignment}")
    response = await actions.open_response(by, asked, language, at=at)
    q = (await queries.get_response(response)).questionnaire
    for group in q.groups:
        await _fit_rows(by, response, group, len(given.get(group, ())), at)
    posted = _posted(q, await queries.answers_of(response, q), given)
    await actions.save_page(by, response, posted, new_id(), at=at)
    return response


async def _fit_rows(by: Actor, response: UUID, group: str, wanted: int, at: datetime) -> None:
    rows = (await queries.answers_of(response)).rows.get(group, ())
    for _ in range(wanted - len(rows)):
        await actions.add_row(by, response, group, at=at)
    for row in rows[wanted:]:
        await actions.remove_row(by, response, group, row, at=at)


def _posted(q: Questionnaire, current: Answers, given: Mapping[str, Any]) -> list[Posted]:
    """The answers as a form would bring them back from the page it was drawn with."""
    found = []
    for name, value in given.items():
        if name not in q.groups:
            found.append(Posted(name, None, NO_ROW, value, current.version((name, NO_ROW))))
            continue
        for row, values in zip(current.rows[name], value, strict=True):
            found += [Posted(item, name, row, one, current.version((item, row))) for item, one in values.items()]
    return found


async def send(by: Actor, response: UUID, language: str, *, at: datetime) -> None:
    """Send a draft as it stands and score it, as the worker would a moment later."""
    seen = digest(await queries.answers_of(response))
    if not await actions.submit_response(by, response, seen, language, at=at):
        raise RuntimeError(f"the answers of {response} changed while they were sent")
    await actions.score_response(response, at=at + A_MOMENT)
