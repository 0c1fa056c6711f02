"""Puts on each address in app.css the content hash of its file: browsers may keep it for ever. No more."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"
ADDRESS = re.compile(r'url\("([\w./-]+)(?:\?v=[0-9a-f]+)?"\)')


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def stamped(sheet: str) -> str:
    return ADDRESS.sub(lambda found: f'url("{found[1]}?v={fingerprint(STATIC / found[1])}")', sheet)


if __name__ == "__main__":
    sheet = STATIC / "app.css"
    sheet.write_text(stamped(sheet.read_text()))
