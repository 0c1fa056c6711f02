"""The state of one reading: the file, the names seen so far, the troubles found.

Its readers stand in other modules.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.questionnaires import shapes
from app.questionnaires.expressions import RESERVED, compile_expression
from app.questionnaires.expressions.kinds import Context, ExpressionError, Kind, Node, Symbol
from app.questionnaires.fhir_paths import TODAY
from app.questionnaires.norms import Norm
from app.questionnaires.troubles import Level, Trouble
from app.questionnaires.yaml_reader import Document

ID = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
FACT_SYMBOLS = {
    "age": Symbol("age", Kind.NUMBER, "subject", (0, 120), fhir="%vage"),
    "sex": Symbol("sex", Kind.CODE, "subject", codes=("female", "male"), fhir="%patient.gender"),
    "education": Symbol("education", Kind.NUMBER, "subject", (0, 30)),
    "birth_date": Symbol("birth_date", Kind.DATE, "subject", fhir="%patient.birthDate"),
    "today": Symbol("today", Kind.DATE, "subject", fhir=TODAY),
}
_FRENCH_SIGNS = (("'", "a straight apostrophe", "write ’"), ('"', "straight quotes", "write « »"))
_NO_SPACE = re.compile(r"[^\s\u00a0\u202f][;:!?](\s|$)")
_BREAKING_SPACE = re.compile(r" [;:!?]")

ReadFile = Callable[[str], str | None]
Conditions = tuple[tuple[str, str], ...]
"""(expression, place) of each condition, outermost first."""


def read_code(text: str) -> Any:
    """An option code: a whole number where it looks like one, else a word.

    >>> read_code("3"), read_code("-1"), read_code("never"), read_code("03")
    (3, -1, 'never', '03')
    """
    return int(text) if re.fullmatch(r"-?(0|[1-9][0-9]{0,11})", text) else text


def french_remarks(written: str) -> Iterator[tuple[str, str, str]]:
    """What a French printer would mend in a text: code (Q04, Q05), message, remedy.

    >>> [code for code, _, _ in french_remarks("Qu'est-ce ?")]
    ['Q04', 'Q05']
    """
    for sign, name, remedy in _FRENCH_SIGNS:
        if sign in written:
            yield "Q04", f"French text with {name}.", f"{remedy}."
    if _NO_SPACE.search(written) or _BREAKING_SPACE.search(written):
        message = "French text without the no-break space before ; : ! ?"
        yield "Q05", message, "Put a no-break space (U+00A0) there."


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    item: shapes.Item
    place: str
    page: str
    group: str | None
    conditions: Conditions
    scores: Mapping[Any, float | None] | None


@dataclass(slots=True)
class PendingBlock:
    """A block whose conditions are not compiled yet; `start` counts the items that stand above it."""

    item: shapes.Item
    place: str
    key: str
    group: str | None
    conditions: Conditions
    start: int
    own_items: list[str] = field(default_factory=list)
    blocks: list["PendingBlock"] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    document: Document
    file: shapes.QuestionnaireFile
    read_file: ReadFile
    troubles: list[Trouble] = field(default_factory=list)
    symbols: dict[str, Symbol] = field(default_factory=lambda: dict(FACT_SYMBOLS))
    order: list[str] = field(default_factory=list)
    options: dict[str, dict[Any, float | None]] = field(default_factory=dict)
    exclusive: dict[str, frozenset[Any]] = field(default_factory=dict)
    used_options: set[str] = field(default_factory=set)
    questions: list[PendingQuestion] = field(default_factory=list)
    pages: list[list[PendingBlock]] = field(default_factory=list)
    tables: dict[str, dict[Any, float]] = field(default_factory=dict)
    norms: dict[str, Norm] = field(default_factory=dict)
    loose_values: dict[str, str] = field(default_factory=dict)
    untranslatable: dict[str, list[str]] = field(default_factory=dict)

    def say(self, code: str, place: str, message: str, remedy: str, level: Level = "error") -> None:
        line = self.document.line(place)
        self.troubles.append(Trouble(code, line, place, message, remedy, level))

    def warn(self, code: str, place: str, message: str, remedy: str) -> None:
        self.say(code, place, message, remedy, "warning")

    def failed(self) -> bool:
        return any(trouble.level == "error" for trouble in self.troubles)

    # --- texts and ids ---

    def text(self, words: Mapping[str, str] | None, place: str) -> None:
        """A text needs every base language, no other, and French signs."""
        if words is None:
            self.say("Q01", place, "The text is missing.", "Add text: with en and fr.")
            return
        for language in self.file.languages:
            if "-" not in language and not words.get(language, "").strip():
                remedy = f"Add {language}: or remove the language from languages:."
                self.say("Q02", place, f"The text has no '{language}'.", remedy)
        for language, written in words.items():
            if language not in self.file.languages:
                message = f"'{language}' is not one of the languages of this file."
                remedy = "Declare it under languages:, with its source."
                self.say("Q03", f"{place}.{language}", message, remedy)
            if language.startswith("fr"):
                self._french(written, f"{place}.{language}")

    def _french(self, written: str, place: str) -> None:
        for code, message, remedy in french_remarks(written):
            self.warn(code, place, message, remedy)

    def identifier(self, name: str | None, place: str, what: str) -> bool:
        """Whether a new id may be used; says why not."""
        if name is None:
            self.say("Q06", place, f"This {what} has no id.", "Give it an id, e.g. q1.")
        elif not ID.match(name) or name in RESERVED:
            remedy = "Use small letters, digits and _, starting with a letter, and no word of the language."
            self.say("Q07", place, f"'{name}' cannot be an id.", remedy)
        elif name in FACT_SYMBOLS:
            message = f"'{name}' is a fact about the person and cannot be an id."
            self.say("Q08", place, message, f"Choose another id, e.g. {name}_asked.")
        elif name in self.symbols:
            message = f"The id '{name}' is used twice."
            self.say("Q09", place, message, "Ids are unique in the whole file.")
        else:
            return True
        return False

    # --- expressions ---

    def context(self, row: str | None = None, hide: frozenset[str] = frozenset()) -> Context:
        """What an expression may name now; `hide` takes names out of sight, `row` puts it inside a repeat."""
        symbols = {k: s for k, s in self.symbols.items() if k not in hide} if hide else self.symbols
        return Context(symbols, tuple(self.order), row, tables=self.tables, norms=self.norms)

    def compile(self, text: str, place: str, want: Kind | None = None, ctx: Context | None = None) -> Node | None:
        """The compiled expression, or None after saying what is wrong with it."""
        try:
            return self.try_compile(text, place, want, ctx)
        except ExpressionError as error:
            self.say(error.code, place, error.message, error.remedy)
            return None

    def try_compile(self, text: str, place: str, want: Kind | None = None, ctx: Context | None = None) -> Node:
        ctx = ctx or self.context()
        node = compile_expression(text, ctx, want)
        if ctx.untranslatable or node.fhir is None:
            self.untranslatable[place] = ctx.untranslatable
        return node
