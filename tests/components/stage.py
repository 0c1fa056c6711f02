"""A server for one page and its answers, under the product's content policy. None of its code runs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).resolve().parents[2] / "static"
POLICY = "default-src 'none'; form-action 'self'; " + "; ".join(
    f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")
)
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class Reply:
    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """`answer` decides what each request gets, static files aside; `asked` remembers them all."""

    answer: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)
    address: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        sent = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(method, urlsplit(path).path, headers, parse_qs(sent.decode(), keep_blank_values=True))
        writer.write(self.reply(asked))
        await writer.drain()
        writer.close()

    def reply(self, asked: Asked) -> bytes:
        if asked.path.startswith("/static/"):
            file = STATIC / asked.path.removeprefix("/static/")
            return packed(200, file.read_bytes(), {"Content-Type": KINDS[file.suffix]})
        self.asked.append(asked)
        answer = self.answer(asked)
        kind = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        return packed(answer.status, answer.body.encode(), kind | answer.headers)


def packed(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


async def on_stage(stage: Stage, play: Callable[[Stage], Awaitable[None]]) -> None:
    server = await asyncio.start_server(stage.serve, "127.0.0.1", 0)
    stage.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        await play(stage)
