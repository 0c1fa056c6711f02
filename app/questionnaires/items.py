"""Walks the pages of a file: checks every item and lists questions, groups and blocks.

Compiles no condition.
"""

import re
from dataclasses import dataclass

from msgspec.structs import replace

from app.questionnaires import shapes
from app.questionnaires.draft import ID, Conditions, Draft, PendingBlock, PendingQuestion
from app.questionnaires.expressions.kinds import Interval, Kind, Symbol, fhir_name
from app.questionnaires.fhir_paths import read_row_answer
from app.questionnaires.head import check_codes

_RANGE = re.compile(r"([a-z](?:[a-z0-9_]*[a-z_])?)(\d{1,4}) \.\.\. ([a-z](?:[a-z0-9_]*[a-z_])?)(\d{1,4})\Z")
_CHOICES = ("choice", "choices", "open_choice")
_KEYS = {
    "group": {"items", "repeat"},
    "matrix": {"rows", "options"},
    "entry": {"ids", "range", "options"},
    "choice": {"options"},
    "choices": {"options"},
    "open_choice": {"options"},
    "integer": {"range", "unit"},
    "decimal": {"range", "unit", "decimals"},
    "slider": {"range", "unit", "ends"},
    "text": {"max_length"},
    "long_text": {"max_length"},
    "date": {"not_before", "not_after"},
}
_SPECIAL_KEYS = (
    "items",
    "repeat",
    "rows",
    "options",
    "ids",
    "range",
    "unit",
    "decimals",
    "ends",
    "max_length",
    "not_before",
    "not_after",
)


@dataclass(frozen=True, slots=True)
class Where:
    """Where an item stands: its page, repeating group, conditions above it, and depth of groups."""

    page: str
    group: str | None = None
    conditions: Conditions = ()
    depth: int = 0


def read_pages(draft: Draft) -> None:
    """Every page and item; fills questions, symbols, order and pages of the draft."""
    seen: set[str] = set()
    for i, page in enumerate(draft.file.pages):
        place = f"$.pages[{i}]"
        if page.id in seen or not ID.match(page.id):
            message = f"The page id '{page.id}' is used twice or is not an id."
            draft.say("Q09", f"{place}.id", message, "Ids are unique.")
        seen.add(page.id)
        for words, name in ((page.title, "title"), (page.intro, "intro")):
            if words:
                draft.text(words, f"{place}.{name}")
        if not page.items:
            draft.say("Q26", place, "The page is empty.", "Add items or remove it.")
        conditions = ((page.show_if, f"{place}.show_if"),) if page.show_if else ()
        walk = _Walk(draft, page.id)
        where = Where(page.id, None, conditions)
        draft.pages.append([walk.item(x, f"{place}.items[{j}]", where) for j, x in enumerate(page.items)])
    for name in draft.options:
        if name not in draft.used_options:
            message = f"The option list '{name}' is not used."
            draft.warn("Q27", f"$.options.{name}", message, "Remove it or use it.")


