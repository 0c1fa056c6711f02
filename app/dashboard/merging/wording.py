"""The words of merging: fields, why a value is suggested, what to look at, what came since and whose it is."""

from collections.abc import Mapping

from app.dashboard.merging.forms import Fault
from app.dashboard.merging.registry import Kind
from app.dashboard.merging.sorting import Row, Rule
from app.lib.i18n import gettext as _
from app.patients.identity import wording as identity
from app.patients.merging.model import FIELDS, LONGEST_REASON, SHORTEST_REASON, Concern, Owner, Side, Why
from app.patients.model import NewPatient


def field_words(field: str) -> str:
    """What a field is called; a place with its code and country is one."""
    return _("Place of birth") if field == "birth_place" else identity.field_words(field)


def value_words(field: str, known: NewPatient) -> str:
    """What a record says in a field."""
    if field == "family_name":
        return known.family_name or "–"
    if field == "birth_name":
        return known.birth_name or _("the same as the used name")
    words = [identity.value_words(name, known) for name in FIELDS[field]]
    return ", ".join(one for one in words if one != "–") or "–"


def choice_words(field: str, known: NewPatient, code: str) -> str:
    """The same as one of two choices, with the code of its record."""
    said = value_words(field, known)
    return _("%(value)s (%(code)s)") % {"value": _("not known") if said == "–" else said, "code": code}


def why_words(why: Why) -> str:
    """Why a value is chosen in advance."""
    return {
        Why.ONLY: _("Chosen in advance: only this record knows it."),
        Why.PROVEN: _("Chosen in advance: the person reads mail at this address."),
        Why.FULLER: _("Chosen in advance: it says more."),
        Why.LATER: _("Chosen in advance: from the record that was opened later."),
        Why.KEPT: _("Chosen in advance: from the record that goes on. Check it."),
    }[why]


def concern_words(concern: Concern) -> str:
    """What to look at before merging, as a sentence."""
    return {
        Concern.NIR_DIFFERS: _("The two records have different social security numbers. Nobody has two."),
        Concern.BIRTH_DIFFERS: _("The birth dates contradict each other."),
        Concern.TWO_ACCOUNTS: _("Two people sign in as this patient. Each would see what the other was asked."),
    }[concern]


def fault_words(fault: Fault) -> str:
    """What to do, beside the field."""
    return {
        Fault.CHOOSE: _("Choose one"),
        Fault.LOOK: _("Tick this once you have checked it"),
        Fault.REASON: _("Write why, in %(shortest)s to %(longest)s characters")
        % {"shortest": SHORTEST_REASON, "longest": LONGEST_REASON},
    }[fault]


def kind_words(kind: Kind) -> str:
    """One thing of a kind, as a heading."""
    return {
        Kind.RESPONSE: _("Questionnaire answered"),
        Kind.ASSIGNMENT: _("Questionnaire asked for"),
        Kind.FOLLOWING: _("Centre that follows"),
        Kind.ACCOUNT: _("Account linked"),
        Kind.INVITATION: _("Invitation"),
        Kind.CONTACT: _("Contact"),
        Kind.CONSENT: _("Consent"),
        Kind.DOCUMENT: _("Document"),
        Kind.IDENTIFIER: _("Code of another system"),
        Kind.TREATMENT: _("Treatment"),
        Kind.ADVERSE_EFFECT: _("Adverse effect"),
        Kind.LAB_REPORT: _("Laboratory report"),
        Kind.REMOVAL: _("Request to remove the record"),
        Kind.LEAVING: _("Request to end the follow-up"),
        Kind.SCREENING: _("Screening for a trial, and the enrolment"),
    }[kind]


def kinds_words(kind: Kind) -> str:
    """The same as a line of counts."""
    return {
        Kind.RESPONSE: _("Questionnaires answered"),
        Kind.ASSIGNMENT: _("Questionnaires asked for"),
        Kind.FOLLOWING: _("Centres that follow or followed"),
        Kind.ACCOUNT: _("Accounts linked"),
        Kind.INVITATION: _("Invitations"),
        Kind.CONTACT: _("Contacts"),
        Kind.CONSENT: _("Consents"),
        Kind.DOCUMENT: _("Documents"),
        Kind.IDENTIFIER: _("Codes of other systems"),
        Kind.TREATMENT: _("Treatments"),
        Kind.ADVERSE_EFFECT: _("Adverse effects"),
        Kind.LAB_REPORT: _("Laboratory reports"),
        Kind.REMOVAL: _("Requests to remove the record"),
        Kind.LEAVING: _("Requests to end the follow-up"),
        Kind.SCREENING: _("Screenings for trials, and enrolments"),
    }[kind]


def row_words(row: Row, titles: Mapping[str, str]) -> str:
    """What a row is, as somebody recognises it. `titles`: of questionnaires, by key."""
    said = titles.get(row.says, "") or (row.says if row.kind in NAMED else "")
    return _("%(kind)s: %(name)s") % {"kind": kind_words(row.kind), "name": said} if said else kind_words(row.kind)


# Of these the row says a name that people gave; of the others, a code.
NAMED = frozenset({Kind.DOCUMENT, Kind.TREATMENT, Kind.LAB_REPORT, Kind.ADVERSE_EFFECT, Kind.IDENTIFIER})


def rule_words(rule: Rule, side: Side) -> str:
    """Why it is certain whose a row is."""
    if rule is Rule.HANGS_ON:
        return _("belongs to something that was in this record before")
    return _("written by somebody who answers for this record alone")


def owner_words(owner: Owner, kept: str, absorbed: str) -> str:
    """Whose the new value is, by the codes of both records."""
    return {
        Owner.KEPT: _("Of %(code)s only") % {"code": kept},
        Owner.ABSORBED: _("Of %(code)s only") % {"code": absorbed},
        Owner.BOTH: _("Of both"),
    }[owner]
