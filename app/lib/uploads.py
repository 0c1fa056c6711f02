"""Forms with files, read into memory and never onto a disk: what patients send lies nowhere unsealed.

A handler asks for it by `request_class=UploadRequest` and `request_max_body_size=MOST_READ`. What is larger than may be
kept is read to its end and dropped, so that the rest of the form can be shown again with words beside the field.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException
from litestar.types import Empty
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_TOGETHER = 60 * 1024 * 1024
MOST_READ = 256 * 1024 * 1024
"""Bytes of one request; beyond them the connection is not read any further."""
LARGEST_FIELD = 256 * 1024
MOST_PARTS = 100


@dataclass(slots=True)
class Sent:
    """One part of a form. `content` is dropped, and `size` counts on, once it is `too_large`."""

    name: str
    file_name: str | None
    media_type: str
    content: bytearray = field(default_factory=bytearray, repr=False)
    size: int = 0
    too_large: bool = False

    @property
    def alone_too_large(self) -> bool:
        """Whether it would be too large without the others too."""
        return self.size > LARGEST_FILE


class UploadRequest(Request[Any, Any, Any]):
    """A request whose form may hold files: `form()` gives its fields alone, `files()` what was chosen."""

    _sent: "list[Sent] | None" = None

    async def form(self) -> FormMultiDict:
        if self._form is Empty:
            content_type, _ = self.content_type
            if content_type != "multipart/form-data":
                return await super().form()
            parts = await self._parts()
            pairs = [(one.name, one.content.decode("utf-8", "replace")) for one in parts if one.file_name is None]
            self._form = FormMultiDict(pairs)
        return self._form

    async def files(self, name: str) -> list[Sent]:
        """The files chosen in this field. A browser sends an empty field as a file without name, which is none."""
        await self.form()
        return [one for one in self._sent or [] if one.name == name and one.file_name]

    async def _parts(self) -> list[Sent]:
        if self._sent is None:
            _, options = parse_options_header(self.headers.get("content-type", ""))
            try:
                self._sent = await read_parts(self.stream(), options.get("boundary", ""))
            except MultipartError as fault:
                raise ClientException("the form cannot be read") from fault
        return self._sent


async def read_parts(stream: AsyncIterator[bytes], boundary: str) -> list[Sent]:
    """The parts of a multipart body, as far as they may be kept; MultipartError for anything else."""
    parts: list[Sent] = []
    together = 0
    with PushMultipartParser(boundary, max_segment_count=MOST_PARTS, max_segment_size=MOST_READ) as parser:
        async for chunk in stream:
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    parts.append(Sent(event.name, event.filename, event.content_type or ""))
                elif event:
                    together += _add(parts[-1], event, together)
            if parser.closed:
                break
    return parts


def _add(part: Sent, piece: bytes, together: int) -> int:
    """Keep a piece if it may be kept; by how many bytes more are held now (fewer if the part became too large)."""
    part.size += len(piece)
    if part.too_large:
        return 0
    most = LARGEST_FIELD if part.file_name is None else LARGEST_FILE
    if part.size > most or together + len(piece) > LARGEST_TOGETHER:
        part.too_large = True
        held = len(part.content)
        part.content = bytearray()
        return -held
    part.content += piece
    return len(piece)
