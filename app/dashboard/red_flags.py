"""A red flag as a team reads it: what it means, the exact answers behind it, what the person was shown. Pure."""

from dataclasses import dataclass, field

from app.alerts.model import Alert, Receipt
from app.questionnaires.explanation import answer_text
from app.questionnaires.model import Questionnaire, text
from app.responses.model import Response

MOST_ANSWERS = 3


@dataclass(slots=True)
class Behind:
    """The answers of a response outside repeating groups: what each was in every version, and what it is now."""

    values: dict[tuple[str, int], object] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)

    def keep(self, item: str, version: int, value: object) -> None:
        self.values[item, version] = value
        self.latest[item] = max(version, self.latest.get(item, 0))

    def then(self, item: str, alert: Alert) -> object:
        """What the alert was raised from; None when there was no answer."""
        return self.values.get((item, alert.read_from.get(item, 0)))

    def now(self, item: str) -> object:
        return self.values.get((item, self.latest.get(item, 0)))


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A question and its answer in words, when the alert was raised and now; "" where there was or is none."""

    question: str
    then: str
    now: str

    @property
    def changed(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Flagged:
    """An alert in words. Answers that have changed since it was raised come first."""

    alert: Alert
    response: Response
    to_team: str
    to_patient: str
    answers: tuple[ShownAnswer, ...]
    receipts: tuple[Receipt, ...]


def flagged(alert: Alert, response: Response, behind: Behind, receipts: list[Receipt], language: str) -> Flagged:
    """Everything about one alert. A flag that its questionnaire does not know any more still shows, without words."""
    q = response.questionnaire
    flag = next((flag for flag, _ in q.flags if flag.id == alert.flag), None)
    answers = [_shown(q, name, alert, behind, language) for name in items_behind(q, alert.flag)]
    given = sorted((one for one in answers if one.then or one.now), key=lambda one: not one.changed)
    return Flagged(
        alert,
        response,
        text(flag.to_team, language) if flag else "",
        text(flag.to_patient, language) if flag else "",
        tuple(given[:MOST_ANSWERS]),
        tuple(receipts),
    )


def _shown(q: Questionnaire, name: str, alert: Alert, behind: Behind, language: str) -> ShownAnswer:
    then, now = behind.then(name, alert), behind.now(name)
    question = q.questions[name]
    return ShownAnswer(
        question_words(q, name, language),
        answer_text(q, question, then, language),
        answer_text(q, question, now, language),
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
