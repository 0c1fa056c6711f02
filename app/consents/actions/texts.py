"""Texts: those that ship are taken in, drafted anew, published. What is published never changes."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from app.audit import actions as audit
from app.consents import queries
from app.consents.library import Shipped
from app.consents.model import NEVER, Contents, contents_text, hash_of
from app.lib import db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id

TAKE_IN = """
INSERT INTO consent_text (id, purpose, version, content, hash, shipped, drafted_by, drafted_at, published_by,
                          published_at)
VALUES ($1, $2, $3, $4::jsonb, $5, true, $6, $7, $6, $7) ON CONFLICT (purpose, version) DO NOTHING
"""
DRAFT = """
INSERT INTO consent_text (id, purpose, version, content, hash, drafted_by, drafted_at)
VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)
"""
WRITE = """
UPDATE consent_text SET content = $2::jsonb, hash = $3, revision = revision + 1, drafted_by = $4, drafted_at = $5
WHERE id = $1
"""
PUBLISH = """
UPDATE consent_text SET published_by = $2, published_at = $3, material = $4, ask_again_until = $5 WHERE id = $1
"""
REMOVE = "DELETE FROM consent_text WHERE id = $1"


async def take_in(missing: Collection[Shipped], *, at: datetime) -> None:
    """Publish texts that ship; those that are in the database already stay as they are."""
    async with transaction():
        for purpose, version, contents in missing:
            text = new_id()
            parts = (purpose, version, contents_text(contents), hash_of(contents), audit.NOBODY, at)
            if await db.execute(TAKE_IN, text, *parts) != "INSERT 0 0":
                await audit.record(
                    audit.Action.CONSENT_TEXT_PUBLISHED,
                    by=audit.NOBODY,
                    at=at,
                    subject=text,
                    purpose=purpose,
                    version=version,
                )


async def ask_again(by: UUID, purpose: str, contents: Contents, *, at: datetime) -> int:
    """Publish a next text that whoever said yes is asked to say yes to; the former yes keeps holding meanwhile.

    The number of the version. Refused: `consent_text.in_draft` while somebody writes the next version.
    """
    async with transaction():
        if await queries.lock_draft(purpose) is not None:
            raise Refused("consent_text.in_draft")
        former, text = await queries.find_current(purpose), new_id()
        version = former.version + 1 if former else 1
        await db.execute(DRAFT, text, purpose, version, contents_text(contents), hash_of(contents), by, at)
        await db.execute(PUBLISH, text, by, at, True, NEVER)
        await audit.record(
            audit.Action.CONSENT_TEXT_PUBLISHED, by=by, at=at, subject=text, purpose=purpose, version=version
        )
    return version


async def begin_draft(by: UUID, purpose: str, *, at: datetime) -> int:
    """A next version, which begins as the one in use; its number. The one that is being written, if there is one."""
    async with transaction():
        held = await queries.lock_draft(purpose)
        if held is not None:
            return held.version
        former = (await queries.current_texts())[purpose]
        draft, version = new_id(), former.version + 1
        await db.execute(DRAFT, draft, purpose, version, contents_text(former.contents), former.hash, by, at)
        await audit.record(
            audit.Action.CONSENT_TEXT_DRAFTED, by=by, at=at, subject=draft, purpose=purpose, version=version
        )
    return version


async def write_draft(by: UUID, purpose: str, contents: Contents, revision: int, *, at: datetime) -> None:
    """Keep what was written. Refused where somebody else has written meanwhile, or published."""
    async with transaction():
        held = await queries.lock_draft(purpose)
        if held is None or held.revision != revision:
            raise Refused("consent_text.changed")
        await db.execute(WRITE, held.id, contents_text(contents), hash_of(contents), by, at)
        await audit.record(
            audit.Action.CONSENT_TEXT_DRAFTED, by=by, at=at, subject=held.id, purpose=purpose, version=held.version
        )


async def publish(by: UUID, purpose: str, revision: int, *, ask_again_until: date | None, at: datetime) -> None:
    """Make the draft the text in use. With a day, whoever said yes to an older version is asked again until then."""
    async with transaction():
        held = await queries.lock_draft(purpose)
        if held is None or held.revision != revision:
            raise Refused("consent_text.changed")
        await db.execute(PUBLISH, held.id, by, at, ask_again_until is not None, ask_again_until)
        await audit.record(
            audit.Action.CONSENT_TEXT_PUBLISHED, by=by, at=at, subject=held.id, purpose=purpose, version=held.version
        )


async def drop_draft(by: UUID, purpose: str, *, at: datetime) -> None:
    """Give up the draft of a purpose; without one nothing happens."""
    async with transaction():
        held = await queries.lock_draft(purpose)
        if held is None:
            return
        await db.execute(REMOVE, held.id)
        await audit.record(
            audit.Action.CONSENT_TEXT_DROPPED, by=by, at=at, subject=held.id, purpose=purpose, version=held.version
        )
