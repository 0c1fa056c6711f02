"""Reading reminders: what is due, how things stand for it, whom a visit reminds, and the log."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.accounts.organisations.queries import get_organisation
from app.accounts.queries import list_team_addresses
from app.accounts.reach.queries import standing_for
from app.assignments.queries import list_of_visits
from app.consents.queries import withheld_of
from app.lib import db
from app.lib.clock import day_in
from app.patients.queries import ids_of
from app.responses.queries import answers_of, list_responses_of_patient
from app.trials.format.shapes import Reminder
from app.trials.library import trial_at
from app.trials.model import Ended, Visit
from app.trials.queries import VISIT, enrolments_of, find_visit, visit_of
from app.trials.reminders.model import (
    Audience,
    Kind,
    Line,
    ReminderScope,
    Standing,
    State,
    in_voice,
    may_be_reminded,
    named,
)

LINE = """
SELECT r.id, (SELECT p.root FROM patient p WHERE p.id = r.patient) AS patient, r.visit, r.audience, r.kind, r.reminder,
       r.nth, r.account, r.due_at, r.state, r.why, r.channel, r.message, r.assignments, r.decided_at
FROM reminder r
"""
# Whose reminders may have to be planned: their window is open, or opens within a day, and nobody has settled them.
OPEN = f"""
{VISIT} JOIN patient m ON m.id = v.patient JOIN patient p ON p.id = m.root
WHERE v.removed_at IS NULL AND e.state = 'active' AND p.removed_at IS NULL AND v.completed_on IS NULL
  AND v.skipped_on IS NULL AND v.permitted_from <= $1::date + 1 AND v.permitted_to >= $1::date - 2
  AND v.version = ANY($2) AND NOT p.withheld && ARRAY['care', 'trial:' || t.key]
  AND ($3::uuid IS NULL OR v.id > $3)
ORDER BY v.id LIMIT $4
"""
VERSIONS = "SELECT id FROM trial_version"
# The centres that follow somebody now, and who is in charge there, if anybody.
FOLLOWING = """
SELECT p.root, a.organisation, a.practitioner
FROM affiliation a JOIN patient p ON p.id = a.patient JOIN patient r ON r.id = p.root AND r.removed_at IS NULL
WHERE p.root = ANY($1) AND a.status = 'active' AND a.valid_to IS NULL
"""
DUE = """
SELECT DISTINCT r.account FROM reminder r
WHERE r.state = 'planned' AND r.due_at <= $1 AND r.account IS NOT NULL ORDER BY r.account
"""
LAST_SENT = "SELECT max(decided_at) FROM reminder WHERE account = $1 AND state = 'sent'"
SCOPE = """
SELECT r.account, r.visit FROM reminder r JOIN patient_scope s ON s.patient = r.patient
WHERE r.id = $1 AND r.account IS NOT NULL AND r.audience <> 'team'
"""


def line_of(row: db.Row) -> Line:
    """A row of LINE as a value."""
    parts: dict[str, Any] = dict(row)
    kinds = {"audience": Audience(row["audience"]), "kind": Kind(row["kind"]), "state": State(row["state"])}
    return Line(**{**parts, **kinds, "assignments": tuple(row["assignments"])})


async def scope_of_own_reminder(reminder: UUID) -> ReminderScope | None:
    """A reminder as the affair of whoever gets it; one to a team is nobody's own."""
    row = await db.fetch_row(SCOPE, reminder)
    return None if row is None else ReminderScope(None, account=row["account"], visit=row["visit"])


async def zone_of(organisation: UUID) -> str:
    """Where a centre's people live, as far as anybody knows: its hours are theirs."""
    return (await get_organisation(organisation)).details.time_zone


async def reminders_of(visit: Visit) -> list[Reminder]:
    """What the version of the protocol says that this visit follows."""
    return (await trial_at(visit.version)).file.reminders


async def reminder_of(line: Line, visit: Visit) -> Reminder | None:
    return named(await reminders_of(visit), line.reminder)


async def versions_that_remind() -> list[UUID]:
    """The versions of protocols that remind anybody of anything."""
    found = [row["id"] for row in await db.fetch(VERSIONS)]
    return [version for version in found if (await trial_at(version)).file.reminders]


async def visits_to_plan(day: date, versions: list[UUID], after: UUID | None, limit: int) -> list[Visit]:
    """Visits whose reminders may be missing or out of date, in the order of their ids."""
    return [visit_of(row) for row in await db.fetch(OPEN, day, versions, after, limit)]


async def recipients_of(visits: Collection[Visit], today: date) -> dict[tuple[UUID, Audience], list[UUID]]:
    """By visit and audience, whom it may remind; nobody is left out who is reminded of any of them."""
    people = {one.patient for one in visits}
    standing, following = await standing_for(people, today), await _following(people)
    teams = {one: await _team(one) for one in {visit.organisation for visit in visits}}
    links = defaultdict(list)
    for one in standing:
        if one.holds and not one.paused:
            links[one.link.patient].append(one.link)
    found = dict[tuple[UUID, Audience], list[UUID]]()
    for visit in visits:
        known, team = links[visit.patient], teams[visit.organisation]
        charge = following.get((visit.patient, visit.organisation))
        found[visit.id, Audience.TEAM] = [] if charge is None else sorted(charge & team or team)
        alone = not any(link.is_self for link in known)
        for audience in (Audience.PATIENT, Audience.PROXY):
            found[visit.id, audience] = sorted(
                {
                    link.account
                    for link in known
                    if may_be_reminded(link.rights, audience, own=link.is_self, alone=alone)
                }
            )
    return found


