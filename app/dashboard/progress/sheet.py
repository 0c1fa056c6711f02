"""The list of participants as a file: one line a visit. Codes, never names. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from app.dashboard.progress import wording
from app.dashboard.progress.model import Line, place_of
from app.trials.format.model import Trial
from app.trials.format.states import out_of_window
from app.trials.model import Visit
from app.trials.wording import ended_words, state_words

COLUMNS = (
    "patient", "arm", "included_on", "enrolment", "enrolment_words", "ended_on", "trial_allowed", "amendment_waits",
    "visit", "number", "unscheduled", "title", "target", "permitted_from", "permitted_to", "state", "state_words",
    "days_overdue", "started_on", "completed_on", "out_of_window", "skipped_on", "skip_reason", "signed_at",
    "checks_open",
)  # fmt: skip
BEGINNING = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheets know that letters with accents follow."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("-"), safe(None), safe(date(2026, 3, 1)), safe(True)
    ("'=1+1", "'-", '', '2026-03-01', 'yes')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_of(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def rows_of(trial: Trial, line: Line, today: date) -> Iterator[tuple[object, ...]]:
    """The lines of one participant: one without a visit where there is none."""
    who = (
        line.code, line.arm, line.included_on, line.state.value, ended_words(line.state), line.ended_on, line.allowed,
        line.held,
    )  # fmt: skip
    for visit in line.visits:
        yield (*who, *_visit(trial, line, visit, today))
    if not line.visits:
        yield (*who, *[None] * (len(COLUMNS) - len(who)))


def _visit(trial: Trial, line: Line, visit: Visit, today: date) -> tuple[object, ...]:
    state, window = visit.state(today), visit.window
    permitted = window.permitted if window else (None, None)
    title = wording.title_at(trial, (visit.visit, visit.number) if visit.unscheduled else place_of(visit))
    return (
        visit.visit, None if visit.unscheduled else visit.number + 1, visit.unscheduled, title, visit.target,
        *permitted, state.value, state_words(state),
        (today - window.permitted[1]).days if window and visit.overdue(today) else 0,
        visit.started_on, visit.completed_on, out_of_window(window, visit.completed_on), visit.skipped_on,
        visit.skip_reason, visit.signed_at.isoformat() if visit.signed_at else None, line.checks.get(visit.id, 0),
    )  # fmt: skip
