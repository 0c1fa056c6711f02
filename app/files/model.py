"""A document as a value: what may be sent, what is known of it, who may read it. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.access.policy import Actor, Role, Scope
from app.lib.errors import Refused

LARGEST = 20 * 1024 * 1024
"""Bytes of one file."""
MOST_AT_ONCE = 10
LONGEST_NAME = 200
LONGEST_NOTE = 2000
PDF, JPEG, PNG, TEXT = "application/pdf", "image/jpeg", "image/png", "text/plain"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", TEXT: ".txt"}
IMAGES = frozenset({JPEG, PNG})


class Kind(StrEnum):
    CONSENT = "consent"
    REPORT = "report"
    LETTER = "letter"
    IMAGE = "image"
    OTHER = "other"


FOR_PATIENTS = frozenset({Kind.LETTER, Kind.CONSENT})
"""What patients see without anybody having to say so."""


class State(StrEnum):
    """`received`: waits for the virus scanner, and is opened by nobody; `refused`: it found something."""

    RECEIVED = "received"
    CHECKED = "checked"
    REFUSED = "refused"


class Unfit(Refused):
    """One of several files cannot be kept; `nth`, from 0, says which."""

    def __init__(self, code: str, nth: int) -> None:
        super().__init__(code)
        self.nth = nth


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it. Neither its name nor its declared type is believed."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class About:
    """What people say of a document. An empty `name` means that of the file; `shown`: the patient may see it."""

    kind: Kind
    name: str = ""
    taken_on: date | None = None
    note: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is known of a document; its content is read apart. `patient`: the id that it was written with."""

    id: UUID
    patient: UUID
    kind: Kind
    name: str
    note: str
    taken_on: date | None
    media_type: str
    size: int
    sha256: bytes
    viewable: bool
    state: State
    organisation: UUID | None
    own: bool
    shown: bool
    uploaded_by: UUID
    uploaded_at: datetime
    revision: int
    removed_at: datetime | None
    removed_by: UUID | None
    removed_reason: str

    @property
    def file_name(self) -> str:
        """What it is called on somebody's disk.

        No sign in it means a folder, a drive or a line's end, and it ends as its content is.
        """
        plain = "".join("-" if sign in '\\/:*?"<>|' or not sign.isprintable() else sign for sign in self.name)
        return f"{plain.strip(' .')[:120] or self.kind}{ENDINGS[self.media_type]}"

    @property
    def is_image(self) -> bool:
        return self.media_type in IMAGES

    @property
    def for_patient(self) -> bool:
        """Whether the patient and who answers for them see it."""
        return self.removed_at is None and is_for_patient(self.kind, own=self.own, shown=self.shown)

    @property
    def about(self) -> About:
        return About(self.kind, self.name, self.taken_on, self.note, self.shown)


def is_for_patient(kind: str, *, own: bool, shown: bool) -> bool:
    """Letters and consents, what they added themselves, and what the team chose to show."""
    return own or shown or kind in FOR_PATIENTS


@dataclass(frozen=True, slots=True)
class FileScope(Scope):
    """What the guard needs, and what it learned of the document on the way."""

    patient: UUID
    kind: Kind = Kind.OTHER
    for_patient: bool = False
    own: bool = False
    removed: bool = False
    state: State = State.CHECKED


def may_read(actor: Actor, scope: FileScope) -> bool:
    """Whether somebody who sees the record may know of this document too."""
    return actor.role is not Role.PATIENT or scope.for_patient


def may_change(actor: Actor, scope: FileScope) -> bool:
    """Patients say otherwise only of what they added themselves; of a signed consent nobody does."""
    return scope.kind is not Kind.CONSENT and (actor.role is not Role.PATIENT or scope.own)


def stem(file_name: str) -> str:
    """The name of a file without folders and ending, to call the document by.

    >>> stem("C:\\\\scans\\\\Courrier Dr Petit.final.pdf"), stem("../../etc/passwd"), stem(".pdf")
    ('Courrier Dr Petit.final', 'passwd', '')
    """
    last = file_name.replace("\\", "/").rpartition("/")[2]
    name, dot, ending = last.rpartition(".")
    shown = name if dot and len(ending) <= 5 else last
    return " ".join("".join(sign if sign.isprintable() else " " for sign in shown).split())[:LONGEST_NAME]
