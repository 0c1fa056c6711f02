"""A scanner that speaks clamd's INSTREAM and finds what holds the word EICAR; it notes what it was sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class Scanner:
    """`mute`: it takes everything and says nothing that one knows."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.mute = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4)):
            content += await reader.readexactly(length)
        self.seen.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
        writer.write(b"INSTREAM size limit exceeded. ERROR\0" if self.mute else found)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[tuple[str, Scanner]]:
    """The address of a scanner, and what it saw."""
    scanner, path = Scanner(), folder / "clamd.ctl"
    server = await asyncio.start_unix_server(scanner.serve, path)
    async with server:
        yield f"unix://{path}", scanner
