"""A compiled questionnaire: its questions, layout, scores and flags, ready to run.

Reading a file stands elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.questionnaires import shapes
from app.questionnaires.expressions.kinds import Node, Symbol
from app.questionnaires.problems import Problem
from app.questionnaires.troubles import Trouble

Env = dict[str, Any]
"""Item, value and score ids, and the facts about the person, each with its value; None is missing.

A repeating group holds a tuple of rows, each a dict of its own items.
"""
ReadAnswer = tuple[Any, Problem | None]
Read = Callable[[Any], ReadAnswer]

FACTS = ("age", "sex", "education", "birth_date", "today")
"""What an expression may know of the person: full years, female/male, years of schooling, dates."""
REFUSED = "$refused"
"""Key of an environment: the items answered with an option that counts as missing ("I would rather not
say")."""
DEFAULT_MAX_LENGTH = 1000


def text(texts: Mapping[str, str] | None, language: str) -> str:
    """The words in a language; a variant falls back to its base language, then to English, then to any.

    >>> text({"en": "never", "fr": "jamais"}, "fr-CA")
    'jamais'
    """
    if not texts:
        return ""
    for tag in (language, language.split("-")[0], "en"):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. A row of a matrix and a line of a score entry are questions of their own."""

    item: shapes.Item
    id: str
    type: str
    page: str
    place: str  # JSON path in the file
    group: str | None  # the repeating group it stands in
    codes: tuple[Any, ...]  # option codes as answers hold them
    scores: Mapping[Any, float | None] | None  # score of each code, when the options are scored
    show: tuple[Node, ...]  # every condition on it and above it, outermost first
    required: bool | Node
    read: Read = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A repeating group."""

    item: shapes.Item
    id: str
    page: str
    questions: tuple[str, ...]
    show: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page in file order: a question, a matrix, a score entry, an info text, or a group of
    blocks.

    `key` is the id of a question or a repeating group, else `page.number`, unique in the questionnaire.
    """

    key: str
    kind: str  # the item type
    item: shapes.Item
    place: str
    own: Node | None  # the condition written on it
    show: tuple[Node, ...]  # that one and all above it
    questions: tuple[str, ...] = ()  # every question in it
    blocks: tuple["Block", ...] = ()
    group: str | None = None  # the repeating group it stands in


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    shape: shapes.Page
    place: str
    show: Node | None
    blocks: tuple[Block, ...]
    questions: tuple[str, ...]  # every question on it, those of repeating groups too


@dataclass(frozen=True, slots=True)
class CompiledScore:
    """A score ready to run. `rule`: all_required, relaxed or as_written."""

    score: shapes.Score
    node: Node
    applies: Node | None
    rule: str
    starts: tuple[float, ...]
    codes: tuple[str, ...]
    computable: Node | None = None

    @property
    def id(self) -> str:
        return self.score.id


def walk_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks and all blocks in them, outer ones first, in file order."""
    for block in blocks:
        yield block
        yield from walk_blocks(block.blocks)


@dataclass(slots=True, eq=False)
class Questionnaire:
    """A questionnaire file that has passed every check. Treat it as frozen.

    It is shared by the whole process.
    """

    file: shapes.QuestionnaireFile
    questions: dict[str, Question]
    groups: dict[str, Group]
    pages: list[Page]
    values: dict[str, Node]
    scores: list[CompiledScore]
    checks: list[tuple[shapes.Check, Node]]
    flags: list[tuple[shapes.RedFlag, Node]]
    symbols: dict[str, Symbol]
    order: tuple[str, ...]
    warnings: list[Trouble] = field(default_factory=list)
    not_in_fhirpath: dict[str, list[str]] = field(default_factory=dict)
    blank: Env = field(init=False, repr=False)
    readers: dict[str, Read] = field(init=False, repr=False)
    always_shown: frozenset[str] = field(init=False, repr=False)
    conditional: tuple[tuple[str, tuple[Node, ...]], ...] = field(init=False, repr=False)
    conditional_groups: tuple[tuple[str, tuple[Node, ...]], ...] = field(init=False, repr=False)
    conditional_blocks: tuple[tuple[str, tuple[Node, ...]], ...] = field(init=False, repr=False)
    row_blocks: dict[str, tuple[tuple[str, tuple[Node, ...]], ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        single = {name: x for name, x in self.questions.items() if x.group is None}
        scores = [compiled.id for compiled in self.scores]
        self.blank = dict.fromkeys((*single, *FACTS, *self.values, *scores))
        self.blank.update(dict.fromkeys(self.groups, ()))
        self.readers = {name: x.read for name, x in single.items()}
        blocks = [b for b in self.every_block() if b.key not in self.questions]
        self.row_blocks = {g: tuple((b.key, b.show) for b in blocks if b.group == g) for g in self.groups}
        others = [b for b in blocks if b.group is None and b.key not in self.groups]
        self.conditional = tuple((name, x.show) for name, x in single.items() if x.show)
        self.conditional_groups = tuple((name, g.show) for name, g in self.groups.items() if g.show)
        self.conditional_blocks = tuple((b.key, b.show) for b in others if b.show)
        every = {*single, *self.groups, *(b.key for b in others)}
        sometimes = (*self.conditional, *self.conditional_groups, *self.conditional_blocks)
        self.always_shown = frozenset(every - {name for name, _ in sometimes})

    @property
    def key(self) -> str:
        return self.file.key

    @property
    def version(self) -> str:
        return self.file.version

    @property
    def letters(self) -> str:
        """What everybody calls an instrument, in every language; "" for a form of our own, which has a title only."""
        own = self.file.wording == "full" and all(one.kind == "own" for one in self.file.languages.values())
        return "" if own else self.file.short_name

    @property
    def edition(self) -> str:
        """Its letters, where it has some, and its version."""
        return f"{self.letters} {self.version}".strip()

    def every_block(self) -> list[Block]:
        """All blocks of all pages, outer ones first, in file order."""
        return [block for page in self.pages for block in walk_blocks(page.blocks)]

    def page(self, page_id: str) -> Page:
        """The page with this id; raises KeyError."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)

    def score(self, score_id: str) -> CompiledScore:
        """The score with this id; raises KeyError."""
        for compiled in self.scores:
            if compiled.id == score_id:
                return compiled
        raise KeyError(score_id)

    def option_text(self, question_id: str, code: Any, language: str) -> str:
        """The words of an option; the code itself where no wording ships or the answer is free text."""
        item = self.questions[question_id].item
        body = self.file.options.get(item.options or "", {}).get(str(code), {})
        words = {tag: value for tag, value in body.items() if tag in self.file.languages}
        return text(words, language) or str(code)
