"""The words of the team's pages: trends, captions, states. Facts in time, never causes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from app.assignments.model import Assignment, State, Timing, timing
from app.dashboard.assigning import Fault, Voice
from app.dashboard.categories import Tab
from app.dashboard.record import Record
from app.dashboard.series import Result, Series, Trend, band_label, turning_point
from app.dashboard.timeline import Event, Kind
from app.lib.i18n import day_words, local, locale, moment_words, ngettext, number_words, time_words
from app.lib.i18n import gettext as _
from app.patients.dates import ages_on
from app.patients.model import Patient
from app.questionnaires.model import Questionnaire, text


def tab_words(tab: Tab | None) -> str:
    match tab:
        case None:
            return _("All")
        case Tab.SELF:
            return _("Self-reports")
        case Tab.OBSERVED:
            return _("Clinician-rated")
        case Tab.SOCIAL:
            return _("Social")
        case Tab.CLINICAL:
            return _("Clinical documents")
        case Tab.NEUROPSYCHOLOGY:
            return _("Neuropsychology")


def record_tabs(record: Record) -> list[tuple[str, str, int | None]]:
    """The tabs of a record, as links."""
    base = f"/patients/{record.patient.id}"
    return [
        (_("Summary"), base, None),
        (_("Questionnaires"), f"{base}/questionnaires", len(record.sent) + len(record.waiting)),
        (_("Trials"), f"{base}/trials", None),
        (_("Treatments"), f"{base}/treatments", None),
        (_("Biology"), f"{base}/biology", None),
        (_("Documents"), f"{base}/documents", None),
        (_("Consents"), f"{base}/consents", None),
        (_("Access"), f"{base}/access", None),
    ]


def answerer_words(answered_by: str) -> str:
    """Who answers, as a team says it."""
    return {
        "patient": _("Patient"),
        "proxy": _("Relative"),
        "clinician": _("Clinician"),
        "nurse": _("Nursing staff"),
        "neuropsychologist": _("Neuropsychologist"),
        "social_worker": _("Social worker"),
    }[answered_by]


def name_of(q: Questionnaire) -> str:
    """What a team calls a questionnaire: an instrument by its letters, our own ones by their title."""
    language = locale.get()
    kind = q.file.languages.get(language)
    own = q.file.wording == "full" and kind is not None and kind.kind == "own"
    return text(q.file.title, language) if own else q.file.short_name


def series_title(series: Series) -> str:
    """The questionnaire, and which of its scores where there are several; the letters of an instrument go before."""
    q, title = series.questionnaire, text(series.score.title, locale.get())
    if len([one for one in q.scores if "team" in one.score.shown_to]) == 1:
        return name_of(q)
    return f"{q.file.short_name}, {title}" if name_of(q) == q.file.short_name else title


def value_words(series: Series, value: float | bool | None) -> str:
    """A result as it is read: a number, the words of a yes or no, a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return capitalised(text((series.score.labels or {}).get(str(value).lower()), locale.get()) or str(value))
    return number_words(value, 2)


def reading_words(series: Series, result: Result) -> str:
    """The band in words, or that there is no score."""
    if result.value is None:
        return _("incomplete: no score")
    if isinstance(result.value, bool):
        return value_words(series, result.value)
    return band_label(series.score, result.band, locale.get())


def trend_words(series: Series) -> str:
    """The reading of the latest result and where it moves: Moderate, rising."""
    reading = reading_words(series, series.last)
    moving = {
        Trend.UP: _("rising"),
        Trend.DOWN: _("falling"),
        Trend.SAME: _("stable"),
        Trend.UNKNOWN: "" if reading else _("first result"),
    }[series.trend]
    return capitalised(", ".join(filter(None, (reading, moving))))


def trend_icon(series: Series) -> str:
    return {Trend.UP: "up", Trend.DOWN: "down", Trend.SAME: "equal", Trend.UNKNOWN: "dash"}[series.trend]


def capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def caption(series: Series) -> str:
    """The course in one sentence of facts."""
    stretch = series.stretch()
    if not stretch:
        return _("No score yet: the answers are incomplete.")
    first, last, turn = stretch[0], stretch[-1], turning_point(stretch)
    facts = {
        "start": value_words(series, first.value),
        "turn": value_words(series, turn.value) if turn else "",
        "turned": day_words(turn.day) if turn else "",
        "end": _with_band(series, last),
        "since": day_words(first.day),
        "until": day_words(last.day),
    }
    if len(stretch) == 1:
        return _("One score so far: %(end)s, on %(until)s.") % facts
    return _course(first, turn, last) % facts


def _course(first: Result, turn: Result | None, last: Result) -> str:
    start, end = float(first.value or 0), float(last.value or 0)
    if turn is not None and float(turn.value or 0) < start:
        return _("The score fell from %(start)s to %(turn)s on %(turned)s, then rose to %(end)s on %(until)s.")
    if turn is not None:
        return _("The score rose from %(start)s to %(turn)s on %(turned)s, then fell to %(end)s on %(until)s.")
    if start == end:
        return _("The score was %(start)s on %(since)s and is %(end)s on %(until)s.")
    if end > start:
        return _("The score rose from %(start)s to %(end)s between %(since)s and %(until)s.")
    return _("The score fell from %(start)s to %(end)s between %(since)s and %(until)s.")


