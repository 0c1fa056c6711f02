"""`cohorte trial plan` and `apply`: what a protocol would change, for itself and for the people enrolled; and doing it.

People stand here as codes, never as names.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTHING_TO_DO, REFUSED, TO_APPLY = 0, 1, 3
WORDS = {
    "added": "visits added",
    "removed": "visits removed",
    "moved": "visits moved",
    "asks_more": "visits that ask more",
    "asks_less": "visits that ask less",
    "asks_otherwise": "visits that ask otherwise",
    "kept": "visits kept as they are",
}
WHY_KEPT = {"touched": "begun, held or skipped", "over": "their window is over", "past": "it would come too late"}
REFUSALS = {
    "trial.same_version": "another text was applied under version {version}. Raise version:, and add an amendment.",
    "trial.older": "a newer version is applied. An older file is never applied over it.",
    "consent_text.in_draft": "somebody is writing the text that people agree to. Publish that draft or give it up, "
    "under /administration/consents; then apply again.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file and what applying it would do. `refused`: why that is not possible, "" where it is."""

    text: str
    trial: Any
    applied: Any
    lines: list[str]
    enrolled: int
    changes: list[Any]
    asks_again: bool
    refused: str

    @property
    def new(self) -> bool:
        return self.applied is None or self.applied.trial.version != self.trial.version

    @property
    def nothing(self) -> bool:
        return not self.refused and not self.new and not self.changes


def add_plan(commands: Any) -> argparse.ArgumentParser:
    plan: argparse.ArgumentParser = commands.add_parser(
        "plan", help="what applying a file would change; changes nothing"
    )
    plan.add_argument("path", type=Path, metavar="FILE")
    plan.add_argument("--people", action="store_true", help="each enrolment that changes, by the code of the patient")
    return plan


def add_apply(commands: Any) -> argparse.ArgumentParser:
    apply: argparse.ArgumentParser = commands.add_parser("apply", help="make a file the protocol that is followed")
    apply.add_argument("paths", nargs="*", type=Path, metavar="FILE")
    apply.add_argument("--all", action="store_true", dest="every", help="every trial that comes with the product")
    apply.add_argument("--people", action="store_true", help="each enrolment that changes, by the code of the patient")
    apply.add_argument("--yes", action="store_true", help="do not ask")
    return apply


def run_plan(path: Path, text: str, trial: Any, *, people: bool) -> int:
    """Print what would change; 0 for nothing, 3 for something, 1 where the file cannot be applied."""
    return asyncio.run(plan(path, text, trial, people=people))


async def plan(path: Path, text: str, trial: Any, *, people: bool) -> int:
    found = await _proposal(text, trial)
    await _print(path, found, people=people)
    if found.refused:
        return REFUSED
    return NOTHING_TO_DO if found.nothing else TO_APPLY


def run_apply(files: list[tuple[Path, str, Any]], *, people: bool, yes: bool) -> int:
    """Show what would change, ask, apply each file in a transaction of its own; 1 where one is refused or nobody says
    yes: then nothing is changed by it, nor by those after it."""
    return asyncio.run(apply(files, people=people, yes=yes))


async def apply(files: list[tuple[Path, str, Any]], *, people: bool, yes: bool) -> int:
    proposals = []
    for path, text, trial in files:
        found = await _proposal(text, trial)
        await _print(path, found, people=people)
        proposals.append((path, found))
    if any(one.refused for _path, one in proposals):
        print("Nothing was applied.", file=sys.stderr)
        return REFUSED
    todo = [(path, one) for path, one in proposals if not one.nothing]
    if not todo:
        return NOTHING_TO_DO
    if not yes and not _agrees():
        print("Nothing was applied.", file=sys.stderr)
        return REFUSED
    for path, one in todo:
        if not await _done(path, one):
            return REFUSED
    return NOTHING_TO_DO


