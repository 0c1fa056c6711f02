"""The variables of a questionnaire for whoever analyses its exports: names, labels, codes, ranges. Pure."""

from typing import Any

from app.questionnaires.model import CompiledScore, Question, Questionnaire

MISSING_ANSWER = {".u": "not answered", ".h": "hidden by skip logic"}
MISSING_SCORE = {".n": "not computable", ".a": "not applicable"}


def codebook(q: Questionnaire) -> list[dict[str, Any]]:
    """One row for each item and score, plain values only; labels in every language of the file."""
    return [*(_item(q, x) for x in q.questions.values()), *(_score(q, s) for s in q.scores)]


def _item(q: Questionnaire, question: Question) -> dict[str, Any]:
    item = question.item
    low, high = item.range or (None, None)
    return {
        "variable": f"{q.key}_{question.id}",
        "kind": question.type,
        "labels": dict(item.text or {}),
        "group": question.group,
        "low": low,
        "high": high,
        "unit": item.unit,
        "codes": _codes(q, question),
        "shown_if": _conditions(q, question),
        "required": question.required is True,
        "identifiers": dict(item.codes or {}),
        "missing_codes": MISSING_ANSWER,
    }


def _codes(q: Questionnaire, question: Question) -> dict[str, dict[str, Any]]:
    options = q.file.options.get(question.item.options or "", {})
    out = {}
    for code, (written, body) in zip(question.codes, options.items(), strict=True):
        labels = {tag: body[tag] for tag in q.file.languages if tag in body}
        out[written] = {"labels": labels, "score": question.scores.get(code) if question.scores else None}
    return out


def _conditions(q: Questionnaire, question: Question) -> str | None:
    """Every condition on the item and above it, as written."""
    page = q.page(question.page)
    texts = [page.shape.show_if]
    blocks = page.blocks
    while found := next((block for block in blocks if question.id in block.questions), None):
        texts.append(found.item.show_if)
        blocks = found.blocks
    written = [text for text in texts if text]
    return written[0] if len(written) == 1 else " and ".join(f"({text})" for text in written) or None


def _score(q: Questionnaire, compiled: CompiledScore) -> dict[str, Any]:
    score = compiled.score
    low, high = score.range or (None, None)
    return {
        "variable": f"{q.key}_{score.id}",
        "kind": "score",
        "labels": dict(score.title),
        "formula": " ".join(score.formula.split()),
        "low": low,
        "high": high,
        "unit": score.unit,
        "bands": [{"from": b.start, "code": b.code, "labels": dict(b.label)} for b in score.bands or ()],
        "missing_codes": MISSING_SCORE,
    }