class _Walk:
    """One page; numbers the blocks that have no id."""

    def __init__(self, draft: Draft, page: str) -> None:
        self.draft, self.page, self.count = draft, page, 0

    def item(self, item: shapes.Item, place: str, where: Where) -> PendingBlock:
        self.count += 1
        conditions = where.conditions
        if item.show_if is not None:
            conditions = (*conditions, (item.show_if, f"{place}.show_if"))
        start = len(self.draft.order)
        key = f"{self.page}.{self.count}"
        block = PendingBlock(item, place, key, where.group, conditions, start)
        inside = Where(where.page, where.group, conditions, where.depth)
        self._keys(item, place)
        if item.help:
            self.draft.text(item.help, f"{place}.help")
        match item.type:
            case "group":
                self._group(item, block, inside)
            case "info":
                self.draft.text(item.text, f"{place}.text")
            case "matrix":
                self._matrix(item, block, inside)
            case "entry":
                self._entry(item, block, inside)
            case _:
                self._plain(item, block, inside)
        return block

    def _keys(self, item: shapes.Item, place: str) -> None:
        allowed = _KEYS.get(item.type, set())
        for key in _SPECIAL_KEYS:
            if getattr(item, key) is not None and key not in allowed:
                message = f"'{key}' has no meaning for type '{item.type}'."
                self.draft.say("Q28", f"{place}.{key}", message, "Remove it or change the type.")

    def _plain(self, item: shapes.Item, block: PendingBlock, inside: Where) -> None:
        if read_question(self.draft, item, block.place, inside) and item.id:
            block.key = item.id
            block.own_items.append(item.id)

    def _group(self, item: shapes.Item, block: PendingBlock, inside: Where) -> None:
        draft, place = self.draft, block.place
        if item.repeat and not self._repeat(item, item.repeat, block, inside):
            return
        if inside.depth > 3:
            draft.say("Q30", place, "Groups nested more than three deep.", "Flatten them.")
        if item.text:
            draft.text(item.text, f"{place}.text")
        if not item.items:
            draft.say("Q26", place, "The group is empty.", "Add items or remove it.")
        group = item.id if item.repeat else inside.group
        below = Where(inside.page, group, inside.conditions, inside.depth + 1)
        block.blocks = [self.item(x, f"{place}.items[{j}]", below) for j, x in enumerate(item.items or ())]

    def _repeat(self, item: shapes.Item, repeat: shapes.Repeat, block: PendingBlock, inside: Where) -> bool:
        draft, place = self.draft, block.place
        if not draft.identifier(item.id, f"{place}.id", "group") or item.id is None:
            return False
        if inside.group:
            remedy = "Make it a questionnaire of its own."
            draft.say("Q29", place, "A repeating group inside a repeating group.", remedy)
        if not 1 <= repeat.most <= 100 or not 0 <= repeat.least <= repeat.most:
            message = "A repeat needs a limit from 1 to 100, and least: not above it."
            draft.say("Q31", f"{place}.repeat.most", message, "Correct most: or least:.")
        draft.symbols[item.id] = Symbol(item.id, Kind.ROWS, "group", (repeat.least, repeat.most))
        draft.text(repeat.row, f"{place}.repeat.row")
        block.key = item.id
        return True

    def _matrix(self, item: shapes.Item, block: PendingBlock, inside: Where) -> None:
        if not item.rows:
            remedy = "Add rows: with an id and a text each."
            self.draft.say("Q32", block.place, "A matrix without rows.", remedy)
        if item.text:
            self.draft.text(item.text, f"{block.place}.text")
        for name, words in (item.rows or {}).items():
            row = replace(item, type="choice", id=name, text=words, rows=None, show_if=None, help=None)
            place = f"{block.place}.rows.{name}"
            if read_question(self.draft, row, place, inside, row=True):
                block.own_items.append(name)

    def _entry(self, item: shapes.Item, block: PendingBlock, inside: Where) -> None:
        words = item.text or {"en": "Item", "fr": "Item"}
        for name in self._entry_ids(item, block.place):
            number = name.removeprefix("q").lstrip("_")
            label = {language: f"{written} {number}" for language, written in words.items()}
            kind: shapes.ItemType = "choice" if item.options else "integer"
            line = replace(item, type=kind, id=name, ids=None, text=label, show_if=None)
            if read_question(self.draft, line, block.place, inside):
                block.own_items.append(name)

    def _entry_ids(self, item: shapes.Item, place: str) -> list[str]:
        ids = item.ids or ""
        found = _RANGE.match(ids)
        if found and found[1] == found[3] and int(found[2]) <= int(found[4]):
            return [f"{found[1]}{n}" for n in range(int(found[2]), int(found[4]) + 1)]
        listed = re.split(r", ?", ids)
        if not found and all(ID.match(name) for name in listed):
            return listed
        remedy = 'Write ids: "q1 ... q10", or "q3, q4, q7".'
        self.draft.say("Q33", f"{place}.ids", f"'{item.ids}' is not a list of ids.", remedy)
        return []


