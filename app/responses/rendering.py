"""Draws the questions of a screen. Each card is drawn by its component once a process and filled in ever after.

A card depends on the questionnaire version, the language, the mode, whether it is shown and, where the answers are few,
which one is chosen: that much is kept ready. What differs from person to person (ids, typed values, versions) stands in
slots, marked by NUL characters, which no answer can contain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from markupsafe import Markup, escape

from app.lib import i18n, pages
from app.questionnaires.fields import field_texts
from app.questionnaires.model import Block, Question, Questionnaire, text
from app.responses.forms import posted_names
from app.responses.model import NO_ROW
from app.responses.screens import Course, Screen, field_name, numbers
from app.responses.units import unit_words

RESPONSE, ROW, VALUE, YEAR, MONTH, DAY, OTHER = (f"\0{letter}\0" for letter in "RWVYMDO")
TYPED = {"integer", "decimal", "slider", "date", "partial_date", "time", "text", "long_text", "open_choice"}
FRAMES = {"info", "matrix", "entry", "group"}
SAVED_WHILE_TYPING = {"text", "long_text", "open_choice"}


Settled: TypeAlias = Callable[[str, bool, Any, int], tuple[str, ...]]


class Mode(StrEnum):
    """`answer` saves each change by itself; `correct` waits for the button; `blank` shows everything, for print."""

    ANSWER = "answer"
    CORRECT = "correct"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the browser brought and could not be kept: the typed texts and the message, by field name."""

    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


NOTHING_TYPED = Draft()


@cache
def _macros(file: str) -> Any:
    return pages.ENV.get_template(file).module


def draw(course: Course, screen: Screen, mode: Mode, response: UUID = NO_ROW, draft: Draft = NOTHING_TYPED) -> Markup:
    """The cards of a screen, ready to stand in its form."""
    drawing = _Drawing(course, mode, draft, str(response))
    for block in screen.blocks:
        drawing.block(block, block.key in course.shown or mode is Mode.BLANK)
    # Safe: every part was drawn by an autoescaping template, and what fills its slots is escaped.
    return Markup("".join(drawing.parts))  # noqa: S704


