"""Small parts of FHIR R4 resources: texts with translations, codings, expressions, extensions. Pure."""

from collections.abc import Mapping
from typing import Any

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CORE = "http://hl7.org/fhir/StructureDefinition/"
CANONICAL = "https://cohorte.example/questionnaires"
TERMINOLOGIES = {"loinc": "http://loinc.org", "snomed": "http://snomed.info/sct"}

Json = dict[str, Any]


def fhirpath(expression: str) -> Json:
    return {"language": "text/fhirpath", "expression": expression}


def texts(words: Mapping[str, str] | None, base: str) -> Json:
    """`text` in the base language, and `_text` with the translations; nothing for no words.

    >>> texts({"en": "yes"}, "en")
    {'text': 'yes'}
    """
    if not words:
        return {}
    out: Json = {"text": words.get(base) or next(iter(words.values()))}
    others = [(tag, written) for tag, written in words.items() if tag != base]
    if others:
        out["_text"] = {"extension": [translation(tag, written) for tag, written in others]}
    return out


def translation(tag: str, written: str) -> Json:
    parts = [{"url": "lang", "valueCode": tag}, {"url": "content", "valueString": written}]
    return {"url": CORE + "translation", "extension": parts}


def option_system(key: str, options: str | None) -> str:
    """The code system of an option list."""
    return f"{CANONICAL}/{key}/{options or ''}"


def control(code: str) -> Json:
    system = "http://hl7.org/fhir/questionnaire-item-control"
    concept = {"coding": [{"system": system, "code": code}]}
    return {"url": CORE + "questionnaire-itemControl", "valueCodeableConcept": concept}


def variable(name: str, expression: str) -> Json:
    return {"url": CORE + "variable", "valueExpression": {"name": name, **fhirpath(expression)}}


def constraint(key: str, expression: str, level: str, human: str) -> Json:
    parts = [
        {"url": "key", "valueId": key.replace("_", "-")},
        {"url": "severity", "valueCode": level},
        {"url": "expression", "valueString": expression},
        {"url": "human", "valueString": human},
    ]
    return {"url": CORE + "questionnaire-constraint", "extension": parts}
