"""A mail server that knows nobody, or takes nothing: what a letter meets there."""

from asyncio import get_running_loop
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP

from app.cli.local import free_port
from app.settings import settings


class Refusing:
    """Refuses at one step: RCPT, nobody is known here; DATA, nothing is taken."""

    def __init__(self, step: str) -> None:
        setattr(self, f"handle_{step}", self.refuse)

    async def refuse(self, *_asked: object) -> str:
        return "550 5.1.1 <claire@example.org> is unknown here"


@asynccontextmanager
async def refusing_server(monkeypatch: pytest.MonkeyPatch, step: str = "RCPT") -> AsyncIterator[None]:
    """The product's mail goes to such a server meanwhile."""
    port = free_port()
    listening = await get_running_loop().create_server(lambda: SMTP(Refusing(step)), "127.0.0.1", port)
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    try:
        yield
    finally:
        listening.close()
        monkeypatch.undo()
        settings.cache_clear()
