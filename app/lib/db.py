"""The engine, what one transaction means here, and plain SQL on the current connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeAlias

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from app.settings import settings

Row: TypeAlias = asyncpg.Record


class Engine(PostgresEngine):
    """Piccolo's engine, less the connection it opens when a module is imported."""

    async def check_version(self) -> None:
        """The runner and `cohorte check-config` check the server's version."""

    async def prep_database(self) -> None:
        """No extension is needed."""


class Transaction(PostgresTransaction):
    """Piccolo's, which leaks the pooled connection when BEGIN, COMMIT or ROLLBACK raises or is cancelled.

    This one always gives it back.
    """

    __slots__ = ()

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await self.get_connection()  # type: ignore[no-untyped-call]
        try:
            self.transaction = self.connection.transaction()
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._parent:
            return error is None
        try:
            if error:
                if not self._rolled_back:
                    await self.rollback()  # type: ignore[no-untyped-call]
            elif not (self._committed or self._rolled_back):
                await self.commit()  # type: ignore[no-untyped-call]
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return error is None

    async def _give_back(self) -> None:
        if self.engine.pool:
            await asyncio.shield(self.engine.pool.release(self.connection))
        else:
            await self.connection.close()


DB = Engine(config={"dsn": settings().database_url})


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing, also when a caller has already opened one.

    Piccolo treats a nested transaction as a no-op, so a failure inside it would leave its writes to the outer one.
    A savepoint undoes exactly the inner part.
    """
    nested = DB.transaction_exists()
    async with Transaction(DB) as tx:
        if not nested:
            yield
            return
        savepoint = await tx.savepoint()
        try:
            yield
        except BaseException:
            await savepoint.rollback_to()  # type: ignore[no-untyped-call]
            raise
        await savepoint.release()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def connection() -> AsyncIterator[Any]:
    """The connection of the current transaction, else one of the pool, else a new one."""
    current = DB.current_transaction.get()
    if current is not None:
        yield current.connection
    elif DB.pool is not None:
        async with DB.pool.acquire() as pooled:
            yield pooled
    else:
        own = await DB.get_new_connection()
        try:
            yield own
        finally:
            await own.close()


async def _ask(method: str, sql: str, values: tuple[Any, ...]) -> Any:
    current = DB.current_transaction.get()
    link = DB.pool if current is None else current.connection
    if link is not None:
        return await getattr(link, method)(sql, *values)
    async with connection() as own:
        return await getattr(own, method)(sql, *values)


async def fetch(sql: str, *values: Any) -> list[Row]:
    rows: list[Row] = await _ask("fetch", sql, values)
    return rows


async def fetch_row(sql: str, *values: Any) -> Row | None:
    row: Row | None = await _ask("fetchrow", sql, values)
    return row


async def fetch_value(sql: str, *values: Any) -> Any:
    return await _ask("fetchval", sql, values)


async def execute(sql: str, *values: Any) -> str:
    """Run one statement; the command tag, such as `UPDATE 1`."""
    tag: str = await _ask("execute", sql, values)
    return tag


async def leave_as_it_is(_link: Any) -> None:
    """For `reset=` of a pool: nothing of ours outlives its transaction, and open ones are rolled back without this.

    asyncpg would ask the server to forget settings, locks and cursors, one more round trip for each statement.
    """


async def start_pool(least: int = 1, most: int = 8) -> None:
    await DB.start_connection_pool(min_size=least, max_size=most, reset=leave_as_it_is)


async def close_pool() -> None:
    await DB.close_connection_pool()
