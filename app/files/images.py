"""Images without what cameras and programs write into them: places, names, serial numbers. Pure.

The picture itself is not touched, so that a medical image loses nothing: only the parts beside it are left out.
Sources: ITU T.81 annex B (segments of JPEG), Exif 2.32 (orientation, tag 0x0112), PNG third edition (chunks).
"""

import struct
import zlib
from io import BytesIO

from app.files.model import JPEG
from app.lib.errors import Refused

MOST_PIXELS = 60_000_000
# Of JPEG: JFIF's head, colour profiles, Adobe's mark of the colour space. Every other note goes.
KEPT_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
NOTES = {*range(0xE0, 0xF0), 0xFE}
START_OF_SCAN, END = 0xDA, 0xD9
STANDALONE = {0x01, *range(0xD0, 0xD8)}
KEPT_CHUNKS = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"iCCP",
    b"sBIT",
    b"pHYs",
    b"bKGD",
}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112
UPRIGHT = 1


def cleaned(content: bytes, media_type: str) -> bytes:
    """The same picture, of JPEG or PNG, with nothing beside it; Refused if it cannot be drawn."""
    _draw(content, media_type)
    try:
        return _jpeg(content) if media_type == JPEG else _png(content)
    except (IndexError, struct.error, ValueError):
        raise Refused("file.damaged") from None


def _draw(content: bytes, media_type: str) -> None:
    """Decode it once, whole: who sends a damaged picture learns it while they still have the good one."""
    from PIL import Image  # noqa: PLC0415 - loads libraries that pages do not need

    known = ["JPEG", "MPO"] if media_type == JPEG else ["PNG"]
    try:
        with Image.open(BytesIO(content), formats=known) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("file.too_many_pixels")
            image.load()
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("file.too_many_pixels") from None
    except Exception:
        raise Refused("file.damaged") from None


def _jpeg(content: bytes) -> bytes:
    """Segments up to the scans, then the scans up to the end of the picture; what follows it is left out."""
    parts, at, turned = [content[:2]], 2, UPRIGHT
    while content[at + 1] != START_OF_SCAN:
        if content[at] != 0xFF:
            raise ValueError("no segment begins here")
        if content[at + 1] == 0xFF:
            at += 1
            continue
        marker, length = content[at + 1], 0 if content[at + 1] in STANDALONE else _length(content, at + 2)
        segment = content[at : at + 2 + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = orientation_in(segment[10:])
        if marker not in NOTES or segment[4:].startswith(KEPT_SEGMENTS.get(marker, b"\0never")):
            parts.append(segment)
        at += len(segment) if segment else 2
    if turned != UPRIGHT:
        parts.insert(1, _turning(turned))
    parts.append(content[at : _end_of_picture(content, at)])
    return b"".join(parts)


def _length(content: bytes, at: int) -> int:
    length: int = struct.unpack_from(">H", content, at)[0]
    if length < 2 or at + length > len(content):
        raise ValueError("a segment is cut off")
    return length


def _end_of_picture(content: bytes, at: int) -> int:
    """Behind the end marker. Inside scans 0xFF is followed by zero, a restart, or the next segment."""
    while True:
        at = content.index(b"\xff", at)
        marker = content[at + 1]
        if marker == END:
            return at + 2
        if marker in {0x00, 0xFF} or marker in STANDALONE:
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + _length(content, at + 2)


def orientation_in(exif: bytes) -> int:
    """How the camera was held, 1 to 8, from the first directory; 1 if nobody says.

    >>> orientation_in(_turning(6)[10:]), orientation_in(b"nothing")
    (6, 1)
    """
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 10:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(min(count, 100)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * entry)
            if (tag, kind) == (ORIENTATION, 3) and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return UPRIGHT


def _turning(turned: int) -> bytes:
    """An Exif segment that says how to turn the picture, and nothing else."""
    exif = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif


def _png(content: bytes) -> bytes:
    parts, at = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        if zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise ValueError("a chunk was altered")
        if name in KEPT_CHUNKS:
            parts.append(chunk)
        if name == b"IEND":
            return b"".join(parts)
        at += len(chunk)
