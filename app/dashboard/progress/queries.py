"""Reads how a trial goes at one centre, a page at a time: who takes part and their visits, and the figures.

What a visit's state is, `app.trials.format.states` says. Its twin in SQL stands here, for what is counted in the
database; tests/dashboard/progress/test_twin.py holds the two against each other at every border.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.access.consent import TRIAL
from app.access.policy import Actor
from app.dashboard.progress.completeness import Answered, Centre, Standing
from app.dashboard.progress.model import Figures, Key, Line, Order, Show, Wanted
from app.dashboard.progress.recruitment import Joined
from app.lib import db
from app.trials.checks.queries import open_counts
from app.trials.format.states import VisitState
from app.trials.model import Ended, Visit
from app.trials.queries import BY_DAY, VISIT, visit_of

# $1 the centre, $2 the trial, $3 the day, everywhere.
STATE = """CASE
    WHEN v.completed_on <= $3 THEN 'complete'
    WHEN v.skipped_on <= $3 THEN 'skipped'
    WHEN e.ended_on <= $3 THEN CASE WHEN v.permitted_to < e.ended_on THEN 'missed' ELSE 'stopped' END
    WHEN v.permitted_to IS NULL OR v.started_on <= $3 THEN 'in_progress'
    WHEN $3 < v.permitted_from THEN 'planned'
    WHEN $3 < v.best_from THEN 'open'
    WHEN $3 <= v.best_to THEN 'due'
    WHEN $3 <= v.permitted_to THEN 'closing'
    ELSE 'overdue' END"""
OVERDUE = f"(v.permitted_to < $3 AND {STATE} IN ('overdue', 'in_progress'))"
# The same of visits to which nothing has happened after that day, in words that an index answers.
OPEN = "v.removed_at IS NULL AND v.completed_on IS NULL AND v.skipped_on IS NULL"
GOING_ON = "(e.ended_on IS NULL OR e.ended_on > $3)"
LATE = f"{OPEN} AND v.permitted_to < $3 AND {GOING_ON}"
SETTLED = "v.removed_at IS NULL AND (v.completed_on IS NOT NULL OR v.skipped_on IS NOT NULL)"
BEGUN = f"{OPEN} AND (v.started_on IS NOT NULL OR v.unscheduled) AND {GOING_ON}"
# Whom this centre enrolled and still follows: nobody else's participants, none that left, closed or lost a record.
HERE = """
FROM enrolment e JOIN patient m ON m.id = e.patient JOIN patient p ON p.id = m.root
WHERE e.organisation = $1 AND e.trial = $2
  AND EXISTS (SELECT FROM followed f WHERE f.patient = e.patient AND f.organisation = $1)
"""
OF_VISITS = "e.id IN (SELECT v.enrolment FROM visit v WHERE v.organisation = $1 AND v.trial = $2 AND {})"
ASKING = """SELECT v.enrolment FROM finding g JOIN visit v ON v.id = g.visit
    WHERE g.state = 'open' AND v.organisation = $1 AND v.trial = $2 AND v.removed_at IS NULL"""
# These are few at any time and are found first; the planner, which does not know that, would look at everybody.
FEW = "e.id = ANY (ARRAY({}))"
STARTED = f"""SELECT v.enrolment FROM visit v
    WHERE v.organisation = $1 AND v.trial = $2 AND {OPEN} AND (v.started_on IS NOT NULL OR v.unscheduled)"""
NAMED = "$3::date IS NOT NULL"
WHICH: Mapping[Show, str] = {
    Show.ALL: NAMED,
    Show.OVERDUE: OF_VISITS.format(f"{OPEN} AND v.permitted_to < $3") + f" AND {GOING_ON}",
    Show.TO_SIGN: OF_VISITS.format(f"{SETTLED} AND v.signed_at IS NULL") + f" AND {NAMED}",
    Show.IN_PROGRESS: f"{FEW.format(STARTED)} AND {GOING_ON}",
    Show.CHECKS: f"{FEW.format(ASKING)} AND {NAMED}",
    Show.HELD: f"e.held IS NOT NULL AND {GOING_ON}",
    Show.ACTIVE: f"e.state = 'active' AND {NAMED}",
    Show.ENDED: f"e.state <> 'active' AND {NAMED}",
}
SORTED: Mapping[Order, tuple[str, bool]] = {Order.INCLUDED: ("e.included_on", True), Order.CODE: ("p.code", False)}
LINE = """
SELECT e.id, p.id AS patient, p.code, e.arm, e.included_on, e.state, e.ended_on, e.held IS NOT NULL AS held,
       NOT p.withheld && $4::text[] AS allowed, {} AS first
