"""Whether a trail is whole: what to find wrong with each link and event, read in order. Pure; reads nothing itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.audit.hashing import COLUMNS, GENESIS, chain_hash, columns_of, content_hash, details_text

BEHIND = timedelta(minutes=10)
"""How much later than it says an event may be found: longer than any act of the product takes to commit."""
COMPARED = 30
"""Of so many links that do not follow, it is tried whether they changed places."""


class Trouble(StrEnum):
    ALTERED = "altered"
    REHASHED = "rehashed"
    MISSING = "missing"
    GAP = "gap"
    REORDERED = "reordered"
    BROKEN = "broken"
    BACK_DATED = "back_dated"
    SLIPPED_IN = "slipped_in"
    SEALED_BACKWARDS = "sealed_backwards"
    CUT_OFF = "cut_off"
    OTHER_HEAD = "other_head"


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it stands now. `parts`: every column that a hash may cover, in the order of the hash."""

    id: UUID
    at: datetime
    version: int
    parts: tuple[object, ...]
    content_hash: bytes

    def recomputed(self) -> bytes:
        """What the content hash must be. `details` is brought to the spelling that was hashed."""
        covered = list(self.parts[: len(columns_of(self.version))])
        covered[len(COLUMNS) - 1] = details_text(str(covered[len(COLUMNS) - 1]))
        return content_hash(covered, self.version)


@dataclass(frozen=True, slots=True)
class Link:
    seq: int
    event: UUID
    event_hash: bytes
    chain_hash: bytes
    sealed_at: datetime

    def follows(self, before: bytes, seq: int) -> bool:
        """Whether it was made for this place."""
        return chain_hash(before, seq, self.event, self.event_hash, self.sealed_at) == self.chain_hash

    def holds(self, other: "Link", before: bytes) -> bool:
        """Whether it was made for the event that another link names now."""
        made = chain_hash(before, self.seq, other.event, other.event_hash, self.sealed_at)
        return made == self.chain_hash


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the sealed trail. `at`: when its last event happened, None if that is missing."""

    seq: int
    chain_hash: bytes
    sealed_at: datetime
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `seq`: the link; `last`: of several, the last; `belongs`: the place it was made for;
    `limit`: the moment that the event's own should not lie so far before."""

    trouble: Trouble
    seq: int | None = None
    event: UUID | None = None
    at: datetime | None = None
    last: int | None = None
    belongs: int | None = None
    limit: datetime | None = None


@dataclass
class Check:
    """Follows the chain, then the events behind its end. `heads`: {number: hash}, kept outside the database."""

    heads: dict[int, bytes] = field(default_factory=dict)
    events: int = 0
    seq: int = 0
    before: bytes = GENESIS
    sealed_at: datetime | None = None
    sealed_before: datetime | None = None
    waiting: int = 0
    oldest_waiting: datetime | None = None
    suspects: list[tuple[Link, bytes, datetime | None]] = field(default_factory=list)

    def follow(self, link: Link, event: Event | None) -> Iterator[Finding]:
        """The next link and the event it holds, None if that is gone."""
        gap = link.seq != self.seq + 1
        if gap:
            yield Finding(Trouble.GAP, self.seq + 1, last=link.seq - 1)
        sound = gap or link.follows(self.before, link.seq)
        if not sound:
            yield from self._suspect(link, event.at if event else None)
        if event is None:
            yield Finding(Trouble.MISSING, link.seq, link.event, limit=link.sealed_at)
        else:
            self.events += 1
            yield from self._written(link, event)
        if sound and event is not None:
            yield from self._in_time(link, event)
        yield from self._kept_outside(link)
        self.seq, self.before = link.seq, link.chain_hash

    def _suspect(self, link: Link, at: datetime | None) -> Iterator[Finding]:
        if len(self.suspects) < COMPARED:
            self.suspects.append((link, self.before, at))
        else:
            yield Finding(Trouble.BROKEN, link.seq, link.event, at)

    def _written(self, link: Link, event: Event) -> Iterator[Finding]:
        if event.recomputed() != event.content_hash:
            yield Finding(Trouble.ALTERED, link.seq, event.id, event.at)
        elif event.content_hash != link.event_hash:
            yield Finding(Trouble.REHASHED, link.seq, event.id, event.at)

    def _in_time(self, link: Link, event: Event) -> Iterator[Finding]:
        if self.sealed_at is not None and link.sealed_at < self.sealed_at:
            yield Finding(Trouble.SEALED_BACKWARDS, link.seq, event.id, event.at, limit=self.sealed_at)
        if link.sealed_at != self.sealed_at:
            self.sealed_before, self.sealed_at = self.sealed_at, link.sealed_at
        # Whoever sealed last time would have found it, had it been there.
        if self.sealed_before is not None and event.at < self.sealed_before - BEHIND:
            yield Finding(Trouble.BACK_DATED, link.seq, event.id, event.at, limit=self.sealed_before)

    def _kept_outside(self, link: Link) -> Iterator[Finding]:
        kept = self.heads.get(link.seq)
        if kept is not None and kept != link.chain_hash:
            yield Finding(Trouble.OTHER_HEAD, link.seq)

    def end_of_chain(self) -> Iterator[Finding]:
        """Once every link was followed: which of those that do not follow changed places, and what is cut off."""
        chained = [link.chain_hash for link, _, _ in self.suspects] + [before for _, before, _ in self.suspects]
        for link, before, at in self.suspects:
            belongs = self._place_of(link, before, chained)
            kind = Trouble.BROKEN if belongs is None else Trouble.REORDERED
            yield Finding(kind, link.seq, link.event, at, belongs=belongs)
        for seq in sorted(seq for seq in self.heads if seq > self.seq):
            yield Finding(Trouble.CUT_OFF, self.seq + 1, last=seq)

    def _place_of(self, link: Link, before: bytes, chained: Iterable[bytes]) -> int | None:
        """The number this link's event had, if one of the other links that do not follow tells."""
        for other, others_before, _ in self.suspects:
            if other.seq != link.seq and other.holds(link, others_before):
                return other.seq
            if other.seq != link.seq and any(link.follows(each, other.seq) for each in (before, *chained)):
                return other.seq
        return None

    def unsealed(self, event: Event) -> Iterator[Finding]:
        """An event that no link holds: it waits for the sealer, or it was slipped in behind it."""
        self.waiting += 1
        self.oldest_waiting = min(self.oldest_waiting or event.at, event.at)
        if event.recomputed() != event.content_hash:
            yield Finding(Trouble.ALTERED, None, event.id, event.at)
        if self.sealed_at is not None and event.at < self.sealed_at - BEHIND:
            yield Finding(Trouble.SLIPPED_IN, None, event.id, event.at, limit=self.sealed_at)
