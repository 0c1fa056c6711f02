"""What msgspec says of a file whose keys or kinds of value are wrong, as a trouble with its line (S01 to S04). Pure."""

import difflib
import re
from types import ModuleType

import msgspec

from app.questionnaires.troubles import Trouble
from app.questionnaires.yaml_reader import Document


def misshapen(document: Document, error: msgspec.ValidationError, shapes: ModuleType) -> Trouble:
    """The first thing wrong with the shape. `shapes`: the module whose mappings the file is made of."""
    what, _, rest = str(error).partition(" - at ")
    found = re.search(r"`(\$[^`]*)`", rest)
    place = found[1] if found else "$"
    if unknown := re.search(r"unknown field `(.*)`", what):
        near = difflib.get_close_matches(unknown[1], _known_keys(shapes), 1)
        below = f"{place}.{unknown[1]}"
        remedy = f"Did you mean '{near[0]}'?" if near else "Remove it."
        message = f"The key '{unknown[1]}' is not known here."
        return Trouble("S01", document.line(below), below, message, remedy)
    line = document.line(place)
    if lacking := re.search(r"missing required field `(\w+)`", what):
        message = f"The key '{lacking[1]}' is missing."
        return Trouble("S02", line, place, message, f"Add {lacking[1]}:.")
    if "Invalid enum value" in what:
        return Trouble("S03", line, place, f"{what}.", "Use one of the words listed in the reference.")
    unquoted = re.match(r"Expected `str\b.*got `(int|float|bool)`", what)
    remedy = "Put it in quotes." if unquoted else "See the reference for this key."
    return Trouble("S04", line, place, f"{what}.", remedy)


def _known_keys(shapes: ModuleType) -> list[str]:
    found = (s for s in vars(shapes).values() if isinstance(s, type) and issubclass(s, msgspec.Struct))
    return sorted({key for shape in found for key in shape.__struct_encode_fields__})
