"""The panels as their files say them, read once a process. Their rules are in checking.py."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.biology.checking import catalogue_of
from app.biology.model import Catalogue

FOLDER = Path(__file__).parent / "panels"
UNITS = "units"


def files_in(folder: Path) -> tuple[dict[str, Any], Any]:
    """What the files of panels hold, by their names, and what the one of units holds."""
    found = {path.stem: yaml.load(path.read_text(), Loader=yaml.CSafeLoader) for path in sorted(folder.glob("*.yml"))}
    units = found.pop(UNITS)
    return found, units


@cache
def catalogue() -> Catalogue:
    """All that can be entered; Unsound where a file is wrong."""
    return catalogue_of(*files_in(FOLDER))
