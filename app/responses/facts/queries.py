"""The facts that the scores of a response go by."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from app.lib import db
from app.patients import queries as patients
from app.questionnaires.library import library
from app.responses.facts.model import TELLS_EDUCATION, scored_by_education
from app.responses.model import Response

# Where the patient refuses that centres share, an answer given to one centre tells another nothing, nor do its scores.
EDUCATION = """
SELECT a.value FROM answer a
JOIN response r ON r.patient = a.patient AND r.id = a.response
JOIN patient_scope s ON s.patient = r.patient
WHERE r.patient = ANY($1) AND r.submitted_at IS NOT NULL
  AND (r.questionnaire, a.item) IN (SELECT * FROM unnest($3::text[], $4::text[]))
  AND jsonb_typeof(a.value) = 'number'
  AND (NOT 'sharing' = ANY(s.withheld) OR r.organisation = $2)
ORDER BY a.answered_at DESC, a.id DESC LIMIT 1
"""
SENT = """
SELECT r.id, r.questionnaire, r.version FROM response r
WHERE r.patient = ANY($1) AND r.id <> $2 AND r.submitted_at IS NOT NULL ORDER BY r.id
"""


async def facts_of_response(response: Response, day: date) -> dict[str, int | float | str | date | None]:
    """What the scores of a response may know of the person on a day; years of education only where one needs them."""
    known: dict[str, int | float | str | date | None] = {**await patients.facts_of_patient(response.patient, day)}
    if scored_by_education(response.questionnaire):
        known["education"] = await education_of(response.patient, response.organisation)
    return known


async def education_of(patient: UUID, organisation: UUID | None) -> int | float | None:
    """The years of education by the newest sent answer that tells them; None where nobody has said.

    `organisation` is the centre for which a response was given.
    """
    value = await db.fetch_value(
        EDUCATION,
        await patients.ids_of(patient),
        organisation,
        list(TELLS_EDUCATION),
        list(TELLS_EDUCATION.values()),
    )
    return None if value is None else _number(value)


def _number(value: Any) -> int | float:
    return msgspec.json.decode(value, type=int | float)


async def sent_by_education(patient: UUID, but: UUID) -> list[UUID]:
    """The sent responses of a person, other than one, whose scores go by the years of education."""
    rows = await db.fetch(SENT, await patients.ids_of(patient), but)
    return [r["id"] for r in rows if scored_by_education(library().find(r["questionnaire"], r["version"]))]
