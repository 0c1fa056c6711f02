"""What was written while two records were one, sorted: certain by a rule, or to be asked about. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.dashboard.merging.registry import Kind
from app.patients.merging.model import Side

Node = tuple[str, UUID]
"""A row: its table and its id."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was written since, as somebody recognises it. `says`: a code, or words that were sealed."""

    node: Node
    kind: Kind
    at: datetime | None
    by: UUID | None
    centre: UUID | None
    says: str


class Rule(StrEnum):
    """Why it is certain whose rows are."""

    HANGS_ON = "hangs_on"
    """They hang on something that was in one of the two records before."""
    OWN_ACCOUNT = "own_account"
    """Somebody wrote them who answers for that one record alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that cannot be parted, the earliest first. `side` is None where it must be asked."""

    rows: tuple[Row, ...]
    side: Side | None
    rule: Rule | None = None

    @property
    def id(self) -> UUID:
        return self.rows[0].node[1]


def sort(
    rows: Collection[Row],
    ties: Collection[tuple[Node, Node]],
    before: Mapping[Node, Side],
    accounts: Mapping[Side, Collection[UUID]],
) -> list[Group]:
    """The rows in groups that hang together, by the earliest row of each.

    `ties` lead from a row to what it hangs on; `before` says of what was there before whose it was. `accounts`: who
    answers for each of the two records.
    """
    known = {row.node: row for row in rows}
    leader: dict[Node, Node] = {}

    def find(node: Node) -> Node:
        while leader.get(node, node) != node:
            node = leader[node]
        return node

    for one, other in ties:
        leader[find(one)] = find(other)
    members: dict[Node, list[Row]] = defaultdict(list)
    for row in sorted(known.values(), key=lambda row: row.node[1]):
        members[find(row.node)].append(row)
    held_by: dict[Node, set[Side]] = defaultdict(set)
    for node, side in before.items():
        held_by[find(node)].add(side)
    return [Group(tuple(held), *_decide(held, held_by[top], accounts)) for top, held in members.items()]


def _decide(
    held: list[Row], hangs_on: Collection[Side], accounts: Mapping[Side, Collection[UUID]]
) -> tuple[Side | None, Rule | None]:
    if len(hangs_on) == 1:
        return next(iter(hangs_on)), Rule.HANGS_ON
    sides = {_side_of(row.by, accounts) for row in held if row.by is not None}
    speaking = sides - {None}
    if not hangs_on and len(speaking) == 1 and (only := next(iter(speaking))) is not None:
        return only, Rule.OWN_ACCOUNT
    return None, None


def _side_of(account: UUID | None, accounts: Mapping[Side, Collection[UUID]]) -> Side | None:
    """The one record for which this account answers; None for teams, and for whoever answers for both."""
    found = [side for side, held in accounts.items() if account in held]
    return found[0] if len(found) == 1 else None
