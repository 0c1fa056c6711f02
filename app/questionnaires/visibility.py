"""What is shown, given the answers, and which conditions read which item. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from app.questionnaires.answering import parse_answers, parse_row
from app.questionnaires.expressions.kinds import Node
from app.questionnaires.model import Env, Page, Questionnaire, walk_blocks


def environment(
    q: Questionnaire,
    answers: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> Env:
    """The environment of a response, from its answers as JSON; tolerant: a wrong answer is a missing one.

    `about` holds what is known of the person (age, sex, education, birth_date);
    `today` is the day of the answer.
    Nothing is hidden yet: `visible` does that.
    """
    env, _ = parse_answers(q, answers)
    if about:
        env.update(about)
    if today is not None:
        env["today"] = today
    return env


def holds(conditions: Iterable[Node], env: Mapping[str, Any]) -> bool:
    """Whether every condition is true; an unknown one hides."""
    return all(condition.run(env) is True for condition in conditions)


def visible(q: Questionnaire, env: Env) -> set[str]:
    """Ids of the items, repeating groups and other blocks that are shown.

    Changes `env`: the answer of a hidden item counts as missing for everything after it, so this runs before
    scores.
    Items inside a repeating group are judged row by row: see `visible_in_row`.
    """
    shown = set(q.always_shown)
    for name, conditions in q.conditional:
        if holds(conditions, env):
            shown.add(name)
        else:
            env[name] = None
    for name, conditions in q.conditional_groups:
        if holds(conditions, env):
            shown.add(name)
        else:
            env[name] = ()
    for key, conditions in q.conditional_blocks:
        if holds(conditions, env):
            shown.add(key)
    if q.groups:
        _hide_in_rows(q, env)
    return shown


def _hide_in_rows(q: Questionnaire, env: Env) -> None:
    for name, group in q.groups.items():
        inside = [(x, q.questions[x].show) for x in group.questions if q.questions[x].show]
        if not inside or not env[name]:
            continue
        rows = []
        for row in env[name]:
            both, kept = {**env, **row}, dict(row)
            for item, conditions in inside:
                if not holds(conditions, both):
                    both[item] = kept[item] = None
            rows.append(kept)
        env[name] = tuple(rows)


def visible_in_row(q: Questionnaire, env: Mapping[str, Any], group: str, row: Mapping[str, Any]) -> set[str]:
    """Ids of the items and blocks shown in one row of a repeating group; `row` holds answers as JSON."""
    parsed, _ = parse_row(q, group, row)
    both = {**env, **parsed}
    shown = set()
    for name in q.groups[group].questions:
        if holds(q.questions[name].show, both):
            shown.add(name)
        else:
            both[name] = None
    return shown | {key for key, conditions in q.row_blocks[group] if holds(conditions, both)}


def visible_pages(q: Questionnaire, env: Env) -> list[Page]:
    """The pages on which something is shown. Changes `env` as `visible` does."""
    shown = visible(q, env)
    return [page for page in q.pages if any(block.key in shown for block in page.blocks)]


# --- what reads what ------------------------------------------------------------------------------


@cache
def _dependants(q: Questionnaire) -> dict[str, frozenset[str]]:
    """For each item, everything whose visibility reads it, also through an item hidden in between."""
    reads: dict[str, set[str]] = {name: _names(x.show) for name, x in q.questions.items()}
    reads.update({name: _names(group.show) for name, group in q.groups.items()})
    reads.update({block.key: _names(block.show) for block in q.every_block() if block.key not in reads})
    reads.update({f"page:{page.id}": _names([page.show] if page.show else []) for page in q.pages})
    out: dict[str, set[str]] = {name: set() for name in q.questions}
    for target in reads:
        for source in _all_sources(target, reads):
            if source in out:
                out[source].add(target)
    return {name: frozenset(found) for name, found in out.items()}


def _names(conditions: Iterable[Node]) -> set[str]:
    return {name for condition in conditions for name in condition.names}


def _all_sources(target: str, reads: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(reads[target])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(reads.get(name, ()))
    return found


def depends_on(q: Questionnaire, item_id: str) -> frozenset[str]:
    """What an answer to this item may show or hide.

    Ids of items, groups and blocks, and `page:ID` for pages.
    """
    return _dependants(q).get(item_id, frozenset())


def conditional_items(q: Questionnaire, page_id: str) -> frozenset[str]:
    """Ids of the items, groups and blocks of a page that have a condition of their own, beyond the page's."""
    page = q.page(page_id)
    above = 1 if page.show else 0
    blocks = (block for block in walk_blocks(page.blocks) if len(block.show) > above)
    keys = frozenset(block.key for block in blocks)
    return keys | {name for name in page.questions if len(q.questions[name].show) > above}
