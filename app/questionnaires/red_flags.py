"""Which red flags of a questionnaire are up, and which answers they read. Pure.

Raising an alert is the caller's.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from app.questionnaires.expressions.kinds import Node
from app.questionnaires.model import Questionnaire
from app.questionnaires.scoring import completed
from app.questionnaires.shapes import RedFlag


def raised(q: Questionnaire, env: Mapping[str, Any]) -> list[RedFlag]:
    """The flags whose condition is true, in file order; an unknown condition raises nothing.

    Each says itself when it counts (`on`: save or submit), how urgent it is, and what the team and the
    person read.
    """
    if not q.flags:
        return []
    full = completed(q, env)
    return [flag for flag, node in q.flags if node.run(full) is True]


@cache
def on_save_reads(q: Questionnaire) -> frozenset[str]:
    """Ids of the items that a flag with `on: save` reads, also through values, scores and conditions of display."""
    return frozenset(name for flag, _ in q.flags if flag.on == "save" for name in flag_reads(q, flag.id))


@cache
def flag_reads(q: Questionnaire, flag_id: str) -> frozenset[str]:
    """Ids of the items that one flag reads, in the same ways."""
    return reach(q, [node for flag, node in q.flags if flag.id == flag_id]) & set(q.questions)


def reach(q: Questionnaire, nodes: Iterable[Node]) -> frozenset[str]:
    """Every name that these expressions read, also through values, scores and conditions of display."""
    waiting = [name for node in nodes for name in node.names]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_read_by(q, name))
    return frozenset(found)


def _read_by(q: Questionnaire, name: str) -> tuple[str, ...]:
    if name in q.values:
        return q.values[name].names
    if name in q.questions:
        return tuple(n for condition in q.questions[name].show for n in condition.names)
    for compiled in q.scores:
        if compiled.id == name:
            nodes = (compiled.node, compiled.applies, compiled.computable)
            return tuple(n for node in nodes if node is not None for n in node.names)
    return ()
