"""The words for who follows whom: states, reasons, grounds, fields."""

from app.lib.i18n import day_words, local
from app.lib.i18n import gettext as _
from app.patients.affiliations.model import LONGEST_NOTE, End, Grounds, Refusal, Request, State
from app.patients.dates import PartialDate
from app.patients.matching.model import Level
from app.patients.matching.wording import reason_words
from app.patients.model import NewPatient

Look = tuple[str, str, str]


def request_look(state: State) -> Look:
    """Words, icon and tone of a request, for the centre that asked."""
    return {
        State.PENDING: (_("Waiting for an answer"), "clock", "attention"),
        State.APPROVED: (_("Accepted"), "check", "success"),
        State.REFUSED: (_("Refused"), "x", ""),
        State.WITHDRAWN: (_("Withdrawn"), "dash", ""),
        State.EXPIRED: (_("No answer in 30 days"), "clock", ""),
    }[state]


def question_look(state: str) -> Look:
    """The same for a centre that was asked, and for the patient."""
    return {
        "pending": (_("To decide on"), "clock", "attention"),
        "approved": (_("Accepted"), "check", "success"),
        "refused": (_("Refused"), "x", ""),
        "superseded": (_("Settled: another record was meant"), "dash", ""),
        "withdrawn": (_("Withdrawn"), "dash", ""),
        "expired": (_("No answer in 30 days"), "clock", ""),
    }[state]


def refusal_choices() -> list[tuple[str, str]]:
    """Why one says no, for whoever decides."""
    return [
        (Refusal.NOT_SAME, _("It is not the same person")),
        (Refusal.OBJECTS, _("The patient objects")),
        (Refusal.CALL, _("We want to speak with the centre first, and call it")),
        (Refusal.OTHER, _("Another reason")),
    ]


def refused_words(reason: str) -> str:
    """Why, and what one can do, for the centre that asked. Who refused is not said."""
    return {
        Refusal.NOT_SAME: _("It is not the same person. You can open a record of your own."),
        Refusal.OBJECTS: _("The person objects. Speak with them: they decide who follows them."),
        Refusal.CALL: _("The other centre wants to speak with you first. It will call you."),
        Refusal.OTHER: _("The other centre gave no further reason. Speak with the person."),
    }.get(Refusal(reason) if reason in set(Refusal) else Refusal.OTHER, "")


def grounds_words(grounds: str) -> str:
    """Why a centre follows somebody, for teams."""
    return {
        Grounds.CREATED: _("The centre opened the record"),
        Grounds.REQUEST: _("At its request, accepted by another centre"),
        Grounds.ASKED: _("The person asked for it"),
        Grounds.REFERRAL: _("After a referral"),
    }.get(Grounds(grounds) if grounds in set(Grounds) else Grounds.UNMERGED, _("After two records came apart"))


def grounds_told(grounds: str) -> str:
    """The same for the person, or for whoever answers for them."""
    return {
        Grounds.CREATED: _("It opened the record."),
        Grounds.REQUEST: _("It asked to, and a centre that already followed agreed."),
        Grounds.ASKED: _("It was asked to, with an account."),
        Grounds.REFERRAL: _("After a referral."),
    }.get(Grounds(grounds) if grounds in set(Grounds) else Grounds.UNMERGED, _("It looks after a part of the record."))


def end_choices() -> list[tuple[str, str]]:
    """Why a centre ends following somebody, as it chooses."""
    return [(one.value, end_words(one)) for one in End]


def end_words(reason: str) -> str:
    return {
        End.MOVED: _("The person moved away"),
        End.ELSEWHERE: _("Followed elsewhere"),
        End.FINISHED: _("The follow-up is over"),
        End.ASKED: _("The person asked for it"),
        End.DIED: _("The person died"),
        End.ERROR: _("Opened by mistake"),
    }.get(End(reason) if reason in set(End) else End.FINISHED, "")


def field_words(field: str) -> str:
    return {
        "family_name": _("Name in use"),
        "birth_name": _("Birth name"),
        "given_names": _("Given names"),
        "birth_date": _("Birth date"),
        "sex": _("Sex"),
        "birth_place": _("Birthplace"),
        "nir": _("Social security number"),
    }[field]


def value_words(field: str, value: str | PartialDate) -> str:
    """What one side says, a dash where it says nothing."""
    if isinstance(value, PartialDate):
        return day_words(value)
    if field == "sex":
        return {"female": _("Female"), "male": _("Male")}.get(value, "–")
    return value or "–"


def same_look(same: bool | None) -> Look:
    """Whether both sides say the same."""
    if same is None:
        return _("On one side only"), "dash", ""
    return (_("Same"), "check", "success") if same else (_("Different"), "alert", "attention")


def reasons_words(reasons: tuple[str, ...]) -> list[str]:
    """In what two people agree; what is not known (any more) as a reason is left out."""
    return [reason_words(Level(one)) for one in reasons if one in set(Level)]


def problem_words(problem: str) -> str:
    """What is wrong with a form, beside the field."""
    return {
        "informed": _("Tick this once the person was told and does not object"),
        "why": _("Choose a reason"),
        "reply": _("Write a few words: the person reads them"),
        "record": _("Choose a record, or a new one"),
        "day": _("Enter a day from the first day of the follow-up to today"),
        "practitioner": _("Choose somebody of the list"),
        "long": _("Shorten this to %(most)s characters at most") % {"most": LONGEST_NOTE},
    }[problem]


def name_of(typed: NewPatient | None) -> str:
    """Whom somebody typed, as teams list people; a dash once it was forgotten."""
    return f"{typed.family_name.upper()} {typed.given_names}" if typed else "–"


def last_day(request: Request) -> str:
    """Until when a request waits."""
    return day_words(local(request.valid_until).date())


def typed_facts(typed: NewPatient) -> list[tuple[str, str]]:
    """What was typed of somebody, for whoever typed it; a birth name that is the name in use is said once."""
    facts = {"birth_name": typed.birth_name or typed.family_name}
    if typed.birth_name:
        facts["family_name"] = typed.family_name
    facts |= {"given_names": typed.given_names, "birth_date": day_words(typed.birth_date)}
    facts |= {field: value_words(field, getattr(typed, field)) for field in ("sex", "birth_place")}
    return [(field_words(field), value) for field, value in facts.items() if value != "–"]
