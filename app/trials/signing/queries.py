"""Reading signatures, whether they still stand for what lies there, and what is to be known before signing."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from app.access.consent import TRIAL, Use
from app.assignments.model import Assignment
from app.assignments.queries import list_of_visits
from app.consents.queries import allowed, withheld_of
from app.lib import db
from app.patients.queries import keys_of
from app.responses.model import Kept, Response
from app.responses.queries import answers_as_kept, list_unscored
from app.trials.checks.queries import sent_in, standing_findings
from app.trials.model import Enrolment, Visit
from app.trials.queries import find_visit
from app.trials.signing.model import Cause, Known, Preflight, Signature, content_hash, named, remarks_on
from app.trials.visits.model import standing_of
from app.trials.visits.queries import hold, visits_answered

COLUMNS = """id, patient, visit, signed_by, profession, signed_at, pins, content_hash, undone_at, undone_by,
undone_cause"""


def _signature(row: db.Row, reason: str = "") -> Signature:
    parts: dict[str, Any] = {**dict(row), "reason": reason}
    parts.pop("undone_reason", None)
    cause = row["undone_cause"]
    return Signature(
        **{
            **parts,
            "pins": msgspec.json.decode(row["pins"], type=dict[str, int]),
            "content_hash": bytes(row["content_hash"]),
            "undone_cause": None if cause is None else Cause(cause),
        }
    )


async def signature_of(visit: UUID) -> Signature | None:
    """The signature that stands under a visit."""
    sql = f"SELECT {COLUMNS} FROM visit_signature WHERE visit = $1 AND undone_at IS NULL"
    row = await db.fetch_row(sql, visit)
    return None if row is None else _signature(row)


async def find_signature(signature: UUID) -> Signature | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM visit_signature WHERE id = $1", signature)
    return None if row is None else _signature(row)


async def signatures_of(visit: UUID) -> list[Signature]:
    """Every signature that a visit ever had, the latest first, each with the reason why it was withdrawn by hand."""
    rows = await db.fetch(
        f"SELECT {COLUMNS}, undone_reason FROM visit_signature WHERE visit = $1 ORDER BY signed_at DESC, id DESC", visit
    )
    keys = await keys_of({row["patient"] for row in rows})
    return [
        _signature(
            row,
            keys[row["patient"]].open_or_empty(row["undone_reason"], row["id"], "visit_signature.undone_reason"),
        )
        for row in rows
    ]


async def content_of(visit: Visit) -> tuple[list[Response], list[Kept], bytes]:
    """What a signature under this visit stands for: the responses that were sent, their answers, and the hash."""
    sent = await sent_in(visit.id)
    ids = [one.id for one in sent]
    kept = await answers_as_kept(ids)
    return sent, kept, content_hash(visit, map(named, sent), kept)


async def still_stands(signature: Signature) -> bool:
    """Whether the visit holds what was signed, to the letter: worked out anew from what lies in the database."""
    visit = await find_visit(signature.visit)
    if signature.undone or visit is None:
        return False
    _sent, _kept, found = await content_of(visit)
    return found == signature.content_hash


async def signed_with(response: UUID) -> list[UUID]:
    """The signed visits for which a response counts, in the order of their ids."""
    return [one.id for one in await visits_answered(response) if one.locked]


async def hold_signed_with(response: UUID) -> list[UUID]:
    """The same, held until the transaction ends: who signs at this moment is waited for, or waits."""
    over = [one for one in await visits_answered(response) if one.completed_on or one.skipped_on]
    held = [(await hold(one.id))[0] for one in over]
    return [one.id for one in held if one.locked]


async def preflight(visit: Visit, enrolment: Enrolment, today: date) -> Preflight:
    """Everything that somebody should read before they sign this visit."""
    sent, _kept, content = await content_of(visit)
    standing = standing_of(await list_of_visits([visit.id]))
    foreign = [one for one in sent if one.organisation != visit.organisation]
    trial, unscored = f"{TRIAL}{visit.key}", set(await list_unscored(visit.patient))
    known = Known(
        missing=_keys(standing.missing),
        not_sent=_keys(standing.begun),
        not_scored=tuple(one.questionnaire.key for one in sent if one.questionnaire.scores and one.id in unscored),
        findings=tuple(one.check_id for one in await standing_findings(visit.id) if one.is_open),
        not_shared=tuple(one.questionnaire.key for one in foreign) if foreign and not await _shares(visit) else (),
        withheld=trial in await withheld_of(visit.patient, today, {trial}),
        waits=enrolment.held is not None,
    )
    return Preflight(remarks_on(visit, known), content, visit.revision)


async def _shares(visit: Visit) -> bool:
    return await allowed(visit.patient, Use.SEE_OTHER_CENTRES)


def _keys(asked: tuple[Assignment, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.questionnaire for one in asked))