def _with_band(series: Series, result: Result) -> str:
    value, reading = value_words(series, result.value), reading_words(series, result)
    return f"{value} ({reading})" if reading else value


def deeper(series: Series) -> str:
    """At which end of the axis the ramp of bands is deeper."""
    return {"worse": "up", "better": "down"}.get(series.score.higher_is or "", "")


def timing_words(timing: Timing, state: State, opens_on: date, due_on: date | None) -> str:
    """Where something asked stands, in one to five words."""
    match timing:
        case Timing.LATER:
            return _("Opens on %(day)s") % {"day": day_words(opens_on, "short")}
        case Timing.OVERDUE:
            return _("Overdue since %(day)s") % {"day": day_words(due_on or opens_on, "short")}
        case _:
            return _("Started") if state is State.IN_PROGRESS else _("Not started")


def timing_tone(timing: Timing, state: State) -> tuple[str, str]:
    """Icon and tint of that state."""
    if timing is Timing.OVERDUE:
        return "alert", "attention"
    if timing is Timing.LATER:
        return "calendar", ""
    return ("half", "info") if state is State.IN_PROGRESS else ("circle", "")


def fault_words(fault: Fault) -> str:
    """What is wrong with a form of assignment, and what to do."""
    match fault:
        case Fault.NOTHING_CHOSEN:
            return _("Choose at least one questionnaire")
        case Fault.UNKNOWN:
            return _("One of the questionnaires is not in the library any more. Choose again.")
        case Fault.ALREADY_ASKED:
            return _("One of the questionnaires already waits for an answer from that day. Untick it.")
        case Fault.NOT_A_DATE:
            return _("Enter a real date, with four digits for the year")
        case Fault.PAST:
            return _("Choose today or a later day")
        case Fault.BEFORE_OPENING:
            return _("The due date must not be before the opening")


def about_minutes(q: Questionnaire) -> str:
    return _("about %(minutes)s min") % {"minutes": q.file.minutes}


def age_words(patient: Patient, today: date) -> str:
    youngest, oldest = ages_on(patient.birth_date, today)
    if youngest != oldest:
        return _("%(youngest)s or %(oldest)s years old") % {"youngest": youngest, "oldest": oldest}
    return ngettext("%(num)s year old", "%(num)s years old", oldest) % {"num": oldest}


def lasting_words(time: timedelta) -> str:
    """How long something has been waiting: 38 min, 5 h, 3 days."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("%(hours)s h") % {"hours": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def moment_near(at: datetime, today: date) -> str:
    """A moment as a team reads it: the clock alone for today, else day and clock."""
    if local(at).date() == today:
        return _("today at %(time)s") % {"time": time_words(at)}
    return moment_words(at, "short")


def timeline_entries(
    events: Iterable[Event], questionnaires: Mapping[str, Questionnaire], today: date
) -> list[dict[str, str]]:
    """Events as the timeline draws them."""
    return [_entry(event, questionnaires, today) for event in events]


def _entry(event: Event, questionnaires: Mapping[str, Questionnaire], today: date) -> dict[str, str]:
    q = questionnaires.get(event.about)
    title = {Kind.OPENS: _("%(name)s opens"), Kind.DUE: _("%(name)s is due")}[event.kind]
    late = event.kind is Kind.DUE and event.day < today
    return {
        "when": day_words(event.day),
        "title": title % {"name": name_of(q) if q else event.about},
        "state": "",
        "href": "",
        "note": _("Overdue") if late else "",
    }


def age(patient: Patient, today: date) -> str:
    """Full years; the two that it may be where the birth date is not wholly known."""
    youngest, oldest = ages_on(patient.birth_date, today)
    return str(oldest) if youngest == oldest else f"{youngest}–{oldest}"


def state_words(assignment: Assignment, today: date) -> str:
    return timing_words(timing(assignment, today), assignment.state, assignment.opens_on, assignment.due_on)


def state_look(assignment: Assignment, today: date) -> tuple[str, str]:
    return timing_tone(timing(assignment, today), assignment.state)


def late(assignments: Iterable[Assignment], today: date) -> int:
    """How many are overdue."""
    return sum(timing(one, today) is Timing.OVERDUE for one in assignments)


def voice_words(voice: Voice) -> str:
    match voice:
        case Voice.PATIENT:
            return _("Answered by the patient")
        case Voice.PROXY:
            return _("Answered by a relative")
        case Voice.TEAM:
            return _("Filled in by the team")


def broken(series: Series) -> bool:
    """Whether the line of a chart stops somewhere."""
    return any(one.fresh for one in series.results)


def figure_words(series: Series, result: Result | None) -> str:
    """The number of a result in a column of numbers; a dash where there is none, or where the words say it all."""
    if result is None or isinstance(result.value, bool):
        return "–"
    return value_words(series, result.value)
