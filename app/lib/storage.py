"""Where objects lie: a folder of this machine, or a bucket that speaks S3. Knows bytes and names, no meaning.

What is written here is sealed already. The functions of a store wait for disk or network: call them in a thread.
"""

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from app.lib import clock
from app.settings import settings
from app.storage_settings import Storage

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{38}")
PART = ".part"
WHILE = 40.0
"""Seconds after which a page no longer waits for the store."""
PATIENCE = {"connect_timeout": 5, "read_timeout": 12, "retries": {"total_max_attempts": 2}}


Answer = TypeVar("Answer")


class StoreFailed(Exception):
    """The store does not do what it was asked; nothing is known of the content."""


class Missing(StoreFailed):
    """There is no such object."""


@dataclass(frozen=True, slots=True)
class Held:
    """An object as the store lists it."""

    name: str
    modified: datetime


class Store(Protocol):
    """Puts, gets, deletes and lists objects by name."""

    def put(self, name: str, content: bytes) -> None: ...

    def get(self, name: str) -> bytes: ...

    def delete(self, name: str) -> None: ...

    def held(self) -> Iterator[Held]: ...


def new_name() -> str:
    """The name of an object that is not there yet; it says nothing."""
    drawn = os.urandom(20).hex()
    return f"{drawn[:2]}/{drawn[2:]}"


def _checked(name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise StoreFailed("no name of an object")
    return name


class Folder:
    """Objects as files. An object is there whole or not at all, also after a crash."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: bytes) -> None:
        path = self.root / _checked(name)
        unfinished = path.with_name(path.name + PART)
        with _failing():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        with _failing():
            return (self.root / _checked(name)).read_bytes()

    def delete(self, name: str) -> None:
        with _failing():
            (self.root / _checked(name)).unlink(missing_ok=True)

    def held(self) -> Iterator[Held]:
        """Everything, unfinished files too: nobody else would ever remove those."""
        with _failing():
            for path in sorted(self.root.glob("??/*")):
                name = path.relative_to(self.root).as_posix()
                if path.name.endswith(PART):
                    self._forget_unfinished(path)
                elif NAME.fullmatch(name):
                    yield Held(name, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def _forget_unfinished(self, path: Path) -> None:
        """A write takes seconds; what an hour left unfinished belongs to a process that is gone."""
        if clock.now().timestamp() - path.stat().st_mtime > 3600:
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Bucket:
    """Objects in a bucket, below a prefix."""

    def __init__(self, where: Storage) -> None:
        # Loads for a second: only where a bucket is used.
        from s3fs import S3FileSystem  # noqa: PLC0415

        parts = urlsplit(where.url)
        self.root = f"{parts.netloc}{unquote(parts.path).rstrip('/')}"
        self.fs: Any = S3FileSystem(
            key=where.key or None,
            secret=where.secret or None,
            endpoint_url=where.endpoint or None,
            client_kwargs={"region_name": where.region} if where.region else {},
            config_kwargs={"s3": {"addressing_style": "path"}, "signature_version": "s3v4"} | PATIENCE,
            use_listings_cache=False,
        )
        self.fs.retries = 1  # over those of PATIENCE

    def _path(self, name: str) -> str:
        return f"{self.root}/{_checked(name)}"

    def put(self, name: str, content: bytes) -> None:
        with _failing():
            self.fs.pipe_file(self._path(name), content)

    def get(self, name: str) -> bytes:
        with _failing():
            found: bytes = self.fs.cat_file(self._path(name))
            return found

    def delete(self, name: str) -> None:
        with _failing():
            self.fs.rm_file(self._path(name))

    def held(self) -> Iterator[Held]:
        with _failing():
            found: dict[str, dict[str, Any]] = self.fs.find(self.root, detail=True)
        for path, about in found.items():
            name = path.removeprefix(f"{self.root}/")
            if NAME.fullmatch(name):
                yield Held(name, about["LastModified"])


@contextmanager
def _failing() -> Iterator[None]:
    """Whatever a disk or a bucket says is one of two things: it is not there, or it did not work."""
    try:
        yield
    except FileNotFoundError as fault:
        raise Missing(type(fault).__name__) from fault
    except StoreFailed:
        raise
    except Exception as fault:
        raise StoreFailed(type(fault).__name__) from fault


async def asked(work: Callable[..., Answer], *values: Any) -> Answer:
    """What a store does, in a thread of its own; StoreFailed where it takes longer than anybody waits."""
    try:
        async with asyncio.timeout(WHILE):
            return await asyncio.to_thread(work, *values)
    except TimeoutError as fault:
        raise StoreFailed("no answer") from fault


def open_store(where: Storage) -> Store:
    """The store at this address."""
    if where.url.startswith("s3://"):
        return Bucket(where)
    return Folder(Path(unquote(urlsplit(where.url).path)))


@cache
def store() -> Store:
    """The store of this process."""
    return open_store(settings().storage)
