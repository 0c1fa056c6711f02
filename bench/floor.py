"""The least that could answer: a bare ASGI handler, the product's own three statements, and bytes made beforehand.

No session is judged, no permission asked, no form token compared, nothing rendered. An answer is kept as the product
keeps it. The paths say everything, so that nothing has to be read out of a form.
"""

from datetime import UTC, datetime
from hashlib import sha256
from os import environ
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.accounts.queries import SESSION
from app.lib.db import leave_as_it_is
from app.responses.model import NO_ROW
from app.responses.queries import ANSWERS, SCOPE
from app.responses.statements import SAVE_SINGLE

PAGE_LOAD = UUID(int=7)


class Floor:
    """`/open/RESPONSE/BYTES` reads; `/save/RESPONSE/BYTES/ITEM/VALUE` keeps one answer."""

    def __init__(self) -> None:
        self.pool: Any = None
        self.bodies: dict[str, bytes] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        words = scope["path"].split("/")
        if words[1] == "open":
            await self._open(scope, UUID(words[2]))
        elif words[1] == "save":
            while (await receive()).get("more_body"):
                pass
            await self._save(scope, UUID(words[2]), words[4], words[5])
        body = self._body(words[3] if len(words) > 3 else "2")
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _open(self, scope: Any, response: UUID) -> None:
        token, at = _token(scope), datetime.now(UTC)
        await self.pool.fetchrow(SESSION, token, at.date(), at)
        await self.pool.fetchrow(SCOPE, response)
        await self.pool.fetch(ANSWERS, response)

    async def _save(self, scope: Any, response: UUID, item: str, value: str) -> None:
        token, at = _token(scope), datetime.now(UTC)
        session = await self.pool.fetchrow(SESSION, token, at.date(), at)
        await self.pool.fetchrow(SCOPE, response)
        new = UUID(bytes=uuid7().bytes)
        values = (new, item, NO_ROW, value, PAGE_LOAD, session["account"], at, 0)
        await self.pool.fetchval(SAVE_SINGLE, response, *values)

    def _body(self, length: str) -> bytes:
        if length not in self.bodies:
            self.bodies[length] = b"x" * int(length)
        return self.bodies[length]

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(environ["DATABASE_URL"], min_size=1, max_size=8, reset=leave_as_it_is)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _token(scope: Any) -> bytes:
    cookie = next(value for name, value in scope["headers"] if name == b"cookie")
    return sha256(cookie.partition(b"cohorte_session=")[2].partition(b";")[0]).digest()
