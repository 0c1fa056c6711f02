"""From what an HTML form posts to an answer as JSON holds it, and back to what its fields show. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.questionnaires.model import Question
from app.questionnaires.problems import Problem, ProblemCode

MAX_DIGITS = 40

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)\Z", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_CLOCK = re.compile(r"(\d{1,2})\s*(?::|[hH])\s*(\d{1,2})?\Z", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2}))?\Z", re.ASCII)


def parse_field(question: Question, raw: Sequence[str], language: str) -> Any:
    """What a form posted for one question: its answer as JSON, None when left empty, or a Problem.

    Numbers may have a decimal comma or point and no-break spaces between thousands;
    a date comes as year-month-day;
    a time as 07:30, 7h30 or 7 h 30. The language decides nothing that both forms do not already allow.
    """
    if question.type == "choices":
        answer: Any = [_code(question, text) for text in dict.fromkeys(raw) if text] or None
    else:
        blank = "- \t\r\n" if question.type in ("date", "partial_date") else None
        typed = next((text for text in reversed(raw) if text.strip(blank)), "")
        answer = _single(question, typed) if typed else None
    if answer is None or isinstance(answer, Problem):
        return answer
    _, problem = question.read(answer)
    return problem or (None if isinstance(answer, str) and not answer.strip() else answer)


def _single(question: Question, typed: str) -> Any:
    match question.type:
        case "choice" | "open_choice":
            return _code(question, typed.replace("\r\n", "\n"))
        case "yes_no":
            return {"true": True, "false": False}.get(typed.strip(), Problem(ProblemCode.NOT_YES_OR_NO))
        case "integer" | "slider" | "decimal":
            return _number(typed, question)
        case "date" | "partial_date":
            return _date(typed.strip(), partial=question.type == "partial_date")
        case "time":
            return _time(typed)
    return typed.replace("\r\n", "\n").replace("\r", "\n")


def _code(question: Question, typed: str) -> Any:
    """The option code a field stands for; codes that are whole numbers are numbers in JSON."""
    return next((code for code in question.codes if str(code) == typed), typed)


def _number(typed: str, question: Question) -> Any:
    whole = question.type != "decimal"
    plain = _SPACES.sub("", typed).replace("−", "-")
    if len(plain) > MAX_DIGITS or not _NUMBER.match(plain):
        return Problem(ProblemCode.NOT_A_NUMBER)
    _, _, decimals = plain.replace(",", ".").partition(".")
    if whole and (decimals.strip("0") or len(decimals) == 3):
        return Problem(ProblemCode.NOT_WHOLE)
    # "1,000" is a thousand to some readers and one to others: where no third decimal is expected, we do not guess.
    if len(decimals) == 3 and question.item.decimals is not None and question.item.decimals < 3:
        return Problem(ProblemCode.NOT_A_NUMBER)
    number = Decimal(plain.replace(",", "."))
    if number == number.to_integral_value():
        return int(number)
    return float(number)


def _date(typed: str, *, partial: bool) -> str | Problem:
    if found := _DAY.match(typed):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if partial and (found := _MONTH.match(typed.rstrip("-"))):
        return found[1] if found[2] is None else f"{found[1]}-{int(found[2]):02}"
    return Problem(ProblemCode.NOT_A_DATE)


def _time(typed: str) -> str | Problem:
    found = _CLOCK.match(_SPACES.sub("", typed))
    if not found:
        return Problem(ProblemCode.NOT_A_TIME)
    return f"{int(found[1]):02}:{int(found[2] or 0):02}"


def field_texts(question: Question, answer: Any, language: str) -> list[str]:
    """What the fields of a question hold to show a stored answer;
    `parse_field` reads it back to the same answer.

    A number has the decimal sign of the language and no thousands; a date stays year-month-day.
    """
    if answer is None:
        return []
    if isinstance(answer, list):
        return [str(code) for code in answer]
    if isinstance(answer, bool):
        return ["true" if answer else "false"]
    if isinstance(answer, int | float):
        return [number_text(answer, language)]
    return [str(answer)]


def number_text(number: float, language: str) -> str:
    """A number as its readers write it, without rounding and without exponent.

    >>> number_text(6.5, "fr"), number_text(6.5, "en"), number_text(12.0, "fr-CA")
    ('6,5', '6.5', '12')
    """
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    plain = format(Decimal(repr(number)), "f")
    return plain.replace(".", ",") if language.startswith("fr") else plain
