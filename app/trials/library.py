"""The protocols as they were applied, from the database: a file on disk is only a proposal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.lib import db
from app.questionnaires.library import library as questionnaires
from app.trials.format.reading import Trial, read_trial

APPLIED: dict[UUID, Trial] = {}
"""Read once a process: an applied version never changes."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A trial and its current version."""

    id: UUID
    key: str
    version: UUID
    trial: Trial
    applied_at: datetime
    closed_at: datetime | None


async def trial_at(version: UUID) -> Trial:
    """The protocol under this version."""
    if version not in APPLIED:
        content = await db.fetch_value("SELECT content FROM trial_version WHERE id = $1", version)
        APPLIED[version] = read_trial(content, questionnaires(), applied=True)
    return APPLIED[version]


CURRENT = """
SELECT t.id, t.key, t.current AS version, v.applied_at, t.closed_at
FROM trial t JOIN trial_version v ON v.id = t.current
"""


async def find_trial(key: str) -> Applied | None:
    """The trial of this key, if it was ever applied."""
    # No text in the database holds the sign nought, and asking for one is an error.
    row = None if "\0" in key else await db.fetch_row(f"{CURRENT} WHERE t.key = $1", key)
    return None if row is None else Applied(**dict(row), trial=await trial_at(row["version"]))


async def all_trials() -> list[Applied]:
    """Every trial that is applied, by key."""
    rows = await db.fetch(f"{CURRENT} ORDER BY t.key")
    return [Applied(**dict(row), trial=await trial_at(row["version"])) for row in rows]
