"""What an event's hash covers, and how each link of the chain hashes the one before it. Pure; nothing is read here."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

VERSION = 2
"""Of the columns that the content hash covers: the first eight, then this number and the three after it."""

COLUMNS = ("id", "at", "actor", "action", "subject", "patient", "organisation", "details")
COLUMNS_ADDED = ("version", "role", "request", "network")

GENESIS = sha256(b"Cohorte, the trail of events, before its first link").digest()
"""What the first link follows: the same in every installation."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def columns_of(version: int) -> tuple[str, ...]:
    """The columns that a content hash of this version covers, in their order."""
    return COLUMNS if version == 1 else COLUMNS + COLUMNS_ADDED


def details_text(details: str) -> str:
    """Details as they are hashed, whatever order and spelling the database gave them.

    >>> details_text('{"b": 1, "aa": "\\u00e9"}')
    '{"aa": "\\\\u00e9", "b": 1}'
    """
    return json.dumps(json.loads(details), sort_keys=True)


def content_hash(parts: Sequence[object], version: int = VERSION) -> bytes:
    """The hash of an event's columns in their order, each framed by its length; `details` as `details_text` has it."""
    framed = []
    for part in parts:
        if part is None and version > 1:
            framed.append("-:")  # nothing, and not a word that says so
            continue
        text = part.astimezone(UTC).isoformat() if isinstance(part, datetime) else str(part)
        framed.append(f"{len(text)}:{text}")
    return sha256("".join(framed).encode()).digest()


def chain_hash(before: bytes, seq: int, event: UUID, event_hash: bytes, sealed_at: datetime) -> bytes:
    """The hash of a link: of the link before it, its number, its event and when it was sealed."""
    moment = (sealed_at - EPOCH) // MICROSECOND
    numbers = (number.to_bytes(8, "big", signed=True) for number in (seq, moment))
    return sha256(b"".join((before, *numbers, event.bytes, event_hash))).digest()


def first_id_at(moment: datetime) -> UUID:
    """The lowest id (they are ordered by time) that an event of this moment can have.

    >>> first_id_at(datetime(2026, 11, 22, tzinfo=UTC))
    UUID('01a2008d-7400-7000-8000-000000000000')
    """
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))
