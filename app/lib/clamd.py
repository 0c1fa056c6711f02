"""Asks a clamd whether bytes hold a virus, by its command INSTREAM. Without a scanner nobody is asked.

Protocol: clamd(8), "zINSTREAM": chunks of four bytes of length and content, a length of zero at the end; the answer is
`stream: OK` or `stream: NAME FOUND`.
"""

import asyncio
from urllib.parse import urlsplit

from app.settings import settings

CHUNK = 64 * 1024
PORT = 3310
PATIENCE = 60.0


class ScannerFailed(Exception):
    """Nobody has looked at it: ask again later."""


def is_there() -> bool:
    """Whether files are looked at before somebody opens them."""
    return bool(settings().clamd_url)


async def is_clean(content: bytes, url: str = "") -> bool:
    """Whether the scanner finds nothing; ScannerFailed if it gives no answer. `url`: another than the settings'."""
    try:
        async with asyncio.timeout(PATIENCE):
            said = await _ask(content, url or settings().clamd_url)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
        raise ScannerFailed(type(fault).__name__) from fault
    if said.endswith(b" FOUND"):
        return False
    if said != b"stream: OK":
        raise ScannerFailed("no answer that we know")
    return True


async def _ask(content: bytes, url: str) -> bytes:
    reader, writer = await _connected(url)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            writer.write(len(chunk).to_bytes(4) + chunk)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0")
    finally:
        writer.close()


async def _connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return await asyncio.open_unix_connection(parts.path)
    return await asyncio.open_connection(parts.hostname, parts.port or PORT)
