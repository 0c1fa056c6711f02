"""What a file is, told from its content and never from its name; and whether it could act when it is opened. Pure.

Sources: ISO 32000-2 (names of actions, escaped names, object streams), ISO/IEC 14496-12 (brands of HEIC), the PNG
specification, ITU T.81.
"""

import re
import zlib

from app.files.model import JPEG, PDF, PNG, TEXT
from app.lib.errors import Refused

STARTS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}
OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
OTHER_IMAGES = (b"GIF8", b"BM", b"II*\0", b"MM\0*")
MARKUP = re.compile(rb"^\s*(<\?xml|<!doctype|<html|<head|<body|<script|<svg|<!--)", re.IGNORECASE)
# Tab, line feed, form feed, carriage return are what text may hold below the space.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
END_OF_ARCHIVE = b"PK\x05\x06"
ARCHIVE_TAIL = 66_000

# Names of a PDF that make it act, carry another file, or hide what it holds. Short ones (/JS, /AA) are left out: they
# stand in compressed pictures by chance, and do nothing without one of these.
ACTIVE = (
    rb"JavaScript|Launch|Rendition|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Movie|Sound|Encrypt"
)
ACTIVE_NAME = re.compile(rb"/(?:" + ACTIVE + rb")(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Possessive: what somebody wrote to keep us busy must not.
STREAM = re.compile(rb"<<((?:[^<>]++|<<[^<>]*+>>|<[^<>]*+>)*+)>>\s*stream\r?\n")
LONGEST_INFLATED = 64 * 1024 * 1024
"""Of all compressed objects of a PDF together."""


def media_type_of(content: bytes) -> str:
    """One of the four types that are kept; Refused says what it is instead, and so what to do.

    >>> media_type_of(b"%PDF-1.7 ..."), media_type_of("Tension 12/8 à l’arrivée".encode())
    ('application/pdf', 'text/plain')
    """
    if not content:
        raise Refused("file.empty")
    for start, media_type in STARTS.items():
        if content.startswith(start):
            return _one_kind(content, media_type)
    if (otherwise := _not_kept(content)) is not None:
        raise Refused(otherwise)
    return TEXT


def _not_kept(content: bytes) -> str | None:
    """Why this is not kept; None for plain text."""
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "file.heic"
    if content.startswith(OFFICE):
        return "file.office"
    if content.startswith(OTHER_IMAGES) or content[128:132] == b"DICM" or content[8:12] == b"WEBP":
        return "file.image_kind"
    return "file.kind" if MARKUP.match(content) or text_in(content) is None else None


def _one_kind(content: bytes, media_type: str) -> str:
    """A PDF that is an archive too is two files in one. Of images what follows them is cut off later."""
    if media_type == PDF and END_OF_ARCHIVE in content[-ARCHIVE_TAIL:]:
        raise Refused("file.two_kinds")
    return media_type


def text_in(content: bytes) -> str | None:
    """Plain text in UTF-8, or as Windows wrote it in Western Europe; None for anything else.

    >>> text_in("é".encode("cp1252")), text_in(b"a\\x00b")
    ('é', None)
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def is_passive(content: bytes) -> bool:
    """Whether a PDF only shows something. What cannot be looked into is not called passive.

    >>> is_passive(b"%PDF-1.4 << /Type /Page >> %%EOF"), is_passive(b"%PDF-1.4 << /S /J#61vaScript >> %%EOF")
    (True, False)
    """
    tail = content[-2048:].rstrip(b"\0\r\n\t ")
    return tail.endswith(b"%%EOF") and not _acts(content) and _objects_are_quiet(content)


def _plain(part: bytes) -> bytes:
    """Names as they are meant, without the escapes that may hide them."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _acts(part: bytes) -> bool:
    return ACTIVE_NAME.search(_plain(part)) is not None


def _objects_are_quiet(content: bytes) -> bool:
    """Whether the compressed collections of objects can all be read, and hold nothing that acts."""
    found, left = 0, LONGEST_INFLATED
    for match in STREAM.finditer(content):
        if b"ObjStm" not in _plain(match[1]):
            continue
        held = _inflated(memoryview(content)[match.end() :], match[1], left)
        if held is None or _acts(held):
            return False
        found, left = found + 1, left - len(held)
    # More of them named than could be taken apart: something is written in a way that we do not read.
    return found >= content.count(b"/ObjStm")


def _inflated(rest: memoryview, about: bytes, most: int) -> bytes | None:
    """What a compressed stream holds; None if it cannot be read, or holds more than `most` bytes."""
    if b"FlateDecode" not in about or b"DecodeParms" in about or about.count(b"Decode") > 1 or most <= 0:
        return None
    try:
        unpacking = zlib.decompressobj()
        held = unpacking.decompress(rest, most)
    except zlib.error:
        return None
    return held if unpacking.eof else None
