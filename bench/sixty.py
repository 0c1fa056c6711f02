"""A questionnaire of sixty items on one page, of every common kind, made for measuring; and a library that holds it."""

from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

KEY = "sixty"
VERSION = "1.0.0"
SINGLE: list[dict[str, Any]] = [
    *[{"type": "choice", "options": "often"}] * 38,
    *[{"type": "yes_no"}] * 8,
    *[{"type": "integer", "range": [0, 30], "unit": "d"}] * 6,
    *[{"type": "slider", "range": [0, 10], "ends": {"low": {"en": "None"}, "high": {"en": "As much as can be"}}}] * 2,
    *[{"type": "partial_date"}] * 2,
    *[{"type": "text", "max_length": 120}] * 4,
]
WORDS = {"en": "How often, over the last two weeks, did this part of your day ask more of you than it used to?"}
OFTEN = ("Not at all", "Several days", "More than half the days", "Nearly every day", "Every day")


def definition() -> dict[str, Any]:
    """The questionnaire as a file says it. Six questions show only after a certain answer, as in real ones."""
    items = []
    for number, kind in enumerate(SINGLE, 1):
        item: dict[str, Any] = {"id": f"q{number}", **deepcopy(kind), "text": {"en": f"{WORDS['en']} ({number})"}}
        if 30 < number <= 36:
            item["show_if"] = f"q{number - 30} >= 1"
        items.append(item)
    return {
        "format": 1,
        "key": KEY,
        "version": VERSION,
        "status": "draft",
        "title": {"en": "Sixty questions"},
        "short_name": "Sixty",
        "category": "social",
        "answered_by": ["patient"],
        "wording": "full",
        "minutes": 20,
        "purpose": {"en": "To measure the software."},
        "languages": {"en": {"kind": "own"}},
        "rights": {"holder": "Cohorte project", "terms": "Same licence as the software.", "wording_may_ship": True},
        "sources": [{"cite": "Written for measuring.", "supports": ["wording", "scoring"]}],
        "options": {"often": {code: {"en": words} for code, words in enumerate(OFTEN)}},
        "pages": [{"id": "all", "title": {"en": "All of them"}, "items": items}],
        "scores": [
            {
                "id": "total",
                "title": {"en": "Total"},
                "formula": "sum(q1, ..., q30)",
                "missing": "all_required",
                "range": [0, 120],
                "higher_is": "worse",
            }
        ],
        "examples": [
            {
                "source": "Added up by hand.",
                "answers": {f"q{number}": 1 for number in range(1, 31)},
                "expect": {"total": 30},
            }
        ],
    }


def make_library(folder: Path, shipped: Path) -> None:
    """A folder with every shipped questionnaire and this one."""
    for path in shipped.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / KEY).mkdir()
    text = yaml.safe_dump(definition(), allow_unicode=True, sort_keys=False)
    (folder / KEY / f"{VERSION}.yml").write_text(text, encoding="utf-8")


def an_answer(question: Any, turn: int) -> Any:
    """Some right answer to a question, as JSON; another for another turn."""
    match question.type:
        case "choice" | "open_choice":
            return question.codes[turn % len(question.codes)]
        case "choices":
            return [question.codes[turn % len(question.codes)]]
        case "yes_no":
            return turn % 2 == 0
        case "integer" | "slider" | "decimal":
            low, high = question.item.range or [0, 10]
            return int(low) + 1 + turn % (int(high - low) or 1)
        case "date":
            return "2026-01-15"
        case "partial_date":
            return "2019"
        case "time":
            return "07:30"
    return "Some words of an ordinary length"


def every_second(names: list[str]) -> list[str]:
    """Half of them."""
    return list(islice(names, 0, None, 2))
