"""Finding one's way among the questionnaires: by kind, and by words of their names. Pure."""

from collections import Counter
from collections.abc import Iterable

from app.patients.names import folded
from app.questionnaires.model import Questionnaire


def found(questionnaires: Iterable[Questionnaire], query: str) -> list[Questionnaire]:
    """Those in whose titles, in any language, short name or key every word of the query begins a word."""
    asked = folded(query)
    return [q for q in questionnaires if all(any(word.startswith(one) for word in _words(q)) for one in asked)]


def _words(q: Questionnaire) -> list[str]:
    return folded(" ".join([q.key, q.file.short_name, *q.file.title.values()]))


def counts(questionnaires: Iterable[Questionnaire]) -> Counter[str]:
    """How many there are of each kind."""
    return Counter(q.file.category for q in questionnaires)
