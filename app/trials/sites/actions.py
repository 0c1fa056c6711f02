"""Opening a trial in a centre, closing it there, and how many people the centre hopes to enrol."""

from datetime import date, datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.sites.model import LARGEST, Hope

TRIAL = "SELECT id FROM trial WHERE key = $1 AND closed_at IS NULL FOR UPDATE"
OPEN_HERE = "SELECT id FROM trial_site WHERE trial = $1 AND organisation = $2 AND closed_on IS NULL"
OPEN = """
INSERT INTO trial_site (id, trial, organisation, opened_on, target, target_by, opened_by, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
HOLD = "SELECT trial, organisation, opened_on, closed_on, revision FROM trial_site WHERE id = $1 FOR UPDATE"
CHANGE = "UPDATE trial_site SET target = $2, target_by = $3, revision = revision + 1 WHERE id = $1"
CLOSE = """
UPDATE trial_site SET closed_on = $2, closed_by = $3, closed_reason = $4, revision = revision + 1 WHERE id = $1
"""


async def open_site(by: UUID, trial: str, organisation: UUID, on: date, hope: Hope, *, at: datetime) -> UUID:
    """The centre may enrol from that day on. Refused: `trial_site.open` where it may already."""
    async with transaction():
        found = await db.fetch_value(TRIAL, trial)
        if found is None:
            raise Refused("trial.gone")
        if await db.fetch_value(OPEN_HERE, found, organisation) is not None:
            raise Refused("trial_site.open")
        _sensible(on, hope)
        made = new_id()
        await db.execute(OPEN, made, found, organisation, on, hope.target, hope.by, by, at)
        await audit.record(
            audit.Action.TRIAL_SITE_OPENED, by=by, at=at, subject=made, organisation=organisation, trial=trial
        )
        return made


async def change_hope(by: UUID, site: UUID, hope: Hope, revision: int, *, at: datetime) -> None:
    """How many people the centre hopes for now. Refused: `trial_site.changed` by somebody else meanwhile."""
    async with transaction():
        held = await db.fetch_row(HOLD, site)
        if held is None or held["revision"] != revision:
            raise Refused("trial_site.changed")
        _sensible(held["opened_on"], hope)
        await db.execute(CHANGE, site, hope.target, hope.by)
        await audit.record(
            audit.Action.TRIAL_SITE_CHANGED, by=by, at=at, subject=site, organisation=held["organisation"]
        )


async def close_site(by: UUID, site: UUID, reason: str, *, at: datetime) -> None:
    """The centre enrols nobody from today on; whoever is enrolled goes on. Closed already: nothing happens."""
    async with transaction():
        held = await db.fetch_row(HOLD, site)
        if held is None:
            raise Refused("trial_site.changed")
        if held["closed_on"] is not None:
            return
        if not reason.strip():
            raise Refused("trial_site.reason")
        on = max(day_in(ZONE, at), held["opened_on"])
        await db.execute(CLOSE, site, on, by, reason.strip())
        await audit.record(
            audit.Action.TRIAL_SITE_CLOSED, by=by, at=at, subject=site, organisation=held["organisation"]
        )


def _sensible(opened: date, hope: Hope) -> None:
    if hope.target is not None and not 1 <= hope.target <= LARGEST:
        raise Refused("trial_site.target")
    if hope.by is not None and hope.by < opened:
        raise Refused("trial_site.target_by")
