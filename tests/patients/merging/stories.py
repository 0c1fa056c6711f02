"""A second record of Paul in Lyon, merged with his own and parted again, through the product's own actions."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.dashboard.merging import actions, queries
from app.lib import clock
from app.patients.actions import create_patient
from app.patients.merging.actions import Undoing
from app.patients.merging.model import FIELDS, Concern, Owner, Side, Wanted
from app.patients.merging.queries import lock_merge
from app.patients.model import NewPatient
from app.patients.queries import record_as_written
from tests.people import Cast

TWIN = NewPatient(
    given_names="Paul Henri",
    family_name="Lambert-Roy",
    birth_name="Lambert",
    birth_date=date(1980, 5, 12),
    sex="male",
    phone="+33612345678",
)
REASON = "Seen in person, the same identity card."
THEIRS = dict.fromkeys(FIELDS, Side.ABSORBED)


async def twin(people: Cast, who: str = "ines", new: NewPatient = TWIN) -> UUID:
    """Another record of the same person."""
    return await create_patient(people[who].actor, new, at=clock.now())


async def join(
    people: Cast, kept: UUID, absorbed: UUID, *, who: str = "ines", choices: Mapping[str, Side] = THEIRS
) -> UUID:
    """Merge them; the id of the merge."""
    revisions = ((await record_as_written(kept)).revision, (await record_as_written(absorbed)).revision)
    wanted = Wanted(
        kept=kept,
        absorbed=absorbed,
        revisions=revisions,
        choices=choices,
        confirmed=frozenset(Concern),
        reason=REASON,
    )
    return await actions.merge(people[who].actor, wanted, at=clock.now())


async def part(
    people: Cast,
    merge: UUID,
    sides: Mapping[UUID, Side] | None = None,
    *,
    owners: Mapping[str, Owner] | None = None,
    rest: Side | None = None,
) -> None:
    """Undo it; `rest`: whose is everything that is asked about and not in `sides`."""
    found = dict(sides or {})
    if rest is not None:
        held = await lock_merge(merge)
        assert held is not None
        found = {group.id: rest for group in await queries.list_since(held)} | found
    undoing = Undoing(merge, REASON, owners or {})
    await actions.undo(people["ines"].actor, undoing, found, at=clock.now())
