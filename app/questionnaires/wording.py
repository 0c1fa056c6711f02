"""How problems, reasons and rules read on screen. The codes are the domain's, the words the interface's."""

from collections.abc import Callable
from typing import Any

from app.questionnaires.fields import number_text
from app.questionnaires.model import CompiledScore, text
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.scoring import Reason, ReasonCode

Gettext = Callable[[str], str]


def problem_text(problem: Problem, item_label: str, gettext: Gettext, language: str = "en") -> str:
    """One sentence that says what to do, for the person who answers; `item_label` names the question."""
    sentence = _sentences(gettext)[problem.code]
    unit = "" if problem.unit in (None, "1") else f"\u00a0{problem.unit}"
    figures = {
        "label": item_label,
        "low": "" if problem.low is None else number_text(problem.low, language),
        "high": "" if problem.high is None else number_text(problem.high, language),
        "unit": unit,
        "limit": problem.limit,
    }
    return sentence.format(**figures)


def _sentences(gettext: Gettext) -> dict[ProblemCode, str]:
    return {
        ProblemCode.REQUIRED: gettext("Answer this question: {label}"),
        ProblemCode.UNKNOWN_OPTION: gettext("Choose an answer from the list."),
        ProblemCode.UNKNOWN_ITEM: gettext("This question is not part of this questionnaire."),
        ProblemCode.EXCLUSIVE_OPTION: gettext(
            "One of the answers you chose cannot stand beside others. Choose it alone, or untick it."
        ),
        ProblemCode.NOT_YES_OR_NO: gettext("Choose yes or no."),
        ProblemCode.NOT_A_NUMBER: gettext("Enter a number, like 12."),
        ProblemCode.NOT_WHOLE: gettext("Enter a whole number, like 12."),
        ProblemCode.OUT_OF_RANGE: gettext("Enter a number from {low} to {high}{unit}."),
        ProblemCode.NOT_A_DATE: gettext("Enter a real date, with four digits for the year."),
        ProblemCode.NOT_A_TIME: gettext("Enter a time, like 07:30."),
        ProblemCode.NOT_TEXT: gettext("Enter words."),
        ProblemCode.BAD_CHARACTER: gettext("The text holds a character that cannot be kept. Type it again."),
        ProblemCode.TOO_LONG: gettext("The text is too long. Shorten it to {limit} characters."),
        ProblemCode.NOT_ROWS: gettext("These answers could not be read. Fill them in again."),
        ProblemCode.TOO_MANY_ROWS: gettext("There are too many entries. At most {limit} can be given."),
        ProblemCode.TOO_FEW_ROWS: gettext("Add entries. At least {limit} are needed."),
    }


# Words that explain a score come in every language of the files, without the interface's catalogues, because
# exports, reports and the command line use them too.

_REASONS = {
    ReasonCode.MISSING: {
        "en": "Missing answers: {items}.",
        "fr": "Réponses manquantes\u00a0: {items}.",
    },
    ReasonCode.TOO_FEW: {
        "en": "Answered {answered} of {of}, needed {needed}.",
        "fr": "{answered} réponses sur {of}, il en faut {needed}.",
    },
    ReasonCode.CONDITION: {
        "en": "The condition for computing this score is not met; it reads: {items}.",
        "fr": "La condition de calcul de ce score n’est pas remplie\u00a0; elle dépend de\u00a0: {items}.",
    },
    ReasonCode.UNDEFINED: {
        "en": "The calculation has no result for these answers.",
        "fr": "Le calcul n’a pas de résultat pour ces réponses.",
    },
    ReasonCode.OUTSIDE_NORM: {
        "en": "The norm has no figure for this person or this result; it goes by: {items}.",
        "fr": "La norme n’a pas de valeur pour cette personne ou ce résultat\u00a0; elle dépend de\u00a0: {items}.",
    },
    ReasonCode.DOES_NOT_APPLY: {
        "en": "This score does not apply to this person.",
        "fr": "Ce score ne s’applique pas à cette personne.",
    },
}


def reason_text(reason: Reason, language: str) -> str:
    """Why a score has no value, in one sentence naming the item ids and, in words, the facts about the person.

    >>> reason_text(Reason(ReasonCode.TOO_FEW, answered=5, of=9, needed=8), "en")
    'Answered 5 of 9, needed 8.'
    """
    items = ", ".join(fact_text(name, language) for name in reason.items) or "–"
    return text(_REASONS[reason.code], language).format(
        items=items, answered=reason.answered, of=reason.of, needed=reason.needed
    )


_FACTS = {
    "age": {"en": "age", "fr": "âge"},
    "sex": {"en": "sex", "fr": "sexe"},
    "education": {"en": "years of education", "fr": "années d’études"},
    "birth_date": {"en": "date of birth", "fr": "date de naissance"},
    "today": {"en": "day of the answer", "fr": "jour de la réponse"},
}


def fact_text(name: str, language: str) -> str:
    """What a fact about the person is called; any other name as it is.

    >>> fact_text("education", "fr"), fact_text("q3", "fr")
    ('années d’études', 'q3')
    """
    return text(_FACTS.get(name), language) or name


_RULES = {
    "all_required": {
        "en": "Every answer that the calculation reaches is needed.",
        "fr": "Toutes les réponses utiles au calcul sont nécessaires.",
    },
    "prorate": {
        "en": "At least {n} answers are needed; the missing ones are replaced by the person’s own mean.",
        "fr": "Au moins {n} réponses sont nécessaires\u00a0; les manquantes sont remplacées par la moyenne "
        "de la personne.",
    },
    "ignore": {
        "en": "At least {n} answers are needed; the missing ones add nothing.",
        "fr": "Au moins {n} réponses sont nécessaires\u00a0; les manquantes n’ajoutent rien.",
    },
}


def rule_text(compiled: CompiledScore, language: str) -> str:
    """The missing-answer rule of a score, in one sentence."""
    rule = compiled.score.missing
    if isinstance(rule, str):
        return text(_RULES["all_required"], language)
    if compiled.rule == "as_written":
        return text(rule["as_written"], language)
    return text(_RULES[str(rule["then"])], language).format(n=rule["at_least"])


_YES_NO: dict[Any, dict[str, str]] = {True: {"en": "yes", "fr": "oui"}, False: {"en": "no", "fr": "non"}}


def yes_no_text(value: bool, language: str) -> str:
    return text(_YES_NO[value], language)


def kinds(_: Gettext) -> dict[str, str]:
    """Every kind of questionnaire in words, in the order in which they are offered."""
    return {
        "auto": _("Self-report"),
        "hetero": _("Rated by a clinician"),
        "thymic": _("Mood"),
        "medical": _("Medical"),
        "history": _("History"),
        "nurse": _("Nursing"),
        "social": _("Social"),
        "neuropsychology": _("Neuropsychology"),
        "diary": _("Diary"),
    }
