"""To FHIR R4 Questionnaire with SDC, and a QuestionnaireResponse of plain answers. Pure.

Dicts out, nothing sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.questionnaires.expressions.functions import FHIR_YEARS
from app.questionnaires.expressions.kinds import Node, fhir_name
from app.questionnaires.fhir_items import page_item
from app.questionnaires.fhir_parts import (
    CANONICAL,
    SDC,
    Json,
    constraint,
    fhirpath,
    option_system,
    texts,
    variable,
)
from app.questionnaires.fhir_paths import TODAY, read_answer
from app.questionnaires.model import CompiledScore, Question, Questionnaire, text


def export(q: Questionnaire, base: str = "en") -> Json:
    """The questionnaire as a FHIR R4 resource.

    Scores are calculated expressions, bands and norms stay behind.
    """
    f = q.file
    items = [page_item(q, page, base) for page in q.pages]
    results = [_score_item(compiled, base) for compiled in q.scores]
    if results:
        items.append({"linkId": "results", "type": "group", "item": results})
    return {
        "resourceType": "Questionnaire",
        "url": f"{CANONICAL}/{f.key}",
        "version": f.version,
        "name": f.key,
        "title": text(f.title, base),
        "language": base,
        "_title": texts(f.title, base).get("_text"),
        "status": {"published": "active"}.get(f.status, f.status),
        "copyright": f"{f.rights.holder}. {f.rights.terms}",
        "extension": [_launch_context(), *_variables(q), *_constraints(q, base)],
        "item": items,
    }


def _launch_context() -> Json:
    parts = [{"url": "name", "valueCoding": {"code": "patient"}}, {"url": "type", "valueCode": "Patient"}]
    return {"url": SDC + "launchContext", "extension": parts}


def _score_item(compiled: CompiledScore, base: str) -> Json:
    kind = "boolean" if compiled.node.kind == "yes/no" else "decimal"
    out: Json = {"linkId": f"score-{compiled.id}", **texts(compiled.score.title, base), "type": kind}
    out["readOnly"] = True
    if compiled.node.fhir:
        expression = fhirpath("%" + fhir_name(compiled.id))
        out["extension"] = [{"url": SDC + "calculatedExpression", "valueExpression": expression}]
    return out


def _score_nodes(q: Questionnaire) -> Iterable[Node]:
    for compiled in q.scores:
        yield from (n for n in (compiled.node, compiled.applies, compiled.computable) if n is not None)


def _every_node(q: Questionnaire) -> Iterable[Node]:
    for question in q.questions.values():
        yield from question.show
        if isinstance(question.required, Node):
            yield question.required
    for block in q.every_block():
        yield from block.show
    yield from q.values.values()
    yield from _score_nodes(q)
    yield from (node for _, node in q.checks)


def _variables(q: Questionnaire) -> list[Json]:
    """Items that expressions read, then values, then scores: each may use those before it."""
    used = {name for node in _every_node(q) for name in node.names}
    out = []
    if "age" in used:
        out.append(variable("vage", FHIR_YEARS.format("%patient.birthDate", TODAY)))
    for name in q.order:
        x = q.questions[name]
        if name in used and x.group is None:
            out.append(variable(fhir_name(name), read_answer(name, x.type, x.scores)))
    out += [variable(fhir_name(name), node.fhir) for name, node in q.values.items() if node.fhir]
    for compiled in q.scores:
        if expression := _score_expression(compiled):
            out.append(variable(fhir_name(compiled.id), expression))
    return out


def _score_expression(compiled: CompiledScore) -> str | None:
    expression = compiled.node.fhir
    if expression is None:
        return None
    if compiled.computable is not None:
        expression = f"iif({compiled.computable.fhir}, {expression})"
    if compiled.applies is not None:
        expression = f"iif(({compiled.applies.fhir}).not(), {{}}, {expression})"
    return expression


def _constraints(q: Questionnaire, base: str) -> list[Json]:
    """Checks outside rows; an unknown condition is no violation."""
    out = []
    for check, node in q.checks:
        in_rows = any(q.questions[name].group for name in node.names if name in q.questions)
        if node.fhir and not in_rows:
            expression = f"({node.fhir}).empty() or ({node.fhir})"
            out.append(constraint(check.id, expression, check.level, text(check.message, base)))
    return out


# --- responses ------------------------------------------------------------------------------------


def response(q: Questionnaire, answers: Mapping[str, Any], authored: str | None = None) -> Json:
    """A flat QuestionnaireResponse of answers as JSON; the caller leaves out what is hidden.

    `authored` is a FHIR dateTime.
    """
    items: list[Json] = []
    for name, value in answers.items():
        if value in (None, []):
            continue
        if name in q.groups:
            items += [{"linkId": name, "item": _row(q, row)} for row in value]
        else:
            items.append({"linkId": name, "answer": _answer(q, q.questions[name], value)})
    out: Json = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    if authored:
        out["authored"] = authored
    return {**out, "item": items}


def _row(q: Questionnaire, row: Mapping[str, Any]) -> list[Json]:
    given = ((name, value) for name, value in row.items() if value is not None)
    return [{"linkId": name, "answer": _answer(q, q.questions[name], value)} for name, value in given]


def _answer(q: Questionnaire, question: Question, value: Any) -> list[Json]:
    match question.type:
        case "choice" | "choices" | "open_choice":
            values = value if isinstance(value, list) else [value]
            return [_coded(q, question, one) for one in values]
        case "decimal":
            return [{"valueQuantity": {"value": value, "unit": question.item.unit}}]
        case "time":
            return [{"valueTime": f"{value}:00"}]
    name = {
        "yes_no": "valueBoolean",
        "integer": "valueInteger",
        "slider": "valueInteger",
        "date": "valueDate",
        "partial_date": "valueDate",
    }.get(question.type, "valueString")
    return [{name: value}]


def _coded(q: Questionnaire, question: Question, value: Any) -> Json:
    if value not in question.codes:
        return {"valueString": str(value)}
    return {"valueCoding": {"system": option_system(q.key, question.item.options), "code": str(value)}}
