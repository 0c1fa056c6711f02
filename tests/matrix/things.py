"""One thing of each kind in Lyon and one in Brest, made by the product's own actions."""

from dataclasses import dataclass
from uuid import UUID

from app.lib.db import fetch_value
from tests.alerts.stories import SUFFERING, draft, phq9
from tests.people import Cast

WORLDS = ("lyon", "brest")


@dataclass(frozen=True, slots=True)
class Things:
    """Ids by part of a path, in the order of WORLDS."""

    by_part: dict[str, tuple[UUID, UUID]]

    def of(self, world: str) -> dict[str, str]:
        return {part: str(pair[WORLDS.index(world)]) for part, pair in self.by_part.items()}


async def make(people: Cast) -> Things:
    """Fill both worlds."""
    sent = [await phq9(people, SUFFERING, who=who) for who in ("paul", "yann")]
    drafts = [await draft(people, {"q1": 1}, who=who) for who in ("paul", "yann")]
    return Things(
        {
            "patient_id": (people.paul_patient, people.yann_patient),
            "response_id": (sent[0], sent[1]),
            "draft_id": (drafts[0], drafts[1]),
            "assignment_id": await _pair("SELECT id FROM assignment WHERE response = $1", drafts),
            "alert_id": await _pair("SELECT id FROM alert WHERE response = $1", sent),
        }
    )


async def _pair(sql: str, ids: list[UUID]) -> tuple[UUID, UUID]:
    one, other = [await fetch_value(sql, one) for one in ids]
    assert one is not None
    assert other is not None
    return one, other