class _Drawing:
    """One screen under the pen."""

    def __init__(self, course: Course, mode: Mode, draft: Draft, response: str) -> None:
        self.course, self.mode, self.draft, self.response = course, mode, draft, response
        self.q = course.questionnaire
        self.language = i18n.locale.get()
        self.parts: list[str] = []
        self.settled = (
            None if mode is Mode.BLANK or draft.typed or draft.errors else _settled(self.q, self.language, mode)
        )
        # Of single questions; by name alone, because an identifier takes long to look up sixty times.
        stamps = course.answers.stamps.items() if self.settled else ()
        self.versions = {item: stamp.version for (item, row), stamp in stamps if row == NO_ROW}
        # On paper a repeating group shows one entry; on screen those that there are, be it none.
        self.sample: tuple[UUID, ...] = (NO_ROW,) if mode is Mode.BLANK else ()

    def block(self, block: Block, shown: bool) -> None:
        if block.kind not in FRAMES:
            self.card(self.q.questions[block.key], shown)
            return
        match block.kind:
            case "info":
                self.parts.append(_info(self.q, block.key, self.language, shown, self.mode))
            case "matrix" | "entry":
                before, after = _frame(self.q, block.key, self.language, shown, self.mode)
                self.parts.append(before)
                for name in block.questions:
                    self.card(self.q.questions[name], name in self.course.shown or self.mode is Mode.BLANK)
                self.parts.append(after)
            case "group" if block.item.repeat is not None:
                self.rows(block, shown)
            case "group":
                self.parts.append(_heading(self.q, block.key, self.language, shown, self.mode))
                for inner in block.blocks:
                    self.block(inner, inner.key in self.course.shown or self.mode is Mode.BLANK)

    def card(self, question: Question, shown: bool, group: str | None = None, row: UUID = NO_ROW) -> None:
        if self.settled is not None and group is None and self._drew_before(question, shown, self.settled):
            return
        mode, answers = self.mode, self.course.answers
        name = question.id if group is None else field_name(question.id, row)
        stored = None if mode is Mode.BLANK else answers.value(question.id, group, row)
        texts = self.draft.typed.get(name)
        if texts is None:
            texts = tuple(field_texts(question, stored, self.language)) if stored is not None else ()
        look = _Look(self.q, question.id, self.language, mode, shown, group is not None)
        if error := self.draft.errors.get(name):
            html = self.response.join(_card.__wrapped__(look, texts, error))
        elif question.type in TYPED:
            html = self.response.join(_card(look, _kept_ready(question, texts), None))
            html = _fill(question, html, texts) if texts else html
        else:
            html = self.response.join(_card(look, texts, None))
        if group is not None:
            html = html.replace(ROW, row.hex)
        self.parts.append(html)
        if mode is not Mode.BLANK:
            self.parts.append(_version(name, answers.version((question.id, row))))

    def _drew_before(self, question: Question, shown: bool, settled: Settled) -> bool:
        """Set a card from what is kept ready, version and all, if its answer is none, a whole number or a choice."""
        name = question.id
        stored = self.course.answers.values.get(name)
        if stored is not None and not isinstance(stored, int) and (question.type in TYPED or isinstance(stored, list)):
            return False
        self.parts.append(self.response.join(settled(name, shown, stored, self.versions.get(name, 0))))
        return True

    def rows(self, block: Block, shown: bool) -> None:
        """A repeating group: one frame an entry, with its own questions, skip logic and "remove"."""
        ids = self.course.answers.rows.get(block.key, ())
        template = pages.ENV.get_template("responses/_rows.html")
        drawn = []
        for number, row in enumerate(ids or self.sample, 1):
            inner = _Drawing(self.course, self.mode, self.draft, self.response)
            visible = self.course.shown_in(block.key, row) if ids else set(block.questions)
            for name in block.questions:
                inner.card(self.q.questions[name], name in visible, block.key if ids else None, row)
            drawn.append((row.hex, number, Markup("".join(inner.parts))))  # noqa: S704 - as in draw
        self.parts.append(
            template.render(
                name=block.key,
                legend=text(block.item.text, self.language),
                hint=text(block.item.help, self.language) or None,
                number=numbers(self.q).get(block.key),
                row_title=text(block.item.repeat.row, self.language) if block.item.repeat else "",
                rows=drawn,
                shown=shown,
                conditional=bool(block.show),
                answering=self.mode is Mode.ANSWER,
                error=self.draft.errors.get(block.key),
            )
        )


class _Look(NamedTuple):
    """Everything but the answer that a card's HTML depends on. A tuple, because sixty are made and looked up a page."""

    q: Questionnaire
    question: str
    language: str
    mode: Mode
    shown: bool
    in_row: bool


def _kept_ready(question: Question, texts: tuple[str, ...]) -> tuple[str, ...]:
    """What of a typed answer decides the HTML itself: merely that there is one."""
    if not texts:
        return ()
    if question.type == "open_choice":
        return texts if texts[0] in map(str, question.codes) else (OTHER,)
    return (f"{YEAR}-{MONTH}-{DAY}",) if question.type in {"date", "partial_date"} else (VALUE,)


def _fill(question: Question, html: str, typed: tuple[str, ...]) -> str:
    if question.type in {"date", "partial_date"}:
        year, month, day = (*typed[0].split("-"), "", "")[:3]
        for slot, part in ((YEAR, year), (MONTH, month), (DAY, day)):
            html = html.replace(slot, str(escape(part)))
        return html
    words = str(escape(typed[0]))
    return html.replace(VALUE, words).replace(OTHER, words)


