"""Compiles the conditions of pages, groups and items, once each, and lays out questions, groups and pages."""

from collections.abc import Iterator

from app.questionnaires import shapes
from app.questionnaires.answering import reader
from app.questionnaires.draft import Conditions, Draft, PendingBlock, PendingQuestion
from app.questionnaires.expressions.kinds import Context, ExpressionError, Kind, Node
from app.questionnaires.model import Block, Group, Page, Question

_BOUND_WORDS = {
    "not_before": {"en": "This date is too early.", "fr": "Cette date est trop ancienne."},
    "not_after": {"en": "This date is too late.", "fr": "Cette date est trop tardive."},
}
Checks = list[tuple[shapes.Check, Node]]


class Layout:
    """`nodes` holds the compiled condition of each place; a condition that failed is not in it."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.nodes: dict[str, Node] = {}
        self.groups: dict[str, Group] = {}
        self.bounds: Checks = []
        self._conditions()
        self.questions = {str(x.item.id): self._question(x) for x in draft.questions}
        self.pages = [self._page(i, blocks) for i, blocks in enumerate(draft.pages)]

    # --- conditions ---

    def _conditions(self) -> None:
        """A condition may name only what stands above it: so there are no loops, and one pass is enough."""
        start = 0
        for i, (page, blocks) in enumerate(zip(self.draft.file.pages, self.draft.pages, strict=True)):
            if page.show_if is not None:
                self._condition(page.show_if, f"$.pages[{i}].show_if", start, None, None)
            for block in _walk(blocks):
                if block.item.show_if is not None:
                    place = f"{block.place}.show_if"
                    self._condition(block.item.show_if, place, block.start, block.group, block.key)
            start += sum(1 for x in self.draft.questions if x.page == page.id)

    def _condition(self, text: str, place: str, start: int, row: str | None, key: str | None) -> None:
        later = frozenset({*self.draft.order[start:], *([key] if key else ())})
        try:
            ctx = self.draft.context(row, later)
            self.nodes[place] = self.draft.try_compile(text, place, Kind.BOOL, ctx)
        except ExpressionError as error:
            name = error.message.split("'")[1] if error.code == "E10" else ""
            if name in later:
                message = f"The condition uses '{name}', which comes later (or is the item itself)."
                self.draft.say("Q43", place, message, "Ask the deciding question first.")
            else:
                self.draft.say(error.code, place, error.message, error.remedy)

    def _show(self, conditions: Conditions) -> tuple[Node, ...]:
        return tuple(self.nodes[place] for _, place in conditions if place in self.nodes)

    # --- questions ---

    def _question(self, x: PendingQuestion) -> Question:
        draft, item = self.draft, x.item
        ctx = draft.context(x.group)
        required: bool | Node = item.required is True
        if isinstance(item.required, str):
            required = draft.compile(item.required, f"{x.place}.required", Kind.BOOL, ctx) or False
        self._bounds(x, ctx)
        options = draft.options.get(item.options or "", {})
        exclusive = draft.exclusive.get(item.options or "", frozenset())
        read = reader(item, dict.fromkeys(options) if x.scores is None else x.scores, exclusive)
        name = str(item.id)
        show = self._show(x.conditions)
        codes = tuple(options)
        return Question(item, name, item.type, x.page, x.place, x.group, codes, x.scores, show, required, read)

    def _bounds(self, x: PendingQuestion, ctx: Context) -> None:
        """not_before and not_after become checks at the item."""
        item = x.item
        for key, sign, bound in (("not_before", ">=", item.not_before), ("not_after", "<=", item.not_after)):
            if bound is None:
                continue
            ensure = f"{item.id} {sign} ({bound})"
            node = self.draft.compile(ensure, f"{x.place}.{key}", Kind.BOOL, ctx)
            if node:
                words = _BOUND_WORDS[key]
                check = shapes.Check(id=f"{item.id}_{key}", ensure=ensure, message=words, at=[str(item.id)])
                self.bounds.append((check, node))

    # --- pages ---

    def _page(self, i: int, pending: list[PendingBlock]) -> Page:
        place, shape = f"$.pages[{i}]", self.draft.file.pages[i]
        blocks = tuple(self._block(block, shape.id) for block in pending)
        questions = tuple(name for block in blocks for name in block.questions)
        return Page(shape.id, shape, place, self.nodes.get(f"{place}.show_if"), blocks, questions)

    def _block(self, pending: PendingBlock, page: str) -> Block:
        blocks = tuple(self._block(block, page) for block in pending.blocks)
        questions = (*pending.own_items, *(name for block in blocks for name in block.questions))
        show = self._show(pending.conditions)
        item, key = pending.item, pending.key
        if item.repeat:
            self.groups[key] = Group(item, key, page, questions, show)
        own = self.nodes.get(f"{pending.place}.show_if")
        return Block(key, item.type, item, pending.place, own, show, questions, blocks, pending.group)


def _walk(blocks: list[PendingBlock]) -> Iterator[PendingBlock]:
    for block in blocks:
        yield block
        yield from _walk(block.blocks)
