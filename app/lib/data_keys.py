"""The wrapped data keys of every table that has them (`data_key`, bound to the row's id): counting, wrapping anew.

Generic on purpose: whichever table seals something is found by its column, so that none is forgotten.
"""

from app.lib.db import execute, fetch
from app.lib.keys import ring

TABLES = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'data_key' ORDER BY table_name
"""
COUNT = """
SELECT convert_from(substring(data_key from 2 for get_byte(data_key, 0)), 'UTF8') AS name, count(*) AS rows
FROM {table} WHERE octet_length(data_key) > 0 GROUP BY 1
"""
# A weaker lock than for writing: what only refers to the row need not wait.
NEXT = """
SELECT id, data_key FROM {table}
WHERE octet_length(data_key) > 0 AND substring(data_key from 1 for octet_length($1::bytea)) <> $1
ORDER BY id LIMIT $2 FOR NO KEY UPDATE {waiting}
"""


async def tables() -> list[str]:
    """The tables whose rows have a data key."""
    return [row["table_name"] for row in await fetch(TABLES)]


async def rows_by_key() -> dict[str, dict[str, int]]:
    """Of each table: how many rows each wrapping key wraps, by its id."""
    return {
        table: {row["name"]: row["rows"] for row in await fetch(COUNT.format(table=table))} for table in await tables()
    }


async def rewrap_some(table: str, most: int, *, waiting: bool) -> int:
    """Wrap some rows' keys under the current key, holding each; how many. Part of the caller's transaction.

    Without `waiting` rows that somebody else holds are left for later.
    """
    # The name comes from the database's own catalogue.
    sql = NEXT.format(table=table, waiting="" if waiting else "SKIP LOCKED")
    found = await fetch(sql, ring().mark, most)
    for row in found:
        wrapped = ring().rewrap(row["data_key"], row["id"])
        await execute(f"UPDATE {table} SET data_key = $2 WHERE id = $1", row["id"], wrapped)
    return len(found)
