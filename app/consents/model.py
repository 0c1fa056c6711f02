"""Consents as values: a text, a form that somebody signs, what stands for each purpose. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from app.access.consent import ALLOWED_UNASKED, Decision, History, Purpose, lapses, renewals, standing
from app.lib.i18n import ZONE

LANGUAGES = ("fr", "en")
NEVER = date.max
"""Until when people are asked again whose former yes keeps holding for what it was given for."""
HEADING = "## "


class Method(StrEnum):
    """How somebody decided. `spoken`: they said so to the team, which is enough for a no."""

    PORTAL = "portal"
    SCREEN = "screen"
    PAPER = "paper"
    SPOKEN = "spoken"


class Signer(StrEnum):
    PATIENT = "patient"
    PROXY = "proxy"
    ONE_PARENT = "one_parent"
    BOTH_PARENTS = "both_parents"
    GUARDIAN = "guardian"


class State(StrEnum):
    """`open`: being filled in. `signed`: to be certified; a no counts already, a yes not yet."""

    OPEN = "open"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    DISCARDED = "discarded"


class Answer(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A text in one language. `body`: paragraphs apart by an empty line; one that begins with `## ` is a heading."""

    title: str
    summary: str
    body: str
    points: tuple[str, ...]
    refusing: str
    rights: str


Contents = Mapping[str, Content]
"""A text in each language."""


@dataclass(frozen=True, slots=True)
class Text:
    """One version of the text of one purpose. Without `published_at` it is a draft."""

    id: UUID
    purpose: str
    version: int
    contents: Contents
    hash: bytes
    material: bool
    ask_again_until: date | None
    shipped: bool
    drafted_by: UUID
    published_by: UUID | None
    published_at: datetime | None
    revision: int

    def content(self, language: str) -> Content:
        return self.contents[language]


@dataclass(frozen=True, slots=True)
class Centre:
    """Who answers for the data where a text is read; empty where a centre has not said."""

    name: str = ""
    controller: str = ""
    officer: str = ""


def contents_text(contents: Contents) -> str:
    """All that a text says, in one way of writing it: what is kept, and hashed."""
    said = {language: asdict(content) for language, content in contents.items()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def contents_of(text: str) -> Contents:
    """What `contents_text` wrote, also after a database has put its own spaces into it."""
    return {
        language: Content(**{**said, "points": tuple(said["points"])}) for language, said in json.loads(text).items()
    }


def hash_of(contents: Contents) -> bytes:
    return sha256(contents_text(contents).encode()).digest()


def paragraphs(body: str) -> list[tuple[bool, str]]:
    """(is a heading, text) of each paragraph.

    >>> paragraphs("Once.\\n\\n## Twice\\nAnd again\\non two lines.")
    [(False, 'Once.'), (True, 'Twice'), (False, 'And again on two lines.')]
    """
    found: list[tuple[bool, str]] = []
    for part in body.replace("\r", "").split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        while lines and lines[0].startswith(HEADING.strip()):
            found.append((True, lines.pop(0).lstrip("# ")))
        if lines:
            found.append((False, " ".join(lines)))
    return found


def moment_of_paper(day: date, *, yes: bool, at: datetime) -> datetime:
    """When what a paper of that day says counts from: a yes from its beginning, a no from its end, never the future.

    So that of a paper and of something else of the same day the no counts.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 22, 15, tzinfo=UTC)
    >>> [moment_of_paper(date(2026, 11, day), yes=yes, at=at).isoformat() for day, yes in ((1, True), (22, False))]
    ['2026-11-01T00:00:00+01:00', '2026-11-22T15:00:00+00:00']
    """
    begins = datetime.combine(day, time(), ZoneInfo(ZONE))
    return begins if yes else min(at, begins + timedelta(days=1, microseconds=-1))


@dataclass(frozen=True, slots=True)
class Said:
    """One decision with what a page tells of it."""

    decision: Decision
    answer: Answer
    consent: UUID
    text: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one person signed, or is signing, at one moment. Names and reason are opened."""

    id: UUID
    patient: UUID
    organisation: UUID | None
    method: Method
    state: State
    language: str
    purposes: tuple[str, ...]
    signer: Signer
    signer_name: str
    second_name: str
    for_minor: bool
    assent: bool
    reason: str
    paper: UUID | None
    copy: UUID | None
    begun_by: UUID
    begun_at: datetime
    signed_on: date | None
    signed_at: datetime | None
    certified_by: UUID | None
    certified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForm:
    """A form that is begun; what is not known yet stays empty."""

    method: Method
    purposes: tuple[str, ...]
    signer: Signer
    language: str
    organisation: UUID | None = None
    signer_name: str = ""
    second_name: str = ""
    assent: bool = False
    reason: str = ""
    for_minor: bool = False
    signed_on: date | None = None


class Standing(StrEnum):
    """Where one purpose stands, for pages."""

    UNASKED_ALLOWED = "unasked_allowed"
    UNASKED = "unasked"
    GIVEN = "given"
    RENEW = "renew"
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose of one person: where it stands, by which decision.

    `until`: the last day to say yes again before it is withheld; None where it never is for want of a yes.
    """

    purpose: str
    standing: Standing
    said: Said | None = None
    until: date | None = None
    grown: bool = False

    @property
    def allowed(self) -> bool:
        return self.standing in {Standing.UNASKED_ALLOWED, Standing.GIVEN, Standing.RENEW}

    @property
    def to_decide(self) -> bool:
        """Whether the person is asked for something: to say yes again, or for themselves now that they are of age."""
        return self.standing is Standing.RENEW or (self.standing is Standing.LAPSED)


def lines(history: History, said: Sequence[Said], day: date) -> list[Line]:
    """Every purpose in the order of pages: those asked of everybody, then trials by key."""
    stand, by_id = standing(history), {one.decision.id: one for one in said}
    trials = sorted(purpose for purpose in stand if purpose not in set(Purpose))
    return [
        _line(str(purpose), by_id.get(stand[purpose].id) if purpose in stand else None, history, day)
        for purpose in (*Purpose, *trials)
    ]


def unasked(purpose: str) -> Line:
    """A purpose that nobody was asked about."""
    return Line(purpose, Standing.UNASKED_ALLOWED if purpose in ALLOWED_UNASKED else Standing.UNASKED)


def _line(purpose: str, said: Said | None, history: History, day: date) -> Line:
    if said is None:
        return unasked(purpose)
    if said.answer is not Answer.GIVEN:
        return Line(purpose, Standing(said.answer.value), said)
    asked = renewals(said.decision, history)
    days = [one.until for one in asked if one.until < NEVER]
    until = None if purpose in ALLOWED_UNASKED else min(days, default=None)
    if lapses(said.decision, history, day):
        return Line(purpose, Standing.LAPSED, said, until, grown=until is None or day <= until)
    return Line(purpose, Standing.RENEW if asked else Standing.GIVEN, said, until)


def may_give(signer: Signer, *, minor: bool) -> bool:
    """Whether this person may say yes. A child may always say no; a yes is said for them.

    >>> may_give(Signer.PATIENT, minor=True), may_give(Signer.ONE_PARENT, minor=False)
    (False, False)
    """
    if minor:
        return signer is not Signer.PATIENT
    return signer in {Signer.PATIENT, Signer.GUARDIAN, Signer.PROXY}
