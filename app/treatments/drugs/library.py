"""The files of the public drug database: opened, decoded, read. Plain or gzipped."""

import gzip
import re
from codecs import BOM_UTF8
from pathlib import Path

from app.treatments.drugs.reading import FILES, NEEDED, Line, Reading, assemble, split

SHIPPED = Path(__file__).parents[1] / "data" / "2025-08"
SHIPPED_DATE = "2025-08"
SOURCE = "ANSM, Base de données publique des médicaments"
LARGEST = 100_000_000
ACCENT = re.compile(rb"\xc3[\x80-\xbf]")


class NotThere(Exception):
    """A file without which there are no drugs is missing in the folder."""


def read_folder(folder: Path) -> Reading:
    """All that is there, and every line that is not what it should be. NotThere if CIS or COMPO is missing."""
    reading, files = Reading(), dict[str, list[Line]]()
    for name in FILES:
        path = next((one for one in (folder / f"{name}.txt", folder / f"{name}.txt.gz") if one.exists()), None)
        if path is None:
            if name in NEEDED:
                raise NotThere(f"{folder / name}.txt")
            continue
        files[name], faults = split(name, decoded(path))
        reading.faults += faults
        reading.files[path.name] = len(files[name])
    reading.entries = {cis: entry for cis, entry in assemble(files).items() if cis not in reading.unsure}
    return reading


def decoded(path: Path) -> str:
    """Its text, line by line UTF-8 or cp1252, both of which ANSM writes; U+FFFD in a line that is neither."""
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            content = packed.read(LARGEST)
    else:
        content = path.read_bytes()
    return "\n".join(map(_line, content.removeprefix(BOM_UTF8).split(b"\n")))


def _line(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # An accent in UTF-8 beside a byte that is none: as cp1252 the line would be read, and wrongly.
        return content.decode("utf-8" if ACCENT.search(content) else "cp1252", errors="replace")
