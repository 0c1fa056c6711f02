"""The words that explain scores: readings, states, items, steps, rules. The figures come from elsewhere."""

from typing import Any

from app.dashboard.red_flags import question_words
from app.dashboard.series import Outcome, Series, band_label
from app.dashboard.wording import capitalised
from app.lib.i18n import gettext as _
from app.lib.i18n import locale, moment_words, number_words
from app.patients.identity.wording import sexes
from app.questionnaires import shapes
from app.questionnaires.explanation import Explanation
from app.questionnaires.model import Questionnaire, text
from app.questionnaires.wording import fact_text, yes_no_text
from app.responses.model import StoredScore

Look = tuple[str, str, str]
"""Words, icon and tint of a status."""


def score_look(series: Series, stored: StoredScore) -> Look:
    """How one result reads, by itself."""
    if stored.stale:
        return _("Being computed again"), "refresh", "info"
    if stored.status == "not_applicable":
        return _("Does not apply"), "skip", ""
    if stored.value is None:
        return _("Incomplete: no score"), "dash", ""
    label = band_label(series.score, stored.band, locale.get())
    return capitalised(label) or _("Computed"), *_band_look(series.score, stored.band)


def outcome_look(outcome: Outcome | None) -> Look:
    """How a response reads in a list: its first score, or that there is none."""
    if outcome is None:
        return _("Received"), "check", "success"
    if outcome.pending:
        return _("Score being computed"), "refresh", "info"
    if outcome.value is None:
        return _("Incomplete: no score"), "dash", ""
    label = band_label(outcome.score, outcome.band, locale.get())
    if isinstance(outcome.value, bool):
        figure = text((outcome.score.labels or {}).get(str(outcome.value).lower()), locale.get())
    else:
        figure = number_words(outcome.value, 2)
    if outcome.several:
        figure = text(outcome.score.title, locale.get()) + _(": ") + figure
    return ", ".join(filter(None, (figure, label))), *_band_look(outcome.score, outcome.band)


def _band_look(score: shapes.Score, code: str | None) -> tuple[str, str]:
    tone = next((band.tone for band in score.bands or () if band.code == code), "none")
    return ("alert", "attention") if tone in {"medium", "high"} else ("checkc", "")


def no_score_words(q: Questionnaire) -> str:
    """Why a questionnaire has no score."""
    return text(q.file.no_score_because, locale.get()) or _("This questionnaire has no score.")


def computing_facts(explained: Explanation, stored: StoredScore) -> list[tuple[str, str]]:
    """Formula, rule and version beside their names."""
    direction = {
        "worse": _("Higher is worse"),
        "better": _("Higher is better"),
        "neither": _("Neither high nor low is better"),
    }.get(explained.higher_is or "", "")
    low, high = explained.range or ("", "")
    between = _("from %(low)s to %(high)s") % {"low": figure(low), "high": figure(high)} if explained.range else ""
    pairs = [
        (_("Possible values"), between),
        (_("Formula"), explained.formula),
        (_("Missing answers"), explained.rule),
        (_("Direction"), direction),
        (_("Version"), explained.version),
        (_("Computed"), moment_words(stored.computed_at, "short")),
    ]
    return [(term, value) for term, value in pairs if value]


def norms_in(normed: list[Explanation]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each norm once, by its number: with whom it compares and where it was published, beside their names."""
    return [
        (_norm_name(number), [(_("Compared with"), population), (_("Published in"), source)])
        for number, (population, source) in enumerate(_told_apart(normed), 1)
    ]


def norm_names(normed: list[Explanation], score_id: str) -> str:
    """The numbers of the norms behind one score, as `norms_in` gives them; "" where there is none."""
    order = _told_apart(normed)
    used = [norm for one in normed if one.score == score_id for norm in one.norms]
    numbers = sorted({order.index((norm.population, norm.source)) + 1 for norm in used})
    if len(order) == 1 and numbers:
        return _("Norm")
    return ", ".join(_norm_name(number) for number in numbers)


def _norm_name(number: int) -> str:
    return _("Norm %(number)s") % {"number": number}


def _told_apart(normed: list[Explanation]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((norm.population, norm.source) for one in normed for norm in one.norms))


def fact_rows(normed: list[Explanation]) -> list[tuple[str, str]]:
    """The facts about the person that the norms go by, as they were known."""
    known = {name: value for one in normed for name, value in one.facts}
    return [(capitalised(fact_text(name, locale.get())), _fact_words(name, value)) for name, value in known.items()]


def _fact_words(name: str, value: Any) -> str:
    if value is None:
        return _("not known")
    return dict(sexes()).get(value, "–") if name == "sex" else figure(value)


def lacks_education(normed: list[Explanation]) -> bool:
    """Whether a norm goes by years of education that nobody has told."""
    return any(("education", None) in one.facts for one in normed)


def item_rows(explained: Explanation, q: Questionnaire) -> list[list[str]]:
    """Each answer that counts: its question, its words, its value in the formula."""
    language = locale.get()
    return [
        [one.label or question_words(q, one.id, language), one.answer or "–", figure(one.value)]
        for one in explained.items
    ]


def step_rows(explained: Explanation) -> list[list[str]]:
    return [[one.name, one.formula, figure(one.value)] for one in explained.steps]


def band_rows(explained: Explanation) -> list[list[str]]:
    return [[capitalised(label), number_words(start)] for start, label in explained.bands]


def figure(value: Any) -> str:
    """A value on the way to a score, in words."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return yes_no_text(value, locale.get())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(figure(one) for one in value)
    return number_words(value) if isinstance(value, int | float) else str(value)
