"""The shape of a trial file, format 1. Only shapes: what a file may say is judged in `checking`."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from app.questionnaires.shapes import Answerer, Shape, Text

_SPAN = r"^(0|[+-]?[0-9]{1,5} (day|week|month|year)s?)$"


def _told(description: str, **more: Any) -> Meta:
    """Words, and more JSON Schema, for the editor only: what is refused is decided in `checking`, with a remedy."""
    return Meta(description=description, extra_json_schema=more or None)


Id = Annotated[str, _told("Small letters, digits and _, beginning with a letter.", pattern="^[a-z][a-z0-9_]{0,39}$")]
Version = Annotated[str, _told('In quotes, e.g. "1.0.0".', pattern=r"^[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+)?$")]
Length = Annotated[str, _told('"0", or a number of days, weeks, months or years, e.g. -2 weeks.', pattern=_SPAN)]
Ends = Annotated[
    list[Length], _told("First and last day, counted from the target, both included.", minItems=2, maxItems=2)
]
Condition = Annotated[str, _told("A condition over age, sex, arm and first_time. Unknown counts as not true.")]
Hour = Annotated[str, _told('A local hour in quotes, e.g. "18:00".', pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Day = Annotated[str, _told('A day in quotes, e.g. "2026-01-10".', format="date")]
Words = Annotated[Text, _told("By language: {en: …, fr: …}; variants such as fr-CA may follow.", required=["en", "fr"])]
Signer = Literal["patient", "guardian", "both_parents", "proxy"]


class Use(Shape, frozen=True, kw_only=True):
    """A questionnaire in a module, with what differs from asking it plainly."""

    key: Id
    required: bool = True
    only_if: Condition | None = None
    who: Annotated[Answerer | None, _told("Who answers, where it is not the one named by the module.")] = None
    once: Annotated[bool, _told("Asked at each visit until it was answered once in this enrolment, then never.")] = (
        False
    )
    reuse: Annotated[Length | None, _told("An answer at most this old, in days or weeks, from any trial, counts.")] = (
        None
    )
    version: Annotated[Version | None, _told("Frozen; else the newest published when the visit opens.")] = None


class Module(Shape, frozen=True, kw_only=True):
    """A part of a visit, such as nursing or self-report."""

    id: Id
    title: Words
    who: Answerer
    questionnaires: list[str | Use]
    only_if: Condition | None = None


class Every(Shape, frozen=True, kw_only=True):
    """`visit#0` at the target, then one more after each step; every one is counted from the anchor."""

    every: Length
    times: int


class Visit(Shape, frozen=True, kw_only=True):
    id: Id
    title: Words
    description: Words | None = None
    planned: Annotated[bool, _told("false: it has no date of its own and is opened when it happens.")] = True
    unique: Annotated[bool, _told("Held once at most in an enrolment: no repeat, and never again out of plan.")] = False
    after: Annotated[str, _told("inclusion, birth, event:<id>, or visit:<id> (the day on which it was held).")] = (
        "inclusion"
    )
    at: Length = "0"
    repeat: Every | None = None
    best: Ends | None = None
    permitted: Ends | None = None
    place: Literal["site", "remote"] = "site"
    arms: list[str] | None = None
    include: Annotated[list[str], _told("Visits that stand above: everything that they ask, first.")] = field(
        default_factory=list
    )
    modules: list[Module] = field(default_factory=list)


class Consent(Shape, frozen=True, kw_only=True):
    id: Id
    version: Annotated[str, _told('Of the text that is signed, in quotes, e.g. "2.0".')]
    title: Words
    signed_by: list[Signer]
    needed_for: Literal["enrolment", "option"] = "enrolment"
    only_if: Condition | None = None


class Eligibility(Shape, frozen=True, kw_only=True):
    """Computed where there is a rule, else asked as a yes/no question."""

    id: Id
    text: Words
    rule: Condition | None = None
    must_be: bool = True


class Sdv(Shape, frozen=True, kw_only=True):
    """What is compared with its source: everything; the critical values; or those and a part of the visits in full."""

    plan: Literal["all", "critical", "sample"]
    critical: Annotated[list[str], _told("questionnaire.item")] = field(default_factory=list)
    percent: int | None = None
    seed: int | None = None


class DataCheck(Shape, frozen=True, kw_only=True):
    id: Id
    uses: Annotated[dict[str, str], _told("A name of your own for questionnaire.item or questionnaire.score.")]
    query_if: Condition
    message: Words
    visits: list[str] | None = None


class Reminder(Shape, frozen=True, kw_only=True):
    id: Id
    to: Literal["patient", "proxy", "team"]
    by: list[Literal["mail", "sms"]]
    first: Annotated[Length, _told("From the first day of the best window; may be negative.")]
    every: Length
    at_most: int
    hour: Hour
    quiet: Annotated[list[Hour], _told("From and to which hour nothing is sent.", minItems=2, maxItems=2)]
    only_if_incomplete: bool = True


class Amendment(Shape, frozen=True, kw_only=True):
    version: Version
    approved: Day
    changes: Words
    enrolled_people: Annotated[
        Literal["keep", "future_visits", "reconsent"],
        _told("keep: they stay on their version. future_visits: visits not begun follow. reconsent: once they agreed."),
    ]


class Event(Shape, frozen=True, kw_only=True):
    """A date that comes later, and that visits may be counted from."""

    id: Id
    title: Words


class TrialFile(Shape, frozen=True, kw_only=True):
    """A trial of Cohorte."""

    format: Literal[1]
    key: Annotated[Id, _told("The name of the file without .yml.")]
    version: Annotated[Version, _told("That of the last amendment.")]
    title: Words
    sponsor: str
    principal_investigator: str
    source: Annotated[str, _told("Where the structure comes from: the protocol and its date.")]
    time_zone: Annotated[str, _told("For reminders only, e.g. Europe/Paris.")]
    consents: list[Consent]
    eligibility: list[Eligibility]
    visits: list[Visit]
    sdv: Sdv
    description: Words | None = None
    registrations: Annotated[dict[str, str], _told("Register → number, e.g. nct: NCT01234567.")] = field(
        default_factory=dict
    )
    arms: dict[str, Words] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    unscheduled: Annotated[bool, _told("Whether visits may be held out of plan.")] = True
    data_checks: list[DataCheck] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    amendments: Annotated[list[Amendment], _told("Oldest first; the first version may be left out.")] = field(
        default_factory=list
    )
