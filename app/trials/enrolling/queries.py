"""Reading what enrolling needs: consents, the calendar that somebody would have, and the screening log of a centre."""

from datetime import UTC, date, datetime
from uuid import UUID

from app.access.consent import Use
from app.consents.model import Signer, unasked
from app.consents.queries import allowed, is_minor, known_purposes, lines_of, list_forms
from app.lib import db
from app.lib.cursors import Place
from app.patients.queries import ids_of
from app.trials.enrolling.model import Agreement, Counts, LogLine, Outcome, counted, rightly_signed
from app.trials.format.calendar import Planned, plan_calendar
from app.trials.format.model import Trial
from app.trials.format.signing import consents_for
from app.trials.library import Applied
from app.trials.model import Ended, Enrolment
from app.trials.queries import find_enrolment, visits_of
from app.trials.visits.planning import Redrawn, anchors_of, counted_otherwise, redrawn
from app.trials.visits.queries import facts_of, key_of, touched_in, under_which

NOBODY = UUID(int=0)
NEVER = datetime.min.replace(tzinfo=UTC)


def candidate(trial: Applied, patient: UUID, day: date, arm: str | None = None) -> Enrolment:
    """Who might join on a day, as the facts about them and their calendar are asked for."""
    return Enrolment(
        NOBODY,
        patient,
        trial.id,
        trial.key,
        trial.version,
        NOBODY,
        arm,
        day,
        Ended.ACTIVE,
        None,
        None,
        NOBODY,
        NEVER,
        1,
    )


async def agreements_of(patient: UUID, trial: Applied, today: date) -> list[Agreement]:
    """Where each text of the protocol stands that this person is asked to sign, options too."""
    facts = await facts_of(candidate(trial, patient, today), today)
    lines = {line.purpose: line for line in (await lines_of(patient, today))[0]}
    forms = {form.id: form for form in await list_forms(patient)}
    minor, known = await is_minor(patient, today), await known_purposes()
    found = []
    for consent in consents_for(trial.trial, facts, today):
        purpose = trial.trial.purpose(consent)
        line = lines.get(purpose) or unasked(purpose)
        signer: Signer | None = forms[line.said.consent].signer if line.said else None
        right = rightly_signed(consent, signer, minor=minor)
        found.append(Agreement(consent, line, signer, right, purpose in known))
    return found


async def agreed(patient: UUID, trial: Applied, today: date) -> bool:
    """Whether somebody may join: the trial's purpose is allowed, and whoever the protocol names has signed for it."""
    if not await allowed(patient, Use.JOIN_TRIAL, trial.key):
        return False
    return all(one.met for one in await agreements_of(patient, trial, today) if one.needed)


async def foresee(trial: Trial, joining: Enrolment, today: date) -> list[Planned]:
    """The visits that somebody would have who joins like this."""
    facts = await facts_of(joining, today)
    return plan_calendar(trial, anchors_of(joining.included_on, joining.events, []), facts)


async def foresee_change(trial: Trial, changed: Enrolment, today: date) -> Redrawn:
    """What would become of the visits of an enrolment if it stood like this; nothing is written."""
    former = await find_enrolment(changed.id)
    standing = await visits_of([changed.id])
    anchors = anchors_of(changed.included_on, changed.events, standing)
    wanted = plan_calendar(trial, anchors, await facts_of(changed, today))
    kept = counted_otherwise(trial, _changed_days(former, changed))
    return redrawn(standing, await touched_in(standing), wanted, today, unchanged=kept)


def _changed_days(former: Enrolment | None, changed: Enrolment) -> frozenset[str] | None:
    """The events whose day is another; None where visits may all count otherwise."""
    if former is None or (former.included_on, former.arm) != (changed.included_on, changed.arm):
        return None
    return frozenset(f"event:{name}" for name, _day in former.events.items() ^ changed.events.items())


LINES = """
SELECT s.id, coalesce(p.root, s.patient) AS patient, s.patient AS under,
       CASE WHEN 'care' = ANY (p.withheld) THEN '' ELSE r.code END AS code,
       coalesce(s.organisation = ANY (p.organisations), false) AS there, s.version, s.outcome, s.failed, s.note,
       e.id AS enrolment, s.screened_by, s.screened_at
FROM screening s
LEFT JOIN patient_scope p ON p.patient = s.patient
JOIN patient m ON m.id = s.patient JOIN patient r ON r.id = m.root
LEFT JOIN enrolment e ON e.screening = s.id
"""
LOG = f"""
{LINES} WHERE s.trial = $1 AND s.organisation = $2
  AND ($3::timestamptz IS NULL OR (s.screened_at, s.id) < ($3, $4))
ORDER BY s.screened_at DESC, s.id DESC LIMIT $5
"""
OF_PATIENT = f"{LINES} WHERE s.patient = ANY($1) ORDER BY s.screened_at DESC, s.id DESC"
PEOPLE = """
SELECT DISTINCT ON (m.root) s.outcome, s.failed,
       EXISTS (SELECT FROM enrolment e JOIN patient o ON o.id = e.patient
               WHERE o.root = m.root AND e.trial = $1 AND e.organisation = $2) AS enrolled
FROM screening s JOIN patient m ON m.id = s.patient
WHERE s.trial = $1 AND s.organisation = $2
ORDER BY m.root, s.screened_at DESC, s.id DESC
"""


async def screening_log(
    organisation: UUID, trial: UUID, *, before: Place | None = None, limit: int = 50
) -> list[LogLine]:
    """Whom a centre considered for a trial, the newest first; notes stay closed."""
    at, line = before or (None, None)
    return [_line(row) for row in await db.fetch(LOG, trial, organisation, at, line, limit)]


async def screenings_of(patient: UUID) -> list[tuple[UUID, LogLine, UUID]]:
    """(trial, line, centre) of one person, the newest first, with notes opened."""
    ids = await ids_of(patient)
    rows = await db.fetch(OF_PATIENT.replace("e.id AS", "s.trial, s.organisation, e.id AS"), ids)
    keys = {under: await key_of(under) for under in {row["under"] for row in rows}}
    return [
        (
            row["trial"],
            _line(row, keys[row["under"]].open_or_empty(row["note"], row["id"], "screening.note")),
            row["organisation"],
        )
        for row in rows
    ]


def _line(row: db.Row, note: str = "") -> LogLine:
    return LogLine(
        row["id"],
        row["patient"],
        row["code"],
        row["there"],
        row["version"],
        Outcome(row["outcome"]),
        tuple(row["failed"]),
        note,
        row["enrolment"],
        row["screened_by"],
        row["screened_at"],
    )


async def screening_counts(organisation: UUID, trial: UUID) -> Counts:
    """How many people a centre considered, enrolled or not, and why not."""
    rows = await db.fetch(PEOPLE, trial, organisation)
    return counted([(row["enrolled"], Outcome(row["outcome"]), row["failed"]) for row in rows])


async def end_note_of(enrolment: UUID) -> str:
    """What was noted when an enrolment ended; "" for nothing."""
    key = await key_of(await under_which(enrolment))
    held = await db.fetch_value("SELECT end_note FROM enrolment WHERE id = $1", enrolment)
    return key.open_or_empty(held, enrolment, "enrolment.end_note")