"""
# What is asked in a visit can be long, and no line shows it.
SHORT = VISIT.replace("v.asked", "'[]' AS asked")
# Twice the same: told once, the planner reads every enrolment to join it.
OF_LINES = f"{SHORT} WHERE v.enrolment = ANY($1) AND e.id = ANY($1) AND v.removed_at IS NULL {BY_DAY}"
MOST = 1_000
"""Counts stop there, so that a page of any trial costs the same."""
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Late:
    """A visit whose window is over, and the code of the participant."""

    code: str
    visit: Visit
    until: date

    @property
    def place(self) -> Key:
        """Where it stands in its list."""
        return self.until, self.visit.id


async def list_lines(by: Actor, trial: UUID, wanted: Wanted, today: date, limit: int) -> list[tuple[Line, Key]]:
    """The participants of one page with their place in the order, without visits: one statement."""
    column, falling = SORTED[wanted.order]
    upwards, key = wanted.before is not None, wanted.before or wanted.after
    falling = falling is not upwards
    sign, way = ("<", "DESC") if falling else (">", "ASC")
    values: list[Any] = [by.organisation, trial, today, ["care", f"{TRIAL}{wanted.trial}"], limit]
    narrowed = ""
    if wanted.arm:
        values.append(wanted.arm)
        narrowed += f" AND e.arm = ${len(values)}"
    if wanted.code:
        values.append(wanted.code)
        narrowed += f" AND strpos(p.code, ${len(values)}) > 0"
    if key:
        values += key
        narrowed += f" AND ({column}, e.id) {sign} (${len(values) - 1}, ${len(values)})"
    found = await db.fetch(
        f"""{LINE.format(column)} {HERE} AND {WHICH[wanted.show]} {narrowed}
            ORDER BY {column} {way}, e.id {way} LIMIT $5""",
        *values,
    )
    lines = [(_line(row), (row["first"], row["id"])) for row in found]
    return lines[::-1] if upwards else lines


def _line(row: db.Row) -> Line:
    parts = {name: value for name, value in dict(row).items() if name != "first"} | {"state": Ended(row["state"])}
    return Line(enrolment=parts.pop("id"), **parts)


async def visits_of_lines(lines: Collection[Line]) -> list[Line]:
    """The same lines with their visits, and what data checks still ask in these: one statement each."""
    ids = [one.enrolment for one in lines]
    rows = await db.fetch(OF_LINES, ids)
    visits: dict[UUID, list[Visit]] = {one: [] for one in ids}
    for row in rows:
        visits[row["enrolment"]].append(visit_of(row))
    checks = await open_counts([one.id for of in visits.values() for one in of])
    return [one.holding(visits[one.enrolment], checks) for one in lines]


async def every_line(by: Actor, trial: UUID, wanted: Wanted, today: date) -> AsyncIterator[Line]:
    """All participants of a list with their visits, some hundreds at a time."""
    after: Key | None = None
    while True:
        at = Wanted(wanted.trial, wanted.show, wanted.order, arm=wanted.arm, after=after)
        found = await list_lines(by, trial, at, today, ROWS_AT_ONCE)
        for line in await visits_of_lines([line for line, _ in found]):
            yield line
        if len(found) < ROWS_AT_ONCE:
            return
        after = found[-1][1]


COUNTED = "(SELECT count(*) FROM (SELECT {} AND {} LIMIT {}) AS one)"
TOTALS = """
SELECT count(*) AS included, count(*) FILTER (WHERE e.state NOT IN ('active', 'completed')) AS left_it
FROM enrolment e WHERE e.organisation = $1 AND e.trial = $2
"""
LATE_HERE = f"""
SELECT count(*) FROM (
    SELECT v.id FROM visit v JOIN enrolment e ON e.id = v.enrolment
    WHERE v.organisation = $1 AND v.trial = $2 AND {LATE}
      AND EXISTS (SELECT FROM followed f WHERE f.patient = v.patient AND f.organisation = $1)
    LIMIT {MOST + 1}) AS one
"""
CHECKS_HERE = f"""
SELECT count(*) FROM (
    SELECT g.id FROM finding g JOIN visit v ON v.id = g.visit
    WHERE g.state = 'open' AND v.organisation = $1 AND v.trial = $2 AND v.removed_at IS NULL
      AND EXISTS (SELECT FROM followed f WHERE f.patient = v.patient AND f.organisation = $1)
    LIMIT {MOST + 1}) AS one
"""


async def figures_of(by: Actor, trial: UUID, today: date) -> Figures:
    """What stands above the list. Each count stops after MOST."""
    counted = ", ".join(f"{COUNTED.format(HERE, WHICH[show], MOST + 1)} AS {show}" for show in WHICH)
    totals = await db.fetch_row(TOTALS, by.organisation, trial)
    shows = await db.fetch_row(f"SELECT {counted}", by.organisation, trial, today)
    late = await db.fetch_value(LATE_HERE, by.organisation, trial, today)
    checks = await db.fetch_value(CHECKS_HERE, by.organisation, trial)
    counts = {show: shows[show] for show in WHICH} if shows else {}
    included, left = totals or (0, 0)
    return Figures(included, left, late, checks, counts)


LATE_LIST = f"""
{SHORT.replace("SELECT", "SELECT p.code,", 1)} JOIN patient m ON m.id = v.patient JOIN patient p ON p.id = m.root
WHERE v.organisation = $1 AND v.trial = $2 AND {LATE}
  AND EXISTS (SELECT FROM followed f WHERE f.patient = v.patient AND f.organisation = $1)
