"""Strict YAML: a text in, plain values and their line numbers out. Refuses what surprises authors.

Knows no keys.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from app.questionnaires.troubles import Refused, Trouble

MAX_BYTES, MAX_DEPTH = 1_000_000, 24

_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_BAD_NUMBER = re.compile(
    r"""[-+]?(?:0[0-9]+|0x[0-9a-f]+|0o[0-7]+|\.[0-9]+|[0-9]+\.|[0-9]{19,}|[0-9][0-9_]*_[0-9_]*
    |[0-9]+(?:\.[0-9]*)?e[-+]?[0-9]+|\+[0-9.]+|[-+]?\.(?:inf|nan))\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_LOOKS_BOOL = frozenset(
    "yes no on off y n True False TRUE FALSE Yes No On Off YES NO".split()  # noqa: SIM905
)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(slots=True)
class Document:
    """The values of a file and the line (from 1) of each place, a place being a JSON path from `$`."""

    value: Any
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, place: str) -> int:
        """Line of a place, or of its nearest known parent."""
        while place and place not in self.lines:
            cut = max(place.rfind("."), place.rfind("["))
            place = place[:cut] if cut > 0 else ""
        return self.lines.get(place, 1)


class _Loader(yaml.CSafeLoader):
    """C parser, but no implicit types: every plain scalar arrives as text and is read below."""


_Loader.yaml_implicit_resolvers = {}


def load(text: str) -> Document:
    """Read one YAML document; raises Refused (Y01 to Y12).

    >>> load("minutes: 3\\nkey: rest").value
    {'minutes': 3, 'key': 'rest'}
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        message = "The file is larger than 1 MB."
        raise Refused([Trouble("Y01", 1, "$", message, "Split it or move tables to CSV.")])
    if "\x00" in text or "\t" in text:
        line = next(n for n, row in enumerate(text.split("\n"), 1) if "\x00" in row or "\t" in row)
        raise Refused([Trouble("Y02", line, "$", "A tab or NUL character.", "Indent with two spaces.")])
    node = _compose(text)
    if node is None:
        raise Refused([Trouble("Y04", 1, "$", "The file is empty.", "Copy the template to start.")])
    reader = _Reader()
    document = Document(reader.read(node, "$", 0), reader.lines)
    if reader.troubles:
        raise Refused(reader.troubles)
    return document


def _compose(text: str) -> yaml.Node | None:
    try:
        _refuse_deep(text)
        loader = _Loader(text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise Refused([_broken(error)]) from None
    except (yaml.YAMLError, UnicodeError) as error:
        message = f"This is not YAML: {error}."
        raise Refused([Trouble("Y03", 1, "$", message, "Save the file as UTF-8.")]) from None
    return node


def _refuse_deep(text: str) -> None:
    """Composing recurses in C, so that some ten thousand brackets would end the process; events do not recurse."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH + 1:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Refused([Trouble("Y06", line, "$", "Too deeply nested.", "Flatten the groups.")])


def _broken(error: yaml.MarkedYAMLError) -> Trouble:
    mark = error.problem_mark or error.context_mark
    hint = "Check the indentation here and the quotes of the line before."
    if "mapping values are not allowed" in (error.problem or ""):
        hint = "A text with ': ' inside must stand in double quotes."
    if "single document" in (error.context or ""):
        hint = "Remove the second '---'."
    line = mark.line + 1 if mark else 1
    return Trouble("Y03", line, "$", f"This is not YAML: {error.problem}.", hint)


class _Reader:
    """Walks the node tree once, gathering lines and troubles."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.troubles: list[Trouble] = []
        self.seen: set[int] = set()

    def say(self, code: str, line: int, place: str, message: str, remedy: str) -> None:
        self.troubles.append(Trouble(code, line, place, message, remedy))

    def read(self, node: yaml.Node, place: str, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines[place] = line
        if id(node) in self.seen:
            message = "An alias (*name) repeats an earlier part."
            return self.say("Y05", line, place, message, "Write the part out, or use an option list.")
        self.seen.add(id(node))
        if depth > MAX_DEPTH:
            return self.say("Y06", line, place, "Too deeply nested.", "Flatten the groups.")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, line, place)
        if node.tag not in ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"):
            self._refuse_tag(node, line, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(x, f"{place}[{i}]", depth + 1) for i, x in enumerate(node.value)]
        return self.mapping(node, place, depth)

    def _refuse_tag(self, node: yaml.Node, line: int, place: str) -> None:
        message = f"A YAML tag ({node.tag})."
        self.say("Y07", line, place, message, "Remove it; types come from the format.")

    def mapping(self, node: yaml.Node, place: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for k, v in node.value:
            key = k.value if isinstance(k, yaml.ScalarNode) else None
            line = k.start_mark.line + 1
            if key is None or key == "<<":
                message = "A merge key or a key that is not a word."
                self.say("Y08", line, place, message, "Write the keys out.")
                continue
            below = f"{place}.{key}"
            if key in result:
                self.say("Y09", line, below, f"The key '{key}' stands twice.", "Keep one of the two.")
                continue
            result[key] = self.read(v, below, depth + 1)
            self.lines[below] = line
        return result

    def scalar(self, node: yaml.ScalarNode, line: int, place: str) -> Any:
        if node.tag not in ("tag:yaml.org,2002:str", "!"):
            self._refuse_tag(node, line, place)
        return node.value if node.style else self.plain(node.value, line, place)

    def plain(self, text: str, line: int, place: str) -> Any:
        """A scalar without quotes: a number, true, false or a word; anything ambiguous is refused."""
        if _INT.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
        if text in ("true", "false"):
            return text == "true"
        if text in _NULLS:
            remedy = "Remove the key, or give it a value."
            if " " in place:
                remedy = "A text with a comma inside { } must stand in quotes."
            return self.say("Y10", line, place, "Nothing stands here.", remedy)
        if text in _LOOKS_BOOL:
            message = f"'{text}' alone is read differently by different programs."
            remedy = f'Write true or false, or put a word in quotes: "{text}".'
            self.say("Y11", line, place, message, remedy)
        if _BAD_NUMBER.match(text):
            remedy = f'Write it plainly (7, 0.5), or in quotes if it is a code ("{text}").'
            self.say("Y12", line, place, f"'{text[:40]}' is an unclear number.", remedy)
        return text
