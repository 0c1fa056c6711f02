"""A trial's progress in words: the parts of the list, the columns, what stands in a cell. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.dashboard.progress.completeness import CentreStanding
from app.dashboard.progress.model import OUT_OF_PLAN, Column, Figures, Line, Order, Show, Wanted
from app.dashboard.progress.recruitment import Course
from app.lib.i18n import NBSP, day_words, locale, ngettext, number_words, pgettext
from app.lib.i18n import gettext as _
from app.patients.dates import PartialDate
from app.questionnaires.model import text
from app.trials.format.model import Trial
from app.trials.format.states import VisitState, out_of_window
from app.trials.model import Ended, SiteState, Visit
from app.trials.visits.model import SkipReason
from app.trials.wording import ended_words, skip_words, state_icon, state_tone, state_words

SIGNED = ("lock", "success")
CHECK = ("query", "query")
LATE = ("alert", "danger")
OUTSIDE = ("clock", "attention")
Chip = tuple[str, str, int | str | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """How one visit stands: an icon and words, a day, and what must be seen besides."""

    visit: Visit
    icon: str
    tone: str
    words: str
    detail: str
    flags: tuple[tuple[str, str, str], ...] = ()
    """Icon, tone, words."""


def cells(line: Line, column: Column, today: date) -> list[Cell]:
    """What stands where a participant and a visit meet; nothing where the protocol has no such visit for them."""
    return [cell(one, line.checks.get(one.id, 0), today) for one in line.at(column)]


def cell(visit: Visit, checks: int, today: date) -> Cell:
    """One visit as a cell shows it."""
    state = visit.state(today)
    icon, tone, words = state_icon(state), state_tone(state), _state_words(state, locale.get())
    if visit.locked:
        icon, tone, words = *SIGNED, pgettext("visit", "Signed")
    elif state is VisitState.OVERDUE:
        words = late_words(visit, today)
    return Cell(visit, icon, tone, words, _detail(visit, state), tuple(_flags(visit, state, checks, today)))


def _flags(visit: Visit, state: VisitState, checks: int, today: date) -> Iterator[tuple[str, str, str]]:
    if state is VisitState.IN_PROGRESS and visit.overdue(today):
        yield (*LATE, late_words(visit, today))
    if state is VisitState.COMPLETE and out_of_window(visit.window, visit.completed_on):
        yield (*OUTSIDE, _("Out of window"))
    if checks:
        yield (*CHECK, ngettext("%(num)s open check", "%(num)s open checks", checks) % {"num": checks})


def late_words(visit: Visit, today: date) -> str:
    """By how many days a visit is overdue."""
    return _days_words((today - visit.window.permitted[1]).days if visit.window else 0, locale.get())


# A page of the matrix says the same few days and states five hundred times: the language is a part of what is known.
@lru_cache(64)
def _state_words(state: VisitState, _language: str) -> str:
    return state_words(state)


@lru_cache(4_096)
def _days_words(days: int, _language: str) -> str:
    return ngettext("%(num)s day overdue", "%(num)s days overdue", days) % {"num": number_words(days)}


@lru_cache(4_096)
def _day_words(day: date, _language: str) -> str:
    return day_words(day, "short")


def short_day(day: date | None) -> str:
    """A day as tables say it; "" for none."""
    return _day_words(day, locale.get()) if day else ""


def _detail(visit: Visit, state: VisitState) -> str:
    """The day that matters in this state."""
    if state is VisitState.SKIPPED:
        known = visit.skip_reason in set(SkipReason)
        return skip_words(SkipReason(visit.skip_reason)) if known else visit.skip_reason
    if state in {VisitState.STOPPED, VisitState.MISSED}:
        return ""
    settled = visit.completed_on if state is VisitState.COMPLETE else visit.started_on
    if state in {VisitState.COMPLETE, VisitState.IN_PROGRESS}:
        return short_day(settled)
    if state is VisitState.PLANNED or visit.window is None:
        return short_day(visit.target)
    return _("until %(day)s") % {"day": short_day(visit.window.permitted[1])}


def title_at(trial: Trial, place: tuple[str, int], times: int = 1) -> str:
    """What the protocol calls a visit; of one that is repeated which one it is."""
    if place == OUT_OF_PLAN:
        return _("Out of plan")
    known, title = next((one for one in trial.file.visits if one.id == place[0]), None), title_of_visit(trial, place[0])
    times = max(times, known.repeat.times if known and known.repeat else 1)
    return f"{title} {place[1] + 1}/{times}" if times > 1 and place[1] < times else title


def column_title(trial: Trial, column: Column) -> str:
    return title_at(trial, column.place, column.times)


def title_of_visit(trial: Trial, visit: str) -> str:
    """What the protocol calls a visit, whichever repeat."""
    known = next((one for one in trial.file.visits if one.id == visit), None)
    return text(known.title, locale.get()) if known else visit


def module_title(trial: Trial, visit: str, module: str) -> str:
    """What the protocol calls a part of a visit."""
    known = next((one for one in trial.modules.get(visit, ()) if one.id == module), None)
    return text(known.title, locale.get()) if known else module


def arm_words(trial: Trial, arm: str | None) -> str:
    """What the protocol calls an arm; "" without one."""
    if not arm:
        return ""
    return text(trial.file.arms[arm], locale.get()) if arm in trial.file.arms else arm


def badges(line: Line) -> list[tuple[str, str, str]]:
    """What must be seen of a participant: icon, tone, words."""
    found = []
    if line.state is not Ended.ACTIVE:
        icon, tone = ("check", "success") if line.state is Ended.COMPLETED else ("x", "")
        when = day_words(line.ended_on, "short") if line.ended_on else ""
        found.append((icon, tone, f"{ended_words(line.state)}, {when}" if when else ended_words(line.state)))
    if not line.allowed:
        found.append(("alert", "attention", _("No consent to the trial now")))
    if line.held and line.state is Ended.ACTIVE:
        found.append(("clock", "attention", _("Amendment waits for consent")))
    return found


def legend() -> list[tuple[str, str, str]]:
    """What the icons say: icon, tone, words."""
    states = [(state_icon(one), state_tone(one), state_words(one)) for one in VisitState]
    return [(*SIGNED, pgettext("visit", "Signed")), *states, (*CHECK, _("Open check"))]


def icons() -> list[str]:
    """The icons that may stand in a cell."""
    return [SIGNED[0], CHECK[0], LATE[0], OUTSIDE[0], *(state_icon(one) for one in VisitState)]


def show_words(show: Show) -> str:
    return {
        Show.ALL: _("All"),
        Show.OVERDUE: _("Visit overdue"),
        Show.TO_SIGN: _("Visit to sign"),
        Show.IN_PROGRESS: _("Visit in progress"),
        Show.CHECKS: _("Check open"),
        Show.HELD: _("Amendment waits"),
        Show.ACTIVE: _("Takes part"),
        Show.ENDED: _("Ended"),
    }[show]


def bounded(count: int, most: int) -> str:
    """A count that may have stopped: 1,000+."""
    return f"{number_words(most)}+" if count > most else number_words(count)


def shows(wanted: Wanted, figures: Figures, most: int) -> list[Chip]:
    """The parts of the list with how many are in each; of those that are usually empty, the ones that are not."""
    rare = {Show.CHECKS, Show.HELD}
    return [
        (show_words(show), wanted.address(show=show), bounded(figures.shows.get(show, 0), most))
        for show in Show
        if show not in rare or figures.shows.get(show) or show is wanted.show
    ]


def arms(trial: Trial, wanted: Wanted) -> list[Chip]:
    """The arms of the protocol, if it has any."""
    if not trial.file.arms:
        return []
    named: list[Chip] = [(arm_words(trial, arm), wanted.address(arm=arm), None) for arm in trial.file.arms]
    return [(_("All arms"), wanted.address(arm=""), None), *named]


def orders(wanted: Wanted) -> list[Chip]:
    words = {Order.INCLUDED: _("Last included first"), Order.CODE: _("By code")}
    return [(said, wanted.address(order=order), None) for order, said in words.items()]


def month_words(day: date) -> str:
    """The month of a day, in full: novembre 2026."""
    return day_words(PartialDate(day.year, day.month))


def tick_words(day: date, *, first: bool) -> tuple[str, str]:
    """A month under an axis, and its year where it is the first or a January."""
    month, _blank, year = day_words(day, "month").rpartition(NBSP)
    return month, year if first or day.month == 1 else ""


def course_words(course: Course) -> str:
    """Recruitment in a sentence or two."""
    said = [
        ngettext("%(num)s person included.", "%(num)s people included.", course.included)
        % {"num": number_words(course.included)}
    ]
    if course.expected is not None:
        said = [
            ngettext(
                "%(num)s person included, %(expected)s expected by today.",
                "%(num)s people included, %(expected)s expected by today.",
                course.included,
            )
            % {"num": number_words(course.included), "expected": number_words(course.expected)}
        ]
    if course.target is not None and course.included >= course.target:
        said.append(_("The target of %(target)s is reached.") % {"target": number_words(course.target)})
    if course.reached is not None:
        said.append(
            _("At the pace of the last three months, the target of %(target)s is reached in %(month)s.")
            % {"target": number_words(course.target or 0), "month": month_words(course.reached)}
        )
    if course.target is not None and course.until is not None:
        said.append(
            _("Target: %(target)s by %(day)s.")
            % {"target": number_words(course.target), "day": day_words(course.until)}
        )
    return " ".join(said)


def pace(course: Course) -> tuple[str, str, str] | None:
    """Whether recruitment keeps to its plan: words, icon, tone; None without a plan."""
    if course.ahead is None:
        return None
    if course.ahead < 0:
        words = ngettext("%(num)s fewer than planned", "%(num)s fewer than planned", -course.ahead)
        return words % {"num": number_words(-course.ahead)}, "down", "attention"
    if course.ahead == 0:
        return _("As planned"), "equal", "success"
    words = ngettext("%(num)s more than planned", "%(num)s more than planned", course.ahead)
    return words % {"num": number_words(course.ahead)}, "up", "success"


def site_words(one: CentreStanding) -> str:
    """Whether a centre includes people, and since when or until when."""
    site, state = one.site, one.state
    if site is None or state is None:
        return "–"
    if state is SiteState.CLOSED and site.closed_on:
        return _("Closed since %(day)s") % {"day": day_words(site.closed_on, "short")}
    words = _("Opens on %(day)s") if state is SiteState.COMING else _("Open since %(day)s")
    return words % {"day": day_words(site.opened_on, "short")}