def read_question(draft: Draft, item: shapes.Item, place: str, where: Where, *, row: bool = False) -> bool:
    """Check one question and make its symbol; `row` says that the place is the text itself (matrix)."""
    name = item.id
    if not draft.identifier(name, place if row else f"{place}.id", "item") or name is None:
        return False
    if draft.file.wording == "full" or item.text:
        draft.text(item.text, place if row else f"{place}.text")
    check_codes(draft, item.codes, f"{place}.codes")
    scores = None
    if item.type in _CHOICES:
        scores = _options_of(draft, item, place)
        symbol = _choice_symbol(name, item.type, draft.options.get(item.options or "", {}), scores)
    else:
        symbol = Symbol(name, *_kind(draft, item, place))
    draft.symbols[name] = Symbol(
        name,
        symbol.kind,
        "item",
        symbol.interval,
        symbol.codes,
        where.group,
        "%" + fhir_name(name) if where.group is None else "1",
        read_row_answer(name, item.type, scores),
    )
    draft.order.append(name)
    draft.questions.append(PendingQuestion(item, place, where.page, where.group, where.conditions, scores))
    return True


def _options_of(draft: Draft, item: shapes.Item, place: str) -> dict[object, float | None] | None:
    """The scores of a scored choice; None where codes stay codes."""
    if item.options is None:
        message = f"'{item.id}' has no options."
        draft.say("Q34", place, message, "Name an option list: options: frequency.")
        return None
    if item.options not in draft.options:
        message = f"There is no option list '{item.options}'."
        remedy = f"The lists are: {', '.join(draft.options) or 'none'}."
        draft.say("Q35", f"{place}.options", message, remedy)
        return None
    draft.used_options.add(item.options)
    scores = draft.options[item.options]
    scored = item.type == "choice" and any(score is not None for score in scores.values())
    return scores if scored else None


def _choice_symbol(
    name: str, kind: str, options: dict[object, float | None], scores: dict[object, float | None] | None
) -> Symbol:
    if scores is not None:
        numbers = tuple(score for score in scores.values() if score is not None)
        return Symbol(name, Kind.NUMBER, "item", (min(numbers), max(numbers)), numbers)
    return Symbol(name, Kind.CODES if kind == "choices" else Kind.CODE, codes=tuple(options))


def _kind(draft: Draft, item: shapes.Item, place: str) -> tuple[Kind, str, Interval]:
    match item.type:
        case "yes_no":
            return Kind.BOOL, "item", None
        case "integer" | "decimal" | "slider":
            return Kind.NUMBER, "item", _numeric(draft, item, place)
        case "date":
            return Kind.DATE, "item", None
        case "time":
            return Kind.TIME, "item", None
        case "text" | "long_text" if not item.max_length or item.max_length < 1:
            message = f"The text '{item.id}' has no max_length."
            draft.say("Q39", place, message, "Add max_length:, e.g. 200.")
    return Kind.TEXT, "item", None


def _numeric(draft: Draft, item: shapes.Item, place: str) -> Interval:
    if item.type == "decimal" and not item.unit:
        remedy = 'Write unit: kg (UCUM), or unit: "1" for a plain number.'
        draft.say("Q37", place, f"'{item.id}' has no unit.", remedy)
    if item.type == "slider" and (not item.ends or set(item.ends) != {"low", "high"}):
        message = f"The slider '{item.id}' does not say what its ends mean."
        draft.say("Q38", place, message, "Add ends: with low: and high:.")
    for end, words in (item.ends or {}).items():
        draft.text(words, f"{place}.ends.{end}")
    if item.range is None or len(item.range) != 2 or item.range[0] >= item.range[1]:
        message = f"'{item.id}' needs a range."
        draft.say("Q36", place, message, "Write range: [lowest, highest].")
        return None
    return (item.range[0], item.range[1])
