"""The state of one reading of a trial file: what was compiled, and the troubles found. Judges nothing itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.questionnaires.draft import FACT_SYMBOLS, ID, french_remarks
from app.questionnaires.expressions import RESERVED, compile_expression
from app.questionnaires.expressions.kinds import Context, ExpressionError, Kind, Node, Symbol
from app.questionnaires.model import Questionnaire
from app.questionnaires.troubles import Level, Refused, Trouble
from app.questionnaires.yaml_reader import Document
from app.trials.format.model import CompiledCheck, Module
from app.trials.format.shapes import TrialFile, Visit
from app.trials.format.spans import Span, read_span

LANGUAGES = ("en", "fr")
PERSON = {name: FACT_SYMBOLS[name] for name in ("age", "sex")}
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?\Z")


class Library(Protocol):
    """The questionnaires that a trial may ask."""

    def keys(self) -> list[str]: ...

    def versions(self, key: str, /) -> list[str]:
        """Raises KeyError."""

    def find(self, key: str, version: str | None = None, /) -> Questionnaire:
        """Raises KeyError, Refused."""


OF_THE_LIBRARY = frozenset({"T15", "T20", "T29", "T33", "T35", "T36"})
"""What a file can come to be told though nobody touched it: the questionnaires have gone on since."""


@dataclass(slots=True)
class Findings:
    """`applied`: the file was accepted before, so what the questionnaires changed since is a warning only."""

    document: Document
    file: TrialFile
    library: Library
    applied: bool = False
    troubles: list[Trouble] = field(default_factory=list)
    conditions: dict[str, Node] = field(default_factory=dict)
    modules: dict[str, tuple[Module, ...]] = field(default_factory=dict)
    checks: list[CompiledCheck] = field(default_factory=list)
    used: dict[str, Questionnaire | None] = field(default_factory=dict)

    def say(self, code: str, place: str, message: str, remedy: str, level: Level = "error") -> None:
        if self.applied and (code in OF_THE_LIBRARY or place.startswith("$.data_checks")):
            level = "warning"
        self.troubles.append(Trouble(code, self.document.line(place), place, message, remedy, level))

    def warn(self, code: str, place: str, message: str, remedy: str) -> None:
        self.say(code, place, message, remedy, "warning")

    def failed(self) -> bool:
        return any(trouble.level == "error" for trouble in self.troubles)

    def text(self, words: Mapping[str, str] | None, place: str) -> None:
        """A text needs English and French, and French signs; more languages are welcome."""
        if words is None:
            return
        for language in LANGUAGES:
            if not words.get(language, "").strip():
                self.say("Q02", place, f"The text has no '{language}'.", f"Add {language}:.")
        for language, written in words.items():
            below = f"{place}.{language}"
            if not _LANGUAGE.match(language):
                self.say("Q03", below, f"'{language}' is not a language.", "Write en, fr, or a variant such as fr-CA.")
            for code, message, remedy in french_remarks(written) if language.startswith("fr") else ():
                self.warn(code, below, message, remedy)

    def identifier(self, name: str, place: str, seen: set[str], code: str = "T25") -> None:
        """An id is well formed and stands once among its like."""
        if not ID.match(name) or name in RESERVED:
            remedy = "Use small letters, digits and _, beginning with a letter, and no word of the language."
            self.say(code, place, f"'{name}' cannot be an id.", remedy)
        elif name in seen:
            self.say(code, place, f"The id '{name}' is used twice.", "Give each its own.")
        seen.add(name)

    def span(self, written: str, place: str) -> Span | None:
        span = read_span(written)
        if span is None:
            remedy = "Write e.g. 6 months, -2 weeks, or 0; at most 120 years."
            self.say("T01", place, f"'{written}' is not a length of time.", remedy)
        return span

    def day(self, written: str, place: str) -> date | None:
        try:
            if len(written) == 10:
                return date.fromisoformat(written)
        except ValueError:
            pass
        self.say("T30", place, f"'{written}' is not a day.", 'Write "2026-01-10".')
        return None

    # --- conditions ---

    def visit_symbols(self) -> dict[str, Symbol]:
        """What the conditions of visits may name."""
        symbols = {**PERSON, "first_time": Symbol("first_time", Kind.BOOL, "subject")}
        if self.file.arms:
            symbols["arm"] = Symbol("arm", Kind.CODE, "subject", codes=tuple(self.file.arms))
        return symbols

    def condition(self, text: str | None, place: str, symbols: Mapping[str, Symbol]) -> None:
        if text is not None and (node := self.compile(text, place, symbols)) is not None:
            self.conditions[text] = node

    def compile(self, text: str, place: str, symbols: Mapping[str, Symbol]) -> Node | None:
        """A compiled yes/no, or None after saying what is wrong with it."""
        try:
            return compile_expression(text, Context(symbols, ()), Kind.BOOL)
        except ExpressionError as error:
            self.say(error.code, place, error.message, error.remedy)
            return None

    # --- questionnaires ---

    def questionnaire(self, key: str) -> Questionnaire | None:
        """The questionnaire with this key, or None where there is none or its own file is refused."""
        if key not in self.used:
            try:
                self.used[key] = self.library.find(key)
            except (KeyError, Refused):
                self.used[key] = None
        return self.used[key]

    def asked_in(self, visit: Visit) -> set[str]:
        """Keys of every questionnaire that a visit may ask."""
        return {use.key for module in self.modules.get(visit.id, ()) for use in module.questionnaires}
