"""Merging and undoing it, with everything that follows in other packages. Each action is one transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.consents.actions.settling import settle
from app.dashboard.merging import queries
from app.dashboard.merging.queries import Key
from app.dashboard.merging.registry import MOVED_BY_PACKAGE, PARTS, UNITS
from app.dashboard.merging.sorting import Node
from app.files.actions.changing import move_files
from app.lib import db, jobs
from app.lib.crypto import PersonKey
from app.lib.db import transaction
from app.lib.errors import Refused
from app.patients.merging import actions as merging
from app.patients.merging.actions import Undoing
from app.patients.merging.model import Side, Wanted
from app.patients.queries import ids_of, keys_of
from app.responses.waiting.actions import SCORE

SENT = "SELECT id FROM response WHERE patient = ANY($1) AND submitted_at IS NOT NULL"


async def merge(by: Actor, wanted: Wanted, *, at: datetime) -> UUID:
    """Merge two records; what consents withhold is worked out of both, and scores as the one person that they are."""
    async with transaction():
        held = [await queries.count_held(await ids_of(one)) for one in (wanted.kept, wanted.absorbed)]
        made = await merging.merge_records(by, wanted, at=at)
        await settle(wanted.kept, by=by.id, at=at)
        await _score_anew(await ids_of(wanted.kept))
        await audit.record(
            audit.Action.MERGE_COUNTED,
            by=by.id,
            at=at,
            subject=made,
            patient=wanted.kept,
            organisation=by.organisation,
            of_kept=held[0].total(),
            of_absorbed=held[1].total(),
        )
    return made


async def _score_anew(patients: Collection[UUID]) -> None:
    """Age and sex go into scores; a score that they do not change is left as it is."""
    for row in await db.fetch(SENT, list(patients)):
        await jobs.defer(SCORE, lock=f"response:{row['id']}", response_id=str(row["id"]))


async def undo(by: Actor, undoing: Undoing, sides: Mapping[UUID, Side], *, at: datetime) -> None:
    """Undo a merge. `sides`: by group of what was written since, whose it is, where no rule says so.

    Refused where something was written that nobody has sorted yet.
    """
    async with transaction():
        undone = await merging.unmerge_records(by, undoing, at=at)
        groups = await queries.list_since(undone)
        decided = {group.id: group.side or sides.get(group.id) for group in groups}
        if None in decided.values():
            raise Refused("merge.moved_on")
        moving = [row.node for group in groups if decided[group.id] is Side.ABSORBED for row in group.rows]
        await _move(by, moving, (undone.kept, undone.absorbed), at)
        for patient in (undone.kept, undone.absorbed):
            await settle(patient, by=by.id, at=at)
            await _score_anew(await ids_of(patient))
        await audit.record(
            audit.Action.MERGE_SORTED,
            by=by.id,
            at=at,
            subject=undone.id,
            patient=undone.kept,
            organisation=by.organisation,
            moved=len(moving),
            stayed=sum(len(group.rows) for group in groups) - len(moving),
        )


async def _move(by: Actor, nodes: list[Node], between: tuple[UUID, UUID], at: datetime) -> None:
    """Let rows stand in the other record, with what hangs on them; each is said in the trail."""
    # A row may hang on several, which come one after the other.
    await db.execute("SET CONSTRAINTS ALL DEFERRED")
    hanging = await queries.keys_that_follow()
    for table, row in nodes:
        await _end_what_is_there_already((table, row), between[1], at)
        if table in MOVED_BY_PACKAGE:
            await move_files(by.id, [row], between[1], at=at)
        else:
            await _attribute((table, row), between, hanging)
        await audit.record(
            audit.Action.ROW_ATTRIBUTED,
            by=by.id,
            at=at,
            subject=row,
            patient=between[1],
            organisation=by.organisation,
            table=table,
        )
    await db.execute("SET CONSTRAINTS ALL IMMEDIATE")


async def _end_what_is_there_already(node: Node, to: UUID, at: datetime) -> None:
    table, row = node
    once = UNITS[table].once
    if once is not None:
        same = f"AND o.{once.column} = a.{once.column}" if once.column else ""
        await db.execute(
            f"""UPDATE {table} a SET {once.ending} WHERE a.id = $1 AND {once.open.format("a")} AND EXISTS (
                SELECT FROM {table} o WHERE o.patient = $2 AND {once.open.format("o")} {same})""",
            row,
            to,
            at,
        )


async def _attribute(node: Node, between: tuple[UUID, UUID], hanging: list[Key]) -> None:
    """One row and its parts, under the key of the person whose they are."""
    table, row = node
    await db.execute(f"UPDATE {table} SET patient = $2 WHERE id = $1", row, between[1])
    keys = await keys_of(between)
    old, new = keys[between[0]], keys[between[1]]
    await _seal_anew((table, "id", UNITS[table].sealed), [row], old, new)
    await _seal_parts(table, [row], (old, new), hanging)


async def _seal_parts(table: str, rows: list[UUID], keys: tuple[PersonKey, PersonKey], hanging: list[Key]) -> None:
    """What hangs on these rows, and what hangs on that in turn. `keys`: the old and the new one."""
    for child, named, parent in hanging:
        if rows and parent == table and child in PARTS:
            await _seal_anew((child, named, PARTS[child].sealed), rows, *keys)
            if any(further == child for _child, _named, further in hanging):
                parts = await db.fetch(f"SELECT id FROM {child} WHERE {named} = ANY($1)", rows)
                await _seal_parts(child, [one["id"] for one in parts], keys, hanging)


async def _seal_anew(where: tuple[str, str, tuple[str, ...]], rows: list[UUID], old: PersonKey, new: PersonKey) -> None:
    """The sealed columns of a table's rows that name these rows."""
    table, column, sealed = where
    if not sealed:
        return
    for held in await db.fetch(f"SELECT id, {', '.join(sealed)} FROM {table} WHERE {column} = ANY($1)", rows):
        for name in (one for one in sealed if held[one] is not None):
            place = f"{table}.{name}"
            again = new.seal(old.open(held[name], held["id"], place), held["id"], place)
            await db.execute(f"UPDATE {table} SET {name} = $2 WHERE id = $1", held["id"], again)
