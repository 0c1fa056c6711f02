"""Whatever happened before and in between: undoing a merge restores both records, and loses nothing.

Every row ends where it was, where a rule says, or where somebody said; what hangs on it goes along; what is sealed
opens under the key of its person; and nothing stands with the wrong one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.actions.places import link_patient
from app.audit.actions import NOBODY
from app.consents.actions.collecting import begin
from app.consents.rendering import texts_in_use
from app.dashboard.merging.queries import keys_that_follow, list_since
from app.dashboard.merging.registry import PARTS, UNITS
from app.files.actions import keep_file
from app.files.model import Kind, Upload
from app.lib import clock
from app.lib.db import DB, Transaction, execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.identity.actions import change_identity
from app.patients.merging.model import FIELDS, Owner, Side, apart, value_of
from app.patients.merging.queries import lock_merge
from app.patients.queries import get_patient, keys_of, record_as_written
from tests.alerts.stories import SUFFERING, draft, phq9
from tests.consents.stories import consent_form
from tests.live import run
from tests.patients.merging.stories import join, part, twin
from tests.patients.merging.test_undoing import ask
from tests.people import Cast

OF_BOTH = (Side.KEPT, Side.ABSORBED)


@dataclass
class World:
    """Two records, each with an account that answers for it alone."""

    people: Cast
    kept: UUID
    absorbed: UUID
    merged: bool = False
    drafts: list[tuple[Side, UUID]] = field(default_factory=list)

    def who(self, side: Side) -> str:
        return "paul" if side is Side.KEPT else "yann"

    def record(self, side: Side) -> UUID:
        return self.kept if self.merged or side is Side.KEPT else self.absorbed


async def asks(world: World, side: Side) -> None:
    await ask(world.people, world.record(side))


async def begins(world: World, side: Side) -> None:
    response = await draft(world.people, {"q1": 2}, who=world.who(side), record=world.record(side))
    world.drafts.append((side, response))


async def sends(world: World, side: Side) -> None:
    """Whoever began goes on, also where the record was merged meanwhile."""
    waiting = [one for one in world.drafts if one[0] is side]
    if waiting:
        world.drafts.remove(waiting[0])
        await phq9(world.people, SUFFERING, who=world.who(side), response=waiting[0][1])


async def edits(world: World, side: Side) -> None:
    now = await get_patient(world.record(side))
    new = replace(now.known, family_name=f"{now.family_name}-Roy"[:60], phone="+33712345678")
    await change_identity(world.people["ines"].actor, now.id, new, seen=now.revision, at=clock.now())


async def follows(world: World, side: Side) -> None:
    await execute(
        """INSERT INTO affiliation (id, patient, organisation, status, valid_from)
           VALUES ($1, $2, $3, 'active', current_date) ON CONFLICT DO NOTHING""",
        new_id(),
        world.record(side),
        world.people.brest,
    )


async def ends(world: World, side: Side) -> None:
    await execute(
        """UPDATE affiliation SET status = 'ended', valid_to = current_date
           WHERE patient = $1 AND organisation = $2 AND valid_to IS NULL""",
        world.record(side),
        world.people.brest,
    )


async def links(world: World, side: Side) -> None:
    account, record, today = world.people["claire"].account, world.record(side), clock.now().date()
    there = "SELECT count(*) FROM patient_link WHERE account = $1 AND patient = $2 AND valid_to IS NULL"
    if not await fetch_value(there, account, record):
        await link_patient(NOBODY, account, record, "sister", since=today, at=clock.now())


async def documents(world: World, side: Side) -> None:
    upload = Upload("Bilan.txt", "text/plain", b"Rien de nouveau.")
    who = world.people["ines"].actor if world.merged else world.people[world.who(side)].actor
    await keep_file(who, world.record(side), upload, Kind.REPORT, at=clock.now())


async def consents(world: World, side: Side) -> None:
    await begin(world.people["ines"].actor, world.record(side), consent_form(world.people.lyon), at=clock.now())


DOINGS: list[Callable[[World, Side], Awaitable[None]]] = [
    asks,
    begins,
    sends,
    edits,
    follows,
    ends,
    links,
    documents,
    consents,
]
DOING = st.tuples(st.sampled_from(DOINGS), st.sampled_from(OF_BOTH))
CHOICES = st.fixed_dictionaries({name: st.sampled_from(OF_BOTH) for name in FIELDS})
ANSWERS = st.lists(st.sampled_from(OF_BOTH), min_size=12, max_size=12)
Rows = dict[tuple[str, UUID], UUID]


async def rows_of(tables: Any, world: World) -> Rows:
    """Whose each row is, of these two records."""
    found: Rows = {}
    for table in tables:
        held = await fetch(f"SELECT id, patient FROM {table} WHERE patient = ANY($1)", [world.kept, world.absorbed])
        found |= {(table, row["id"]): row["patient"] for row in held}
    return found


async def known(world: World) -> list[Any]:
    people = [(await record_as_written(one)).known for one in (world.kept, world.absorbed)]
    return [[value_of(one, name) for name in FIELDS] for one in people]


async def tokens(world: World) -> set[tuple[UUID, bytes]]:
    rows = await fetch("SELECT patient, token FROM patient_token UNION ALL SELECT patient, token FROM patient_block")
    return {(row["patient"], row["token"]) for row in rows if row["patient"] in {world.kept, world.absorbed}}


async def withheld(world: World) -> list[Any]:
    query = "SELECT withheld, root, merged_into FROM patient WHERE id = $1"
    return [tuple((await fetch(query, one))[0]) for one in (world.kept, world.absorbed)]


async def everything_opens(world: World) -> int:
    """How many sealed values open under the key of the record they stand in; one that does not raises."""
    opened, keys = 0, await keys_of([world.kept, world.absorbed])
    for table, columns in {name: held.sealed for name, held in {**UNITS, **PARTS}.items() if held.sealed}.items():
        for row in await fetch(f"SELECT id, patient, {', '.join(columns)} FROM {table}"):
            for column in columns:
                if row["patient"] in keys and row[column] is not None:
                    keys[row["patient"]].open(row[column], row["id"], f"{table}.{column}")
                    opened += 1
    return opened


async def parts_are_with_what_they_hang_on() -> None:
    for child, column, parent in await keys_that_follow():
        lost = await fetch_value(
            f"SELECT count(*) FROM {child} c JOIN {parent} p ON p.id = c.{column} WHERE c.patient <> p.patient"
        )
        assert lost == 0, (child, parent)


async def play(people: Cast, before: Any, choices: Any, between: Any, answers: Any, owner: Owner) -> None:
    world = World(people, people.paul_patient, await twin(people))
    today = clock.now().date()
    await link_patient(NOBODY, people["yann"].account, world.absorbed, "self", since=today, at=clock.now())
    for doing, side in before:
        await doing(world, side)
    units, were, kept_tokens, states = (
        await rows_of(UNITS, world),
        await known(world),
        await tokens(world),
        await withheld(world),
    )
    people_before = tuple([(await record_as_written(one)).known for one in (world.kept, world.absorbed)])

    merge = await join(people, world.kept, world.absorbed, choices=choices)
    world.merged = True
    for doing, side in between:
        await doing(world, side)

    held = await lock_merge(merge)
    assert held is not None
    groups = await list_since(held)
    pair = {Side.KEPT: world.kept, Side.ABSORBED: world.absorbed}
    said = {group.id: side for group, side in zip(groups, answers, strict=False) if group.side is None}
    everything, now = await rows_of({**UNITS, **PARTS}, world), (await get_patient(world.kept)).known
    expected = await rows_of(UNITS, world)
    expected |= {row.node: pair[group.side or said[group.id]] for group in groups for row in group.rows}

    changed = [name for name in FIELDS if value_of(now, name) != value_of(await result(held), name)]
    await part(people, merge, said, owners=dict.fromkeys(changed, owner))

    assert await rows_of(UNITS, world) == expected
    assert {one: expected[one] for one in units} == units
    assert set(await rows_of({**UNITS, **PARTS}, world)) == set(everything)
    for author, account in ((world.kept, "paul"), (world.absorbed, "yann")):
        wrong = "SELECT count(*) FROM response WHERE author = $1 AND patient = ANY($2)"
        other = [one for one in pair.values() if one != author]
        assert await fetch_value(wrong, people[account].account, other) == 0
    await parts_are_with_what_they_hang_on()
    await everything_opens(world)
    ends_as = apart(people_before, now, dict.fromkeys(changed, owner))  # type: ignore[arg-type]
    assert await known(world) == [[value_of(one, name) for name in FIELDS] for one in ends_as]
    if not changed:
        assert (await known(world), await tokens(world)) == (were, kept_tokens)
    assert [state[1:] for state in await withheld(world)] == [state[1:] for state in states]
    assert [set(state[0]) for state in await withheld(world)] == [set(state[0]) for state in states]


async def result(merge: Any) -> Any:
    from app.patients.merging.model import merged

    return merged(merge.before, (await record_as_written(merge.absorbed)).known, merge.choices)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DOING, max_size=6), CHOICES, st.lists(DOING, max_size=7), ANSWERS, st.sampled_from(Owner))
def test_undoing_a_merge_restores_both_and_loses_nothing(people, before, choices, between, answers, owner):
    async def example() -> None:
        async with Transaction(DB) as transaction:
            await texts_in_use()
            await play(people, before, choices, between, answers, owner)
            await transaction.rollback()

    run(example())