@cache
def _settled(q: Questionnaire, language: str, mode: Mode) -> Settled:
    """Whole cards with their version, by question, whether shown, answer and version; few differ, so few are kept."""

    @lru_cache(maxsize=2000)
    def card(name: str, shown: bool, stored: Any, version: int) -> tuple[str, ...]:
        question = q.questions[name]
        texts = tuple(field_texts(question, stored, language))
        look, kept = _Look(q, name, language, mode, shown, False), texts
        if question.type in TYPED:
            kept = _kept_ready(question, texts)
        *pieces, last = _card(look, kept, None)
        if kept != texts:
            *pieces, last = (_fill(question, piece, texts) for piece in (*pieces, last))
        return (*pieces, last + _version(name, version))

    return card


def _version(name: str, version: int) -> str:
    return f'<input type="hidden" name="v.{name}" value="{version}">'


@lru_cache(maxsize=6000)
def _card(look: _Look, texts: tuple[str, ...], error: str | None) -> tuple[str, ...]:
    """The HTML of one question's card, cut where the response's id belongs: joining is cheaper than searching."""
    return tuple(_drawn(look, texts, error).split(RESPONSE))


def _drawn(look: _Look, texts: tuple[str, ...], error: str | None) -> str:
    question = look.q.questions[look.question]
    item, language = question.item, look.language
    name = f"{question.id}--{ROW}" if look.in_row else question.id
    common: dict[str, Any] = {
        "error": error,
        "hidden": not look.shown,
        "conditional": bool(question.show) and look.mode is Mode.ANSWER,
        "attrs": _saving(look, question, name),
    }
    number = None if look.in_row else numbers(look.q).get(question.id)
    legend = _legend(look.q, question, language)
    label = _("Question %(number)s") % {"number": number} if number else None
    if _in_frame(look.q, question) == "entry":
        return _entry(look, question, name, legend, texts, common)
    common["num"] = label
    if _in_frame(look.q, question) == "matrix":
        options, chosen = _options(look.q, question, language), texts[0] if texts else None
        return str(_macros("matrix.html").matrix_row(name, legend, options, chosen, **common))
    common["hint"] = text(item.help, language) or None
    return str(_control(look, question, name, legend, texts, common))


def _(message: str) -> str:
    return i18n.gettext(message)


def _control(
    look: _Look, question: Question, name: str, legend: str, texts: tuple[str, ...], common: dict[str, Any]
) -> Any:
    one = texts[0] if texts else ""
    match question.type:
        case "choice" | "yes_no" | "open_choice" | "choices":
            return _choice(look, question, name, legend, texts, common)
        case "integer" | "decimal" | "slider":
            return _number(look, question, name, legend, one, common)
        case "date" | "partial_date":
            return _macros("date.html").date_boxes(name, legend, one, question.type == "partial_date", **common)
        case "time":
            return _macros("text.html").time_box(name, legend, one, **common)
        case "long_text":
            return _macros("text.html").text_area(name, legend, one, **common)
    return _macros("text.html").text_box(name, legend, one, **common)


def _choice(
    look: _Look, question: Question, name: str, legend: str, texts: tuple[str, ...], common: dict[str, Any]
) -> Any:
    options = _options(look.q, question, look.language)
    one = texts[0] if texts else ""
    if question.type == "choices":
        alone = _exclusive(look.q, question)
        return _macros("checkboxes.html").checkboxes(name, legend, options, list(texts), alone, **common)
    if question.type != "open_choice":
        return _macros("radios.html").radios(name, legend, options, one if texts else None, **common)
    known = one in {value for value, _label in options}
    chosen, own = (one, "") if known else (None, one)
    return _macros("radios.html").open_radios(name, legend, options, chosen, own, **common)


def _number(look: _Look, question: Question, name: str, legend: str, one: str, common: dict[str, Any]) -> Any:
    item = question.item
    if question.type != "slider":
        unit = "" if item.unit in {None, "1"} else unit_words(str(item.unit), look.language)
        return _macros("text.html").number_box(name, legend, one, unit, question.type == "decimal", **common)
    low, high = item.range or [0, 10]
    words = tuple(text((item.ends or {}).get(end), look.language) for end in ("low", "high"))
    return _macros("slider.html").slider(name, legend, low, high, words, one, **common)


