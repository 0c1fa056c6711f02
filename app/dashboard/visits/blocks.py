"""What other topics show on the page of a visit: each gives what its own template needs. Holds no template."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.access.policy import Actor
from app.dashboard.lending.queries import tablet_block
from app.dashboard.reminders.queries import reminders_block
from app.dashboard.signing.queries import checks_block, signing_block
from app.trials.model import Visit

Block = Callable[[Actor, Visit], Awaitable[dict[str, Any]]]
"""Who reads and which visit; what the template of the block needs, under names that only it uses."""

BLOCKS: list[Block] = [tablet_block, signing_block, checks_block, reminders_block]
"""In any order: where each is shown stands in templates/dashboard/visit.html."""


async def blocks(by: Actor, visit: Visit) -> dict[str, Any]:
    """What every block needs, together."""
    found: dict[str, Any] = {}
    for block in BLOCKS:
        found |= await block(by, visit)
    return found
