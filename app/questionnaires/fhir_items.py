"""The items of a FHIR R4 Questionnaire: questions, groups, matrices, and when they are shown. Pure."""

from collections.abc import Iterator
from typing import Any

from app.questionnaires.expressions.kinds import Node, Simple
from app.questionnaires.fhir_parts import (
    CORE,
    SDC,
    TERMINOLOGIES,
    Json,
    constraint,
    control,
    fhirpath,
    option_system,
    texts,
)
from app.questionnaires.model import Block, Page, Question, Questionnaire

_TYPES = {
    "choice": "choice",
    "choices": "choice",
    "open_choice": "open-choice",
    "yes_no": "boolean",
    "integer": "integer",
    "slider": "integer",
    "decimal": "quantity",
    "date": "date",
    "partial_date": "date",
    "time": "time",
    "text": "string",
    "long_text": "text",
    "attachment": "attachment",
    "info": "display",
}
_REQUIRED = {"en": "An answer is needed here.", "fr": "Une réponse est nécessaire ici."}


def page_item(q: Questionnaire, page: Page, base: str) -> Json:
    out: Json = {"linkId": f"page-{page.id}", **texts(page.shape.title, base), "type": "group"}
    out["item"] = [item for block in page.blocks for item in _block(q, block, base)]
    _show(q, out, page.show)
    return out


def _block(q: Questionnaire, block: Block, base: str) -> Iterator[Json]:
    match block.kind:
        case "group":
            yield _group(q, block, base)
        case "matrix":
            yield _matrix(q, block, base)
        case "info":
            out: Json = {"linkId": f"info-{block.key.replace('.', '-')}", **texts(block.item.text, base)}
            out["type"] = "display"
            _show(q, out, block.own)
            yield out
        case _:
            for name in block.questions:
                line = _question(q, q.questions[name], base)
                _show(q, line, block.own)
                yield line


def _group(q: Questionnaire, block: Block, base: str) -> Json:
    inside = [item for below in block.blocks for item in _block(q, below, base)]
    link = block.item.id or f"group-{inside[0]['linkId']}"
    out: Json = {"linkId": link, **texts(block.item.text, base), "type": "group", "item": inside}
    repeat = block.item.repeat
    if repeat:
        out["repeats"] = True
        out["extension"] = [
            {"url": CORE + "questionnaire-minOccurs", "valueInteger": repeat.least},
            {"url": CORE + "questionnaire-maxOccurs", "valueInteger": repeat.most},
        ]
    _show(q, out, block.own)
    return out


def _matrix(q: Questionnaire, block: Block, base: str) -> Json:
    rows = [_question(q, q.questions[name], base) for name in block.questions]
    out: Json = {"linkId": f"matrix-{block.questions[0]}", **texts(block.item.text, base)}
    out |= {"type": "group", "item": rows, "extension": [control("htable")]}
    _show(q, out, block.own)
    return out


# --- questions ------------------------------------------------------------------------------------


def _question(q: Questionnaire, question: Question, base: str) -> Json:
    item = question.item
    out: Json = {"linkId": question.id, **texts(item.text, base), "type": _TYPES[item.type]}
    if item.options:
        out["answerOption"] = _options(q, question, base)
    if item.type == "choices":
        out["repeats"] = True
    if item.max_length:
        out["maxLength"] = item.max_length
    if question.required is True:
        out["required"] = True
    if item.codes:
        codes = item.codes.items()
        out["code"] = [{"system": TERMINOLOGIES[k], "code": v} for k, v in codes if k in TERMINOLOGIES]
    extensions = [*_numeric(question), *_required(question, base)]
    if extensions:
        out["extension"] = extensions
    return out


def _options(q: Questionnaire, question: Question, base: str) -> list[Json]:
    name = question.item.options or ""
    out = []
    for code, (written, body) in zip(question.codes, q.file.options[name].items(), strict=True):
        coding: Json = {"system": option_system(q.key, name), "code": written}
        words = texts({tag: body[tag] for tag in body if tag in q.file.languages}, base)
        if words:
            coding["display"] = words["text"]
        if "_text" in words:
            coding["_display"] = words["_text"]
        score = question.scores.get(code) if question.scores else None
        if score is not None:
            coding["extension"] = [{"url": CORE + "ordinalValue", "valueDecimal": score}]
        option: Json = {"valueCoding": coding}
        if body.get("exclusive"):
            alone = {"url": CORE + "questionnaire-optionExclusive", "valueBoolean": True}
            option["extension"] = [alone]
        out.append(option)
    return out


def _numeric(question: Question) -> Iterator[Json]:
    item = question.item
    if item.type == "slider":
        yield control("slider")
    if item.range:
        for name, value in zip(("min", "max"), item.range, strict=True):
            if item.type == "decimal":
                quantity = {"value": value, "unit": item.unit}
                yield {"url": f"{SDC}{name}Quantity", "valueQuantity": quantity}
            else:
                yield {"url": f"{CORE}{name}Value", "valueInteger": value}
    if item.unit and item.type != "slider":
        coding = {"system": "http://unitsofmeasure.org", "code": item.unit}
        yield {"url": CORE + "questionnaire-unit", "valueCoding": coding}


def _required(question: Question, base: str) -> Iterator[Json]:
    required = question.required
    if isinstance(required, Node) and required.fhir:
        answer = f"%resource.repeat(item).where(linkId='{question.id}').answer.exists()"
        human = _REQUIRED.get(base, _REQUIRED["en"])
        yield constraint(f"required-{question.id}", f"({required.fhir}) implies {answer}", "error", human)


# --- conditions -----------------------------------------------------------------------------------


def _show(q: Questionnaire, target: Json, node: Node | None) -> None:
    """enableWhen where the condition is plain and means the same there, else enableWhenExpression."""
    if node is None:
        return
    when, behaviour = _plain_conditions(q, node)
    if when:
        target["enableWhen"] = when
        if len(when) > 1:
            target["enableBehavior"] = behaviour
        return
    expression = {"url": SDC + "enableWhenExpression", "valueExpression": fhirpath(node.fhir or "true")}
    target.setdefault("extension", []).append(expression)


def _plain_conditions(q: Questionnaire, node: Node) -> tuple[list[Json], str]:
    """One comparison, or one and/or of them, on unrepeated items; empty where enableWhen cannot say it."""
    if node.plain and node.plain in q.questions and not q.questions[node.plain].group:
        return [{"question": node.plain, "operator": "=", "answerBoolean": True}], "all"
    behaviour, parts = node.joined or ("all", (node.simple,) if node.simple else ())
    when = [_when(q, part) for part in parts]
    plain = [condition for condition in when if condition is not None]
    return (plain, behaviour) if len(plain) == len(parts) else ([], behaviour)


def _when(q: Questionnaire, part: Simple) -> Json | None:
    item, operator, literal = part
    question = q.questions.get(item)
    if question is None or question.group:
        return None
    if question.type not in ("choice", "integer", "yes_no", "slider"):
        return None
    if question.type == "choice" and operator not in ("=", "exists"):
        return None
    return {"question": item, "operator": operator, **_literal(q, question, operator, literal)}


def _literal(q: Questionnaire, question: Question, operator: str, literal: Any) -> Json:
    if operator == "exists" or question.type == "yes_no":
        return {"answerBoolean": literal}
    if question.type != "choice":
        return {"answerInteger": literal}
    scores = question.scores
    code = next(c for c in scores if scores[c] == literal) if scores else literal
    coding = {"system": option_system(q.key, question.item.options), "code": str(code)}
    return {"answerCoding": coding}
