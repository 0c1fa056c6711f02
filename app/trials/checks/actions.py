"""Running the data checks of a visit, and explaining what one found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.checks.model import LONGEST_NOTE, Finding, State
from app.trials.checks.queries import found_now, standing_findings
from app.trials.model import Visit
from app.trials.visits.queries import hold, key_of, under_which

RAISE = """
INSERT INTO finding (id, patient, visit, check_id, inputs_hash, raised_at)
SELECT $1, v.patient, v.id, $3, $4, $5 FROM visit v WHERE v.id = $2
"""
RESOLVE = "UPDATE finding SET state = 'resolved', resolved_at = $2 WHERE id = $1"
READ_ANEW = "UPDATE finding SET inputs_hash = $2 WHERE id = $1"
EXPLAIN = "UPDATE finding SET state = 'explained', explained_at = $2, explained_by = $3, note = $4 WHERE id = $1"


def _said(by: UUID, visit: Visit, check: str, at: datetime) -> dict[str, Any]:
    return {
        "by": by,
        "at": at,
        "subject": visit.id,
        "patient": visit.patient,
        "organisation": visit.organisation,
        "check": check,
    }


async def run_checks(by: UUID, visit: UUID, *, at: datetime) -> None:
    """Bring what was found in a visit to what its values say now. Doing it again changes nothing.

    What is no longer true settles by itself; an explanation holds as long as the values it was given for. What waits
    for a score stays as it is until that was computed.
    """
    async with transaction():
        held, enrolment = await hold(visit)
        found, waiting = await found_now(held, enrolment, day_in(ZONE, at))
        standing = {one.check_id: one for one in await standing_findings(visit) if one.check_id not in waiting}
        for one in standing.values():
            if _over(one, found):
                await db.execute(RESOLVE, one.id, at)
                await audit.record(audit.Action.CHECK_RESOLVED, **_said(by, held, one.check_id, at))
            elif found[one.check_id] != one.inputs_hash:
                await db.execute(READ_ANEW, one.id, found[one.check_id])
        for check, inputs in found.items():
            if check not in standing or _over(standing[check], found):
                await db.execute(RAISE, new_id(), visit, check, inputs, at)
                await audit.record(audit.Action.CHECK_RAISED, **_said(by, held, check, at))


def _over(finding: Finding, found: dict[str, bytes]) -> bool:
    """Nothing is found any more; or what was explained are other values than those of now."""
    inputs = found.get(finding.check_id)
    return inputs is None or (finding.state is State.EXPLAINED and inputs != finding.inputs_hash)


async def explain(by: Actor, visit: UUID, finding: UUID, note: str, *, at: datetime) -> None:
    """Say why the values are right as they are. Refused: `check.reason` without words, `check.settled` once it is not
    open."""
    async with transaction():
        held, enrolment = await hold(visit)
        await run_checks(by.id, visit, at=at)
        one = {found.id: found for found in await standing_findings(visit)}.get(finding)
        if one is None or not one.is_open:
            raise Refused("check.settled")
        if not note.strip():
            raise Refused("check.reason")
        key = await key_of(await under_which(enrolment.id))
        await db.execute(EXPLAIN, finding, at, by.id, key.seal(note.strip()[:LONGEST_NOTE], finding, "finding.note"))
        await audit.record(audit.Action.CHECK_EXPLAINED, **_said(by.id, held, one.check_id, at))
