"""What happened below is told to whoever stands above, in the transaction in which it happened.

A lower package says what it tells, as a frozen dataclass, and calls `tell`. A higher one declares with `hears` what
it does then; it must be imported by every process that acts (app/main.py, app/worker.py). In the same way a lower one
may ask what it cannot know, and show what the higher ones answer.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.lib import db

News = TypeVar("News")
Hearer = Callable[[Any], Awaitable[None]]
HEARERS: dict[type, list[Hearer]] = defaultdict(list)
Question = TypeVar("Question")
Answerer = Callable[[Any], Awaitable[str]]
ANSWERERS: dict[type, list[Answerer]] = defaultdict(list)


def hears(kind: type[News]) -> Callable[[Callable[[News], Awaitable[None]]], Callable[[News], Awaitable[None]]]:
    """Declare that a function wants to hear of this kind of news."""

    def declared(hearer: Callable[[News], Awaitable[None]]) -> Callable[[News], Awaitable[None]]:
        HEARERS[kind].append(hearer)
        return hearer

    return declared


async def tell(news: object) -> None:
    """Let everybody hear it now; what they do stands or falls with what happened."""
    if not db.DB.transaction_exists():
        raise RuntimeError(f"{type(news).__name__} must be told inside the transaction in which it happened")
    for hearer in HEARERS[type(news)]:
        await hearer(news)


def answers(
    kind: type[Question],
) -> Callable[[Callable[[Question], Awaitable[str]]], Callable[[Question], Awaitable[str]]]:
    """Declare that a function answers this kind of question; "" where it has nothing to say."""

    def declared(answerer: Callable[[Question], Awaitable[str]]) -> Callable[[Question], Awaitable[str]]:
        ANSWERERS[kind].append(answerer)
        return answerer

    return declared


async def ask(question: object) -> list[str]:
    """What everybody has to say to it, in words."""
    said = [await answerer(question) for answerer in ANSWERERS[type(question)]]
    return [words for words in said if words]