def _entry(
    look: _Look, question: Question, name: str, legend: str, texts: tuple[str, ...], common: dict[str, Any]
) -> str:
    options = _options(look.q, question, look.language) if question.codes else None
    one = texts[0] if texts else ""
    return str(_macros("matrix.html").entry_box(name, legend, one, options=options, **common))


@cache
def _framed(q: Questionnaire) -> Mapping[str, str]:
    """The kind of frame that a question stands in, for those of a matrix or a score entry."""
    return {
        name: block.kind for block in q.every_block() if block.kind in {"matrix", "entry"} for name in block.questions
    }


def _in_frame(q: Questionnaire, question: Question) -> str | None:
    return _framed(q).get(question.id)


def _legend(q: Questionnaire, question: Question, language: str) -> str:
    words = text(question.item.text, language)
    if words:
        return words
    return _("Item %(number)s") % {"number": question.id.removeprefix("q")}


def _options(q: Questionnaire, question: Question, language: str) -> list[tuple[str, str]]:
    if question.type == "yes_no":
        return [("true", _("Yes")), ("false", _("No"))]
    return [(str(code), q.option_text(question.id, code, language)) for code in question.codes]


def _exclusive(q: Questionnaire, question: Question) -> list[str]:
    body = q.file.options.get(question.item.options or "", {})
    return [code for code, option in body.items() if option.get("exclusive")]


def _saving(look: _Look, question: Question, name: str) -> dict[str, str]:
    """How a card saves itself: its own fields only, in the order of the clicks, replacing nothing in use."""
    if look.mode is not Mode.ANSWER:
        return {}
    row = f"?row={ROW}" if look.in_row else ""
    names = [*posted_names(question, name), f"v.{name}", "page_load"]
    trigger = "change, input delay:1200ms" if question.type in SAVED_WHILE_TYPING else "change"
    return {
        "hx-post": f"/responses/{RESPONSE}/items/{question.id}{row}",
        "hx-trigger": trigger,
        "hx-params": ",".join(names),
        "hx-swap": "none",
        "hx-sync": "closest form:queue all",
    }


@lru_cache(maxsize=500)
def _info(q: Questionnaire, key: str, language: str, shown: bool, mode: Mode) -> str:
    block = _block(q, key)
    conditional = bool(block.show) and mode is Mode.ANSWER
    words = text(block.item.text, language)
    return str(_macros("info.html").info_card(key, words, hidden=not shown, conditional=conditional))


@lru_cache(maxsize=500)
def _frame(q: Questionnaire, key: str, language: str, shown: bool, mode: Mode) -> tuple[str, str]:
    """What stands before and after the cards of a matrix or a score entry."""
    block = _block(q, key)
    conditional = bool(block.show) and mode is Mode.ANSWER
    legend = text(block.item.text, language) or q.file.short_name
    hint = text(block.item.help, language) or None
    frames = _macros("responses/_frames.html")
    if block.kind == "matrix":
        options = _options(q, q.questions[block.questions[0]], language)
        html = frames.matrix_frame(VALUE, key, legend, options, hint, not shown, conditional)
    else:
        html = frames.entries_frame(VALUE, key, legend, hint, not shown, conditional)
    before, _slot, after = str(html).partition(VALUE)
    return before, after


@lru_cache(maxsize=500)
def _heading(q: Questionnaire, key: str, language: str, shown: bool, mode: Mode) -> str:
    block = _block(q, key)
    conditional = bool(block.show) and mode is Mode.ANSWER
    return pages.render(
        "responses/_heading.html",
        key=key,
        title=text(block.item.text, language),
        help=text(block.item.help, language),
        shown=shown,
        conditional=conditional,
    )


def _block(q: Questionnaire, key: str) -> Block:
    return next(block for block in q.every_block() if block.key == key)
