"""Which page somebody saw and why they may, in a patient's words."""

from app.lib.i18n import day_words, ngettext, time_words
from app.lib.i18n import gettext as _
from app.portal.access.log import Look, Pages


def page_words(seen: Pages) -> str:
    """One page of the record. What raised an alert is said as what it is: answers."""
    of_actions = {
        "alert.seen": _("Answers"),
        "response.opened": _("A questionnaire filled in by the team"),
        "response.corrected": _("Answers, to correct them"),
        "identity.opened": _("Name, birth date and contact details"),
        "nir.shown": _("The whole social security number (NIR)"),
    }
    return of_actions.get(seen.action) or _pages().get(seen.page) or _("A page of the record")


def _pages() -> dict[str, str]:
    return {
        "summary": _("Summary of the record"),
        "reminders": _("Reminders"),
        "course": _("What happened, day by day"),
        "questionnaires": _("List of questionnaires"),
        "treatments": _("Treatments"),
        "trials": _("Trials and their visits"),
        "visit": _("A visit of a trial"),
        "visit_new": _("Form to add a visit"),
        "visit_complete": _("A visit, to complete it"),
        "visit_skip": _("A visit, to note that it is not held"),
        "visit_reopen": _("A visit, to take it up again"),
        "tablet": _("A visit, to hand over the tablet"),
        "biology": _("Laboratory results"),
        "lab_report": _("One report of a laboratory"),
        "consents": _("Consents"),
        "assigning": _("Choice of a questionnaire to send"),
        "cancelling": _("A questionnaire to be cancelled"),
        "today": _("Answers, in the list of the day"),
        "answers": _("Answers"),
        "sent": _("Answers, just sent"),
        "correction": _("Answers, to correct them"),
        "print": _("Answers, to print"),
        "scores": _("Results of a questionnaire"),
        "score": _("How a result was computed"),
        "identity": _("Name, birth date and contact details"),
        "contacts": _("People close to the patient, and who answers"),
        "created": _("The record, just opened"),
        "removing": _("The record, to be removed"),
        "merging": _("The record beside another, to be merged"),
        "merges": _("Merges of the record"),
        "unmerging": _("A merge, to be undone"),
        "documents": _("List of documents"),
        "document": _("A document"),
        "document_download": _("A document, downloaded"),
        "document_adding": _("Form to add a document"),
        "document_removing": _("A document to be taken out"),
        "affiliation_request": _("What another centre asks about you"),
        "leave_request": _("Your request to be followed no more"),
        "close": _("Name and birth date, beside somebody alike"),
        "record_ask": _("Name and birth date, to link an account"),
        "access": _("Who has access to the record"),
        "ending": _("End of the follow-up"),
    }


def times_words(seen: Pages) -> str:
    """When, and how often.

    One look has a time; several have a number and two times.
    """
    if seen.times == 1:
        return _("at %(time)s") % {"time": time_words(seen.last)}
    words = ngettext(
        "%(num)s time, between %(first)s and %(last)s", "%(num)s times, between %(first)s and %(last)s", seen.times
    )
    return words % {"num": seen.times, "first": time_words(seen.first), "last": time_words(seen.last)}


def why_words(look: Look) -> str:
    """Why this person may look: the centre follows the patient, or an exceptional opening, with its reason."""
    if look.opened_because is not None:
        return _("Exceptional access, for a few minutes. The reason given: “%(reason)s”") % {
            "reason": look.opened_because
        }
    if look.follows is None:
        return _("This reading has no known ground. Ask the person in charge of your centre about it.")
    since, until = look.follows
    if until is None:
        return _("This centre has been in charge of the care since %(day)s.") % {"day": day_words(since)}
    return _("This centre was in charge of the care from %(first)s to %(last)s.") % {
        "first": day_words(since),
        "last": day_words(until),
    }
