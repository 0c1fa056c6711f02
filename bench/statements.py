"""How many statements a request sends to the database: counted at the driver, the product in this process."""

from typing import Any

import asyncpg
from httpx import ASGITransport, AsyncClient

from app.lib.db import DB
from bench.people import Visitor


async def count(dsn: str, app: Any, visitor: Visitor, requests: dict[str, dict[str, Any]]) -> dict[str, int]:
    """By name, the statements of the second of two equal requests; transaction control counts as well."""
    seen: list[str] = []
    own = await asyncpg.connect(dsn)
    own.add_query_logger(lambda record: seen.append(record.query))
    found = {}
    former, DB.pool = DB.pool, _OneConnection(own)
    try:
        async with AsyncClient(transport=ASGITransport(app), base_url="https://cohorte.example") as browser:
            for name, request in requests.items():
                for _ in range(2):
                    seen.clear()
                    reply = await browser.request(**request, headers=_headers(visitor))
                    if reply.status_code != 200:
                        raise RuntimeError(f"{name}: {reply.status_code} {reply.text[:200]}")
                found[name] = len(seen)
    finally:
        DB.pool = former
        await own.close()
    return found


def _headers(visitor: Visitor) -> dict[str, str]:
    return {
        "Cookie": visitor.cookie,
        "X-CSRF-Token": visitor.form_token,
        "HX-Request": "true",
        "HX-History-Restore-Request": "true",  # the whole page
        "Accept-Language": "en",
    }


class _OneConnection:
    """A pool of the one connection that is listened to."""

    def __init__(self, link: Any) -> None:
        self.link = link

    def acquire(self) -> "_Held":
        return _Held(self.link)

    async def release(self, _link: Any) -> None:
        """It stays open."""

    def __getattr__(self, method: str) -> Any:
        """`fetch`, `fetchrow`, `fetchval`, `execute`: a pool has them too."""
        return getattr(self.link, method)


class _Held:
    def __init__(self, link: Any) -> None:
        self.link = link

    def __await__(self) -> Any:
        yield from ()
        return self.link

    async def __aenter__(self) -> Any:
        return self.link

    async def __aexit__(self, *_error: object) -> None:
        """It stays open."""
