"""The texts that ship: one file a purpose and version. Models, for the controller to review."""

from functools import cache
from pathlib import Path

import msgspec
import yaml

from app.consents.model import LANGUAGES, Content, Contents

FOLDER = Path(__file__).with_name("texts")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    purpose: str
    version: int
    fr: Content
    en: Content


Shipped = tuple[str, int, Contents]
"""Purpose, version, and the text in each language."""


@cache
def shipped() -> tuple[Shipped, ...]:
    """Every text that ships, in order. msgspec.ValidationError where a file is not as it should be."""
    return tuple(sorted((_read(path) for path in FOLDER.glob("*/*.yml")), key=lambda one: one[:2]))


def _read(path: Path) -> Shipped:
    found = msgspec.convert(yaml.safe_load(path.read_text()), _File)
    if (path.parent.name, path.stem) != (found.purpose, str(found.version)):
        raise ValueError(f"{path.name} of {path.parent.name} says that it is {found.purpose} {found.version}")
    if len(found.fr.points) != len(found.en.points):
        raise ValueError(f"{found.purpose} {found.version} has other points in each language")
    return found.purpose, found.version, {name: _tidy(getattr(found, name)) for name in LANGUAGES}


def _tidy(content: Content) -> Content:
    said = {name: getattr(content, name).strip() for name in ("title", "summary", "body", "refusing", "rights")}
    return Content(**said, points=tuple(point.strip() for point in content.points))
