"""The files of `static/`, read once: their bytes, kind and address. No file is served that was not there at start."""

from dataclasses import dataclass
from functools import cache
from gzip import compress
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "static"
KINDS = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
SQUEEZED = {".css", ".js", ".svg"}


@dataclass(frozen=True, slots=True)
class Asset:
    """`fingerprint` changes with the content; `squeezed` is the gzip form, None where it would not help."""

    body: bytes
    squeezed: bytes | None
    kind: str
    fingerprint: str


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    kind = KINDS.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return Asset(
        body,
        compress(body, 9, mtime=0) if path.suffix in SQUEEZED else None,
        kind,
        sha256(body).hexdigest()[:12],
    )


@cache
def assets() -> dict[str, Asset]:
    """Every file below `static/` by its path there."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in files}


def address(name: str) -> str:
    """Where a page finds a file; it carries the fingerprint, so that browsers may keep it for ever."""
    return f"/static/{name}?v={assets()[name].fingerprint}"
