"""What a posted page changes: which answers are new, which were left alone, which collide with somebody's. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.responses.model import Answers, Conflict, Place


@dataclass(frozen=True, slots=True)
class Posted:
    """One answer as a form brought it. `token` is the version that its page was drawn with."""

    item: str
    group: str | None
    row: UUID
    value: Any
    token: int

    @property
    def place(self) -> Place:
        return self.item, self.row


@dataclass(frozen=True, slots=True)
class Plan:
    changes: tuple[Posted, ...]
    conflicts: tuple[Conflict, ...]


def reconcile(
    current: Answers, past: Mapping[tuple[str, UUID, int], Any], posted: list[Posted], page_load: UUID
) -> Plan:
    """Sort the answers of a page.

    An answer that the page shows as it was drawn is nobody's change, also when it has changed elsewhere since: the page
    is merely old. `past` holds replaced values by (item, row, version).
    """
    changes: list[Posted] = []
    conflicts: list[Conflict] = []
    for one in posted:
        now = current.value(one.item, one.group, one.row)
        stamp = current.stamps.get(one.place)
        if one.value == now:
            continue
        if stamp is None or stamp.version == one.token or stamp.page_load == page_load:
            changes.append(one)
        elif one.value != _as_drawn(one, past):
            conflicts.append(
                Conflict(one.item, one.row, now, stamp.version, stamp.answered_by, stamp.answered_at, one.value)
            )
    return Plan(tuple(changes), tuple(conflicts))


def with_posted(current: Answers, posted: list[Posted]) -> Answers:
    """The answers as they would be with these on top: what a correction is checked against before it is made."""
    values = {
        name: [dict(row) for row in rows] if name in current.rows else rows for name, rows in current.values.items()
    }
    for one in posted:
        if one.group is None:
            values[one.item] = one.value
        elif one.row in current.rows.get(one.group, ()):
            values[one.group][current.rows[one.group].index(one.row)][one.item] = one.value
    return replace(current, values=values)


def _groups(answers: Answers) -> set[str]:
    """The repeating groups that have rows."""
    return answers.rows.keys() & answers.values.keys()


def _as_drawn(one: Posted, past: Mapping[tuple[str, UUID, int], Any]) -> Any:
    """What the page showed for this answer when it was drawn."""
    return None if one.token == 0 else past.get((one.item, one.row, one.token))