async def _following(people: Collection[UUID]) -> dict[tuple[UUID, UUID], frozenset[UUID]]:
    """By person and centre that follows them, who is in charge there."""
    found = defaultdict[tuple[UUID, UUID], set[UUID]](set)
    for row in await db.fetch(FOLLOWING, list(people)):
        found[row["root"], row["organisation"]] |= {row["practitioner"]} - {None}
    return {place: frozenset(accounts) for place, accounts in found.items()}


async def _team(organisation: UUID) -> frozenset[UUID]:
    return frozenset(account for account, _, _ in await list_team_addresses([organisation]))


async def accounts_due(at: datetime) -> list[UUID]:
    """To whom something may have to be sent now."""
    return [row["account"] for row in await db.fetch(DUE, at)]


async def lock_planned(account: UUID, until: datetime) -> list[Line]:
    """What is planned for an account until then, held; the first due first."""
    rows = await db.fetch(
        f"{LINE} WHERE r.account = $1 AND r.state = 'planned' AND r.due_at <= $2 ORDER BY r.due_at, r.id FOR UPDATE",
        account,
        until,
    )
    return [line_of(row) for row in rows]


async def lock_of_nobody(at: datetime, limit: int) -> list[Line]:
    """What is due and has nobody to go to, held."""
    rows = await db.fetch(
        f"{LINE} WHERE r.account IS NULL AND r.state = 'planned' AND r.due_at <= $1 ORDER BY r.due_at, r.id LIMIT $2"
        " FOR UPDATE SKIP LOCKED",
        at,
        limit,
    )
    return [line_of(row) for row in rows]


async def last_sent(account: UUID) -> datetime | None:
    """When a reminder last went to this account, of whichever trial."""
    at: datetime | None = await db.fetch_value(LAST_SENT, account)
    return at


async def standing_now(line: Line, at: datetime) -> Standing:
    """Everything that decides whether a line may go out, read anew."""
    visit = await find_visit(line.visit)
    if visit is None:
        return Standing(None, day_in("UTC", at))
    today = day_in(await zone_of(visit.organisation), at)
    enrolments = await enrolments_of(visit.patient)
    mine = next((one for one in enrolments if one.id == visit.enrolment), None)
    who = (await recipients_of([visit], today)).get((visit.id, line.audience), [])
    return Standing(
        visit=visit,
        today=today,
        asked=in_voice(await list_of_visits([visit.id]), line.audience),
        active=mine is not None and mine.active,
        died=any(one.state is Ended.DIED for one in enrolments),
        withheld=await withheld_of(visit.patient, today, [f"trial:{visit.key}"]),
        may=line.account in who,
        answered_on=await _answered_on(visit, line.audience, at),
    )


async def _answered_on(visit: Visit, audience: Audience, at: datetime) -> date | None:
    """The last day on which anything was written in this voice for this person, sent or not."""
    if audience is Audience.TEAM:
        return None
    zone, moments = await zone_of(visit.organisation), list[datetime]()
    for response in await list_responses_of_patient(visit.patient):
        if response.answered_by != audience:
            continue
        moments.append(response.submitted_at or response.opened_at)
        if response.submitted_at is None:
            moments += [one.answered_at for one in (await answers_of(response.id)).stamps.values()]
    return max((day_in(zone, one) for one in moments if one <= at), default=None)


async def lines_of_visit(visit: UUID) -> list[Line]:
    """Everything about one visit, the latest first."""
    rows = await db.fetch(f"{LINE} WHERE r.visit = $1 ORDER BY r.due_at DESC, r.id", visit)
    return [line_of(row) for row in rows]


async def lines_of_patient(patient: UUID, most: int) -> list[Line]:
    """Everything about one person, the latest first, in all trials."""
    rows = await db.fetch(
        f"{LINE} WHERE r.patient = ANY($1) ORDER BY r.due_at DESC, r.id LIMIT $2", await ids_of(patient), most
    )
    return [line_of(row) for row in rows]


async def own_lines(account: UUID, at: datetime) -> list[Line]:
    """What is still planned for somebody about what waits for them or for those they answer for; the next first."""
    rows = await db.fetch(
        f"{LINE} WHERE r.account = $1 AND r.state = 'planned' AND r.audience <> 'team' AND r.kind <> 'expired'"
        " AND r.due_at > $2 ORDER BY r.due_at, r.id",
        account,
        at,
    )
    return [line_of(row) for row in rows]


async def put_off(account: UUID, visits: Iterable[UUID]) -> dict[UUID, str]:
    """Of these visits, those that the account asked not to be reminded of any more, and why the line says so."""
    rows = await db.fetch(
        "SELECT DISTINCT visit, why FROM reminder WHERE account = $1 AND visit = ANY($2) AND why = 'never'",
        account,
        list(visits),
    )
    return {row["visit"]: row["why"] for row in rows}
