"""What one transaction means here: all or nothing, also inside another; and no connection is lost."""

import asyncio

import asyncpg
import pytest

from app.lib import db
from app.lib.db import execute, fetch_value, transaction

COUNT = "SELECT count(*) FROM organisation WHERE code LIKE 'TX%'"
ADD = """
INSERT INTO organisation (id, code, name, city, created_at) VALUES (gen_random_uuid(), $1, 'x', 'x', now())
"""


async def fail_after(code: str) -> None:
    async with transaction():
        await execute(ADD, code)
        raise LookupError(code)


async def test_an_inner_failure_undoes_the_inner_part_alone(db):
    async with transaction():
        await execute(ADD, "TX1")
        with pytest.raises(LookupError):
            await fail_after("TX2")
        await execute(ADD, "TX3")

    assert await fetch_value(COUNT) == 2


async def test_a_statement_that_fails_inside_leaves_the_outer_part_usable(db):
    async def twice() -> None:
        async with transaction():
            await execute(ADD, "TX1")
            await execute(ADD, "TX1")

    with pytest.raises(asyncpg.UniqueViolationError):
        await twice()

    assert await fetch_value(COUNT) == 0


# How asyncpg says it depends on the moment at which it learns of it.
LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)


@pytest.fixture
async def one_connection(database):
    """A pool of one: whoever keeps it, stops everybody."""
    await db.start_pool(1, 1)
    yield
    await db.close_pool()


async def test_a_failed_commit_gives_its_connection_back(one_connection, server):
    async def commit_that_fails() -> None:
        async with transaction():
            await execute(ADD, "TX1")
            await _end_backend(server.admin_dsn, await fetch_value("SELECT pg_backend_pid()"))

    with pytest.raises(LOST):
        await commit_that_fails()

    assert await fetch_value(COUNT) == 0
    assert not db.DB.transaction_exists()


async def _end_backend(admin_dsn: str, pid: int) -> None:
    link = await asyncpg.connect(admin_dsn)
    await link.execute(f"SELECT pg_terminate_backend({pid})")
    await link.close()


async def test_a_failed_body_gives_its_connection_back(one_connection):
    for _ in range(3):
        with pytest.raises(LookupError):
            await fail_after("TX1")

    assert await fetch_value(COUNT) == 0


async def test_whoever_leaves_early_gives_the_connection_back(one_connection):
    """A request that ends, at each moment from asking for the connection until the end of the transaction."""

    async def work() -> None:
        async with transaction():
            await execute(ADD, "TX1")
            raise LookupError

    for moment in range(60):
        leaving = asyncio.create_task(work())
        for _ in range(moment % 20):
            await asyncio.sleep(0)
        if moment >= 20:
            await asyncio.sleep(moment / 100_000)
        leaving.cancel()
        with pytest.raises((asyncio.CancelledError, LookupError)):
            await leaving
        assert await asyncio.wait_for(fetch_value(COUNT), timeout=5) == 0