"""


async def list_overdue(by: Actor, trial: UUID, today: date, after: Key | None, limit: int) -> list[Late]:
    """The overdue visits of a centre's participants, the longest overdue first."""
    beyond = "AND (v.permitted_to, v.id) > ($5, $6)" if after else ""
    rows = await db.fetch(
        f"{LATE_LIST} {beyond} ORDER BY v.permitted_to, v.id LIMIT $4",
        by.organisation,
        trial,
        today,
        limit,
        *(after or ()),
    )
    found = [(row["code"], {name: value for name, value in dict(row).items() if name != "code"}) for row in rows]
    return [Late(code, visit_of(visit), visit["permitted_to"]) for code, visit in found]


STANDINGS = f"""
SELECT v.visit, v.number, {STATE} AS state, count(*) AS count, count(*) FILTER (WHERE {OVERDUE}) AS overdue
FROM visit v JOIN enrolment e ON e.id = v.enrolment
WHERE v.organisation = $1 AND v.trial = $2 AND v.removed_at IS NULL AND NOT v.unscheduled
GROUP BY v.visit, v.number, 3
"""


async def standings_of(by: Actor, trial: UUID, today: date) -> list[Standing]:
    """How many visits of each kind stand in which state, of all whom the centre ever enrolled."""
    rows = await db.fetch(STANDINGS, by.organisation, trial, today)
    return [Standing(**{**dict(row), "state": VisitState(row["state"])}) for row in rows]


# What had to be answered by now: in visits that are over, or whose time is. What is asked once only, where it was.
DUE = f"({STATE} IN ('complete', 'missed') OR {OVERDUE})"
ANSWERED = f"""
SELECT v.visit, a.module, count(*) AS due, count(*) FILTER (WHERE s.state = 'done') AS done
FROM visit v JOIN enrolment e ON e.id = v.enrolment
CROSS JOIN LATERAL jsonb_to_recordset(v.asked) AS a(module text, key text, who text, required boolean, once boolean)
LEFT JOIN assignment s ON s.origin_kind = 'visit' AND s.origin_id = v.id AND s.questionnaire = a.key
    AND s.answered_by = a.who AND s.state <> 'cancelled'
WHERE v.organisation = $1 AND v.trial = $2 AND v.removed_at IS NULL AND NOT v.unscheduled AND {DUE}
  AND coalesce(a.required, true) AND (NOT coalesce(a.once, false) OR s.id IS NOT NULL)
GROUP BY v.visit, a.module
"""


async def answered_of(by: Actor, trial: UUID, today: date) -> list[Answered]:
    """Of what was required by now, how much was answered, by visit and part of a visit."""
    return [Answered(**dict(row)) for row in await db.fetch(ANSWERED, by.organisation, trial, today)]


JOINED = """
SELECT date_trunc('month', included_on)::date AS month, count(*) FILTER (WHERE organisation = $1) AS here,
       count(*) AS everywhere
FROM enrolment WHERE trial = $2 AND included_on <= $3 GROUP BY 1 ORDER BY 1
"""


async def joined_by_month(by: Actor, trial: UUID, today: date) -> tuple[list[Joined], int]:
    """The inclusions of each month at this centre, and how many there were at all of them."""
    rows = await db.fetch(JOINED, by.organisation, trial, today)
    own = [Joined(row["month"], row["here"]) for row in rows if row["here"]]
    return own, sum(row["everywhere"] for row in rows)


CENTRES = """
SELECT o.id AS organisation, o.name, coalesce(e.included, 0) AS included, coalesce(e.active, 0) AS active,
       coalesce(e.included - e.active, 0) AS ended
FROM organisation o
LEFT JOIN (SELECT organisation, count(*) AS included, count(*) FILTER (WHERE state = 'active') AS active
           FROM enrolment WHERE trial = $1 GROUP BY 1) AS e ON e.organisation = o.id
WHERE e.organisation IS NOT NULL OR EXISTS (SELECT FROM trial_site s WHERE s.trial = $1 AND s.organisation = o.id)
ORDER BY o.name, o.id
"""


async def centres_of(trial: UUID) -> list[Centre]:
    """Every centre that takes part in a trial, or did."""
    return [Centre(**dict(row)) for row in await db.fetch(CENTRES, trial)]
