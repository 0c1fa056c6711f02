"""What is typed about documents, read back into what is said of them or into problems beside the fields. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.files.model import LONGEST_NAME, LONGEST_NOTE, About, Kind
from app.lib.i18n import gettext as _

FIELDS = ("kind", "name", "taken_on", "note")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they were typed; `shown`: whether the box is ticked; `form`: which drawing of the page it was."""

    kind: str = ""
    name: str = ""
    taken_on: str = ""
    note: str = ""
    shown: bool = False
    revision: int = 0
    form: UUID | None = None

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> "Typed":
        typed = {name: value if isinstance(value := form.get(name, ""), str) else "" for name in FIELDS}
        revision = form.get("revision", "")
        number = int(revision) if isinstance(revision, str) and revision.isdecimal() and len(revision) < 9 else 0
        return cls(
            **{name: text.replace("\0", "") for name, text in typed.items()},
            shown="shown" in form,
            revision=number,
            form=_uuid(form.get("form", "")),
        )

    @classmethod
    def from_about(cls, about: About, revision: int) -> "Typed":
        """What stands there now, to be changed."""
        day = about.taken_on.isoformat() if about.taken_on else ""
        return cls(about.kind, about.name, day, about.note, about.shown, revision)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of documents, or why it cannot be taken: words by field."""

    about: About | None
    problems: Mapping[str, str] = field(default_factory=dict)


def read(typed: Typed, today: date, *, name_needed: bool) -> Said:
    """Every problem at once. What is signed as a consent is collected on a page of its own."""
    problems: dict[str, str] = {}
    kinds = set(Kind) - {Kind.CONSENT}
    name, note = " ".join(typed.name.split()), typed.note.strip()
    day = _day(typed.taken_on, today, problems)
    if typed.kind not in kinds:
        problems["kind"] = _("Choose the kind of document")
    if name_needed and not name:
        problems["name"] = _("Write a title")
    if len(name) > LONGEST_NAME:
        problems["name"] = _("The title has more than %(most)s characters: shorten it") % {"most": LONGEST_NAME}
    if len(note) > LONGEST_NOTE:
        problems["note"] = _("The note has more than %(most)s characters: shorten it") % {"most": LONGEST_NOTE}
    if problems:
        return Said(None, problems)
    return Said(About(Kind(typed.kind), name, day, note, typed.shown))


def _day(text: str, today: date, problems: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        problems["taken_on"] = _("Write the date as day, month and year")
        return None
    if day > today:
        problems["taken_on"] = _("This date lies in the future")
    elif day.year < 1900:
        problems["taken_on"] = _("This date lies before 1900")
    return day