def _agrees() -> bool:
    try:
        return input("Apply? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False


async def _done(path: Path, one: Proposal) -> bool:
    from app.audit.actions import NOBODY
    from app.lib import clock
    from app.lib.errors import Refused
    from app.trials.applying.actions import apply_trial

    try:
        done = await apply_trial(NOBODY, one.text, one.trial, at=clock.now())
    except Refused as refusal:
        print(f"{path}: {_why(refusal.code, one.trial)} Nothing of it was applied.", file=sys.stderr)
        return False
    people = len({change.enrolment for change in done.changes})
    print(f"{one.trial.key} {one.trial.version} is applied; {_people(people)} changed.")
    return True


def _why(code: str, trial: Any) -> str:
    return REFUSALS.get(code, code).format(version=trial.version)


async def _proposal(text: str, trial: Any) -> Proposal:
    """All that there is to say about a file, read and not changed."""
    from app.lib import clock
    from app.trials.applying.difference import compare
    from app.trials.applying.queries import active_in, asked_again, plan_trial, refusal_of, texts_enough
    from app.trials.library import find_trial

    applied = await find_trial(trial.key)
    code = await refusal_of(text, trial)
    lines = compare(applied.trial if applied else None, trial)
    if code:
        return Proposal(text, trial, applied, lines, 0, [], False, _why(code, trial))
    enrolled = len(await active_in(applied.id)) if applied else 0
    asks = asked_again(trial) is not None and await texts_enough(trial) == frozenset()
    return Proposal(text, trial, applied, lines, enrolled, await plan_trial(trial, at=clock.now()), asks, "")


async def _print(path: Path, found: Proposal, *, people: bool) -> None:
    if found.refused:
        print(f"{path}: {found.refused}", file=sys.stderr)
        return
    trial = found.trial
    if found.nothing:
        print(f"{trial.key} {trial.version} is applied already: nothing to do.")
        return
    print("\n".join([*_head(found), *(f"  {line}" for line in found.lines), *_enrolled(found)]))
    if people:
        print("\n".join([line async for line in _each(found.changes)]))


def _head(found: Proposal) -> Iterator[str]:
    trial = found.trial
    if found.applied is None:
        yield f"{trial.key}: {trial.version}, for the first time"
        return
    former = found.applied.trial.version
    yield f"{trial.key}: {former} → {trial.version}" if found.new else f"{trial.key}: {trial.version}, still to follow"
    for one in trial.file.amendments:
        if _key(former) < _key(one.version):
            yield f"  amendment {one.version}, approved {one.approved}, {one.enrolled_people}: {one.changes['en']}"


def _key(version: str) -> Any:
    from app.questionnaires.head import version_key

    return version_key(version) or ()


def _enrolled(found: Proposal) -> Iterator[str]:
    if found.applied is None:
        return
    held = {one.enrolment for one in found.changes if one.held}
    follow = {one.enrolment for one in found.changes} - held
    unchanged = found.enrolled - len(follow | held)
    yield f"people enrolled: {found.enrolled}"
    yield f"  {len(follow)} follow at once, {len(held)} once they agree, {unchanged} unchanged"
    if found.asks_again:
        yield "  the text that people agree to gets a new version, and they are asked again"
    kinds = Counter((one.kind.value, one.detail if one.kind == "kept" else "") for one in found.changes)
    for kind, words in WORDS.items():
        for (found_kind, why), number in sorted(kinds.items()):
            if found_kind == kind:
                yield f"  {number} {words}{f' ({WHY_KEPT.get(why, why)})' if why else ''}"


async def _each(changes: Iterable[Any]) -> Any:
    """A line for each change, under the code of the patient and the centre."""
    last = None
    for change in changes:
        if change.enrolment != last:
            last = change.enrolment
            yield await _person(change.enrolment)
        if change.visit:
            waits = ", once they agree" if change.held else ""
            why = WHY_KEPT.get(change.detail, change.detail)
            yield f"    {change.visit}: {change.kind.value.replace('_', ' ')}{f', {why}' if why else ''}{waits}"


async def _person(enrolment: str) -> str:
    from uuid import UUID

    from app.accounts.queries import organisations_by_id
    from app.consents.queries import code_of
    from app.trials.library import trial_at
    from app.trials.queries import find_enrolment

    one = await find_enrolment(UUID(enrolment))
    if one is None:
        return f"  {enrolment}"
    centre = (await organisations_by_id([one.organisation])).get(one.organisation)
    follows = (await trial_at(one.version)).version
    return f"  {await code_of(one.patient)} · {centre.name if centre else '–'} · {follows}"


def _people(number: int) -> str:
    return f"{number} enrolment{'' if number == 1 else 's'}"
