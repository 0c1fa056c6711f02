"""A red flag as a team reads it: what it means, the exact answers behind it, what the person was shown. Pure."""

from dataclasses import dataclass

from app.alerts.model import Alert, Receipt
from app.questionnaires.explanation import answer_text
from app.questionnaires.model import Questionnaire, text
from app.responses.model import Response

MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Flagged:
    """`answers` are (question, answer) in words."""

    alert: Alert
    response: Response
    to_team: str
    to_patient: str
    answers: tuple[tuple[str, str], ...]
    receipts: tuple[Receipt, ...]


def flagged(
    alert: Alert, response: Response, values: dict[str, object], receipts: list[Receipt], language: str
) -> Flagged:
    """Everything about one alert. A flag that its questionnaire does not know any more still shows, without words."""
    q = response.questionnaire
    flag = next((flag for flag, _ in q.flags if flag.id == alert.flag), None)
    answers = [
        (question_words(q, name, language), answer_text(q, q.questions[name], values.get(name), language))
        for name in items_behind(q, alert.flag)
        if values.get(name) is not None
    ]
    return Flagged(
        alert,
        response,
        text(flag.to_team, language) if flag else "",
        text(flag.to_patient, language) if flag else "",
        tuple(answers[:MOST_ANSWERS]),
        tuple(receipts),
    )


def question_words(q: Questionnaire, name: str, language: str) -> str:
    """The wording of a question; where none ships, the instrument and the number."""
    return text(q.questions[name].item.text, language) or f"{q.file.short_name}, {name.removeprefix('q')}"


def items_behind(q: Questionnaire, flag_id: str) -> list[str]:
    """The questions outside repeating groups that a flag reads, itself or through values and scores, in order."""
    nodes = {**q.values, **{one.id: one.node for one in q.scores}}
    waiting = [name for flag, node in q.flags if flag.id == flag_id for name in node.names]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(nodes[name].names if name in nodes else ())
    return [name for name, question in q.questions.items() if name in found and question.group is None]
