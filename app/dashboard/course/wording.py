"""What happened, in words: one function a part of the record, each from that part's own values."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.accounts.model import OrganisationName
from app.alerts.model import Alert
from app.biology.model import Report
from app.biology.wording import report_title
from app.consents.model import Answer, Said
from app.consents.wording import purpose_words
from app.dashboard.course.model import Happening, Part
from app.dashboard.record import Record
from app.dashboard.visits.model import VisitLine, next_of
from app.dashboard.wording import capitalised, moment_near, name_of
from app.files.model import File, Kind
from app.files.wording import kind_words
from app.lib.clock import day_in
from app.lib.i18n import ZONE, day_words
from app.lib.i18n import gettext as _
from app.patients.affiliations.model import Following
from app.patients.affiliations.wording import end_words, grounds_words
from app.patients.merging.model import Merge
from app.treatments import wording as treatments
from app.treatments.model import Prescription
from app.trials.visits.wording import window_words

Centres = Mapping[UUID, OrganisationName]


def part_words(part: Part | None) -> str:
    return {
        None: _("Everything"),
        Part.QUESTIONNAIRES: _("Questionnaires"),
        Part.VISITS: _("Visits"),
        Part.ALERTS: _("Alerts"),
        Part.TREATMENTS: _("Treatments"),
        Part.BIOLOGY: _("Biology"),
        Part.DOCUMENTS: _("Documents"),
        Part.CONSENTS: _("Consents"),
        Part.FOLLOW_UP: _("Follow-up"),
    }[part]


def entries(happened: Iterable[Happening], today: date) -> list[dict[str, str]]:
    """As the timeline draws them."""
    return [
        {
            "when": capitalised(moment_near(one.at, today)) if one.at else day_words(one.day),
            "title": one.title,
            "state": "flag" if one.flagged else "done",
            "href": one.href,
            "note": one.note,
        }
        for one in happened
    ]


def of_questionnaires(record: Record) -> list[Happening]:
    """What was sent."""
    found = []
    for one in record.sent:
        if at := one.submitted_at:
            title = _("%(name)s received") % {"name": name_of(one.questionnaire)}
            href = f"/responses/{one.id}"
            found.append(Happening(Part.QUESTIONNAIRES, day_in(ZONE, at), title, f"r{one.id}", at, href))
    return found


def of_visits(lines: Iterable[VisitLine]) -> list[Happening]:
    """What was held, or was not."""
    found = []
    for one in lines:
        visit, title = one.visit, _("%(visit)s · %(trial)s") % {"visit": one.title, "trial": one.trial}
        href, key = f"/visits/{visit.id}", f"v{visit.id}"
        if visit.started_on:
            note = _("Complete") if visit.completed_on else ""
            found.append(Happening(Part.VISITS, visit.started_on, title, key, None, href, note))
        elif visit.skipped_on:
            note = _("Not held")
            found.append(Happening(Part.VISITS, visit.skipped_on, title, key, None, href, note))
    return found


def planned_visits(lines: Iterable[VisitLine], today: date) -> list[dict[str, str]]:
    """The next visit of each trial and those that are late, the furthest first, as the timeline draws them."""
    return [
        {
            "when": _("Due on %(day)s") % {"day": day_words(one.visit.target)} if one.visit.target else "",
            "title": _("%(visit)s · %(trial)s") % {"visit": one.title, "trial": one.trial},
            "state": "",
            "href": f"/visits/{one.visit.id}",
            "note": _("Overdue") if one.visit.overdue(today) else window_words(one.visit.window),
        }
        for one in reversed(next_of(lines, today))
    ]


def of_alerts(record: Record) -> list[Happening]:
    """Red flags. Nothing leads to a response that was not sent: it is not to read yet."""
    given = {one.id: one for one in record.responses}
    return [_alert(one, given) for one in record.alerts]


def _alert(alert: Alert, given: Mapping[UUID, Any]) -> Happening:
    response = given.get(alert.response)
    name = name_of(response.questionnaire) if response else ""
    said = _("Alert, %(name)s") if alert.is_open else _("Alert taken up, %(name)s")
    return Happening(
        Part.ALERTS,
        day_in(ZONE, alert.raised_at),
        (said % {"name": name}).rstrip(", "),
        f"a{alert.id}",
        alert.raised_at,
        f"/responses/{alert.response}" if response and response.submitted_at else "",
        _("To be taken up") if alert.is_open else "",
        flagged=alert.is_open,
    )


def of_documents(record: Record, files: Iterable[File]) -> list[Happening]:
    """What was added, on the day that it is about, if it says so. The copies of consents are told as consents."""
    base = f"/patients/{record.patient.id}/documents"
    return [
        Happening(
            Part.DOCUMENTS,
            one.taken_on or day_in(ZONE, one.uploaded_at),
            _("%(kind)s: %(title)s") % {"kind": kind_words(one.kind), "title": one.name},
            f"f{one.id}",
            None if one.taken_on else one.uploaded_at,
            base,
        )
        for one in files
        if one.kind is not Kind.CONSENT
    ]


def of_consents(record: Record, decisions: Iterable[Said]) -> list[Happening]:
    """What was allowed, refused and withdrawn."""
    words = {
        Answer.GIVEN: _("Consent given: %(purpose)s"),
        Answer.REFUSED: _("Consent refused: %(purpose)s"),
        Answer.WITHDRAWN: _("Consent withdrawn: %(purpose)s"),
    }
    return [
        Happening(
            Part.CONSENTS,
            day_in(ZONE, one.decision.at),
            words[one.answer] % {"purpose": purpose_words(one.decision.purpose)},
            f"c{one.decision.id}",
            one.decision.at,
            f"/patients/{record.patient.id}/consents",
        )
        for one in decisions
    ]


def of_biology(reports: Iterable[Report]) -> list[Happening]:
    """What was measured, on the day the sample was taken."""
    return [
        Happening(
            Part.BIOLOGY,
            one.about.taken_on,
            _("Laboratory report: %(results)s") % {"results": report_title(one)},
            f"l{one.id}",
            one.about.taken_at,
            f"/lab-reports/{one.id}",
            one.about.laboratory,
        )
        for one in reports
    ]


def of_treatments(record: Record, prescriptions: Iterable[Prescription]) -> list[Happening]:
    """What was begun, changed and stopped. A dose that follows another is told once, as the change."""
    href = f"/patients/{record.patient.id}/treatments"
    found = []
    for one in prescriptions:
        words = _("%(name)s, another dose: %(dose)s") if one.follows else _("%(name)s begun: %(dose)s")
        said = words % {"name": one.subject, "dose": treatments.dose_words(one)}
        found.append(Happening(Part.TREATMENTS, one.plan.started.earliest, said, f"p{one.id}", None, href))
        if one.stop and one.stop.reason != "changed":
            said = _("%(name)s stopped") % {"name": one.subject}
            note = treatments.stop_words(one.stop.reason)
            found.append(Happening(Part.TREATMENTS, one.stop.ended.latest, said, f"s{one.id}", None, href, note))
    return found


def of_follow_up(
    record: Record, followings: Iterable[Following], merges: Iterable[Merge], centres: Centres
) -> list[Happening]:
    """Centres that began and ended to follow; records that became one, and came apart again."""
    href = f"/patients/{record.patient.id}/access"
    found = []
    for one in followings:
        name = centres[one.organisation].name
        begun = _("%(centre)s follows") % {"centre": name}
        note = grounds_words(one.grounds)
        found.append(Happening(Part.FOLLOW_UP, one.since, begun, f"b{one.id}", None, href, note))
        if one.until:
            ended = _("%(centre)s ends the follow-up") % {"centre": name}
            note = end_words(one.ended_reason)
            found.append(Happening(Part.FOLLOW_UP, one.until, ended, f"e{one.id}", None, href, note))
    return found + [part for one in merges for part in _merge(one, f"/patients/{record.patient.id}/merges")]


def _merge(merge: Merge, href: str) -> list[Happening]:
    day = day_in(ZONE, merge.merged_at)
    found = [Happening(Part.FOLLOW_UP, day, _("Two records became one"), f"m{merge.id}", merge.merged_at, href)]
    if at := merge.unmerged_at:
        apart = _("The two records are apart again")
        found.append(Happening(Part.FOLLOW_UP, day_in(ZONE, at), apart, f"u{merge.id}", at, href))
    return found
