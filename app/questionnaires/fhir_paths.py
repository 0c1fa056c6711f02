"""How FHIRPath reads an answer of a QuestionnaireResponse. Strings only."""

from collections.abc import Mapping
from typing import Any

TODAY = "%resource.authored.toString().substring(0,10).toDate()"
_CODED = ("choice", "choices", "open_choice")


def read_answer(name: str, kind: str, scores: Mapping[Any, float | None] | None) -> str:
    """The answer of an item outside rows: its score for a scored choice, else its code or value."""
    base = f"%resource.repeat(item).where(linkId='{name}').answer.{_value(kind)}"
    return _scored(base, scores)


def read_row_answer(name: str, kind: str, scores: Mapping[Any, float | None] | None) -> str:
    """The same inside one row of a repeating group."""
    return _scored(f"item.where(linkId='{name}').answer.{_value(kind)}", scores)


def _value(kind: str) -> str:
    if kind in _CODED:
        return "value.code"
    return "value.value" if kind == "decimal" else "value"


def _scored(base: str, scores: Mapping[Any, float | None] | None) -> str:
    known = {code: score for code, score in (scores or {}).items() if score is not None}
    if not scores or not known:
        return base
    if all(isinstance(code, int) and scores[code] == code for code in scores):
        return f"{base}.toInteger()"
    out = "{}"
    for code, score in reversed(known.items()):
        out = f"iif({base} = '{code}', {score!r}, {out})"
    return out
