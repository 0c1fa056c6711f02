"""`cohorte trial`: check trial files, lay out the calendar of an invented patient, print the schema for editors.

Planning and applying stand in `trial_applying`, the draw of what is verified in `trial_sdv`.
"""

import argparse
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from app.cli import trial_applying as applying
from app.cli import trial_sdv as sdv
from app.questionnaires.model import text
from app.questionnaires.troubles import Refused, Trouble
from app.trials.format import library as shelf
from app.trials.format.calendar import Asked, Planned, plan_calendar, waiting
from app.trials.format.model import Facts, Trial
from app.trials.format.schema import schema_text

OK, FOUND_ERRORS, BAD_INPUT = 0, 1, 2
WIDTH = 120
KEPT = "\x1f"  # stands for a space at which no line is broken
Subparsers = argparse._SubParsersAction  # the type has no public name


class Unusable(Exception):
    """Input that cannot be used; the message says which and what to do."""


def add_commands(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    """Add `trial` and its sub-commands.

    Each sets `run`, which takes the arguments and gives the exit code.
    """
    parser = subparsers.add_parser("trial", help="check trial files and lay out their calendars")
    commands = parser.add_subparsers(dest="trial_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check files or folders; without a path all trials")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    check.set_defaults(run=_guarded(_check))
    calendar = commands.add_parser("calendar", help="the visits of an invented patient")
    calendar.add_argument("path", type=Path, metavar="PATH")
    calendar.add_argument("--from", dest="inclusion", required=True, type=_day, metavar="DAY", help="of the inclusion")
    calendar.add_argument("--birth", type=_day, metavar="DAY")
    calendar.add_argument("--sex", choices=("female", "male"))
    calendar.add_argument("--arm", metavar="ARM")
    calendar.add_argument("--event", action="append", default=[], metavar="ID=DAY", help="a date that came later")
    calendar.add_argument("--visit", action="append", default=[], metavar="ID=DAY", help="when a visit was held")
    calendar.add_argument("--language", default="en", choices=tuple(_LABELS))
    calendar.set_defaults(run=_guarded(_calendar))
    applying.add_plan(commands).set_defaults(run=_guarded(_plan))
    applying.add_apply(commands).set_defaults(run=_guarded(_apply))
    sdv.add_sdv(commands).set_defaults(run=lambda arguments: sdv.run_sdv(arguments.key))
    schema = commands.add_parser("schema", help="print the JSON Schema of a trial file")
    schema.set_defaults(run=_guarded(_schema))


def _guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Turn what a person may get wrong into a sentence on standard error and exit code 2."""

    def guarded(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except Unusable as error:
            print(f"cohorte trial: {error}", file=sys.stderr)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone, as in `| head`; there is nobody to tell
        return BAD_INPUT

    return guarded


def _day(written: str) -> date:
    if len(written) != 10:
        raise ValueError(written)
    return date.fromisoformat(written)


_day.__name__ = "day"  # argparse says: invalid day value


# --- check, schema --------------------------------------------------------------------------------


def _check(arguments: argparse.Namespace) -> int:
    errors = warnings = files = 0
    for path in _files(arguments.paths or [shelf.FOLDER]):
        files += 1
        for trouble in _troubles(path):
            print(f"{_shown(path)}:{trouble}")
            errors += trouble.level == "error"
            warnings += trouble.level == "warning"
    print(f"{files} files, {errors} errors, {warnings} warnings", file=sys.stderr)
    return FOUND_ERRORS if errors else OK


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from shelf.trial_files(path)
        elif path.exists():
            yield path
        else:
            raise Unusable(f"there is no file or folder {path}.")


def _troubles(path: Path) -> list[Trouble]:
    try:
        return shelf.check_file(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path)


def _schema(arguments: argparse.Namespace) -> int:
    print(schema_text(), end="")
    return OK


# --- plan, apply ----------------------------------------------------------------------------------


def _plan(arguments: argparse.Namespace) -> int:
    found = _proposed(arguments.path)
    return FOUND_ERRORS if found is None else applying.run_plan(*found, people=arguments.people)


def _apply(arguments: argparse.Namespace) -> int:
    if arguments.every == bool(arguments.paths):
        raise Unusable("name the files to apply, or --all for every trial that comes with the product.")
    files = [_proposed(path) for path in (shelf.trial_files() if arguments.every else arguments.paths)]
    read = [one for one in files if one is not None]
    if len(read) < len(files):
        return FOUND_ERRORS
    return applying.run_apply(read, people=arguments.people, yes=arguments.yes)


def _proposed(path: Path) -> tuple[Path, str, Trial] | None:
    """A file with its text; None where it has errors, which are said as `check` says them."""
    try:
        trial = shelf.read_file(path)
        return path, path.read_text("utf-8"), trial
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except Refused as refused:
        for trouble in refused.troubles:
            print(f"{_shown(path)}:{trouble}", file=sys.stderr)
        return None


# --- calendar -------------------------------------------------------------------------------------

_LABELS = {
    "en": {
        "visit": "visit",
        "target": "target",
        "best": "best",
        "permitted": "permitted",
        "place": "place",
        "title": "title",
        "site": "site",
        "remote": "remote",
        "included": "included",
        "born": "born",
        "female": "female",
        "male": "male",
        "arm": "arm",
        "patient": "patient",
        "proxy": "proxy",
        "clinician": "clinician",
        "nurse": "nurse",
        "neuropsychologist": "neuropsychologist",
        "social_worker": "social worker",
        "nothing": "nothing is asked",
        "optional": "optional",
        "once": "once",
        "reuse": "reuse {0} d",
        "waits": "Not planned yet: {0}, counted from {1}.",
        "outside": "Opened when it happens: {0}.",
        "counted": "{0} visits, {1} questionnaires.",
    },
    "fr": {
        "visit": "visite",
        "target": "cible",
        "best": "idéal",
        "permitted": "permis",
        "place": "lieu",
        "title": "titre",
        "site": "au centre",
        "remote": "à distance",
        "included": "inclusion",
        "born": "naissance",
        "female": "femme",
        "male": "homme",
        "arm": "bras",
        "patient": "patient",
        "proxy": "proche",
        "clinician": "médecin",
        "nurse": "soins infirmiers",
        "neuropsychologist": "neuropsychologie",
        "social_worker": "service social",
        "nothing": "rien n’est demandé",
        "optional": "facultatif",
        "once": "une fois",
        "reuse": "réutilisable {0} j",
        "waits": "Pas encore planifiée\u00a0: {0}, comptée à partir de {1}.",
        "outside": "Ouverte quand elle a lieu\u00a0: {0}.",
        "counted": "{0} visites, {1} questionnaires.",
    },
}


def _calendar(arguments: argparse.Namespace) -> int:
    trial, words = _read(arguments.path), _LABELS[arguments.language]
    facts = Facts(arguments.birth, arguments.sex, _arm(trial, arguments.arm))
    anchors = _anchors(trial, arguments)
    planned = plan_calendar(trial, anchors, facts)
    print(_heading(trial, arguments, facts))
    print()
    print(_row(*(words[name] for name in ("visit", "target", "best", "permitted", "place", "title"))))
    for one in planned:
        print("\n".join(_visit_lines(trial, one, arguments.language)))
    print()
    for line in _remarks(trial, anchors, facts, words):
        print(line)
    print(words["counted"].format(len(planned), sum(len(one.questionnaires) for one in planned)))
    return OK


def _read(path: Path) -> Trial:
    try:
        return shelf.read_file(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except Refused as refused:
        raise Unusable(f"{path} is refused:\n{refused}") from None


def _arm(trial: Trial, arm: str | None) -> str | None:
    if arm is not None and arm not in trial.file.arms:
        raise Unusable(f"there is no arm '{arm}'. There are: {', '.join(trial.file.arms) or 'none'}.")
    return arm


def _anchors(trial: Trial, arguments: argparse.Namespace) -> dict[str, date]:
    anchors = {"inclusion": arguments.inclusion}
    known = {"event": [one.id for one in trial.file.events], "visit": [one.id for one in trial.file.visits]}
    for kind, ids in known.items():
        for written in getattr(arguments, kind):
            found = re.fullmatch(r"(\w+)=(\d{4}-\d\d-\d\d)", written)
            if not found or found[1] not in ids:
                raise Unusable(f"--{kind} {written}: write ID=2026-01-31; there are: {', '.join(ids) or 'none'}.")
            try:
                anchors[f"{kind}:{found[1]}"] = _day(found[2])
            except ValueError:
                raise Unusable(f"--{kind} {written}: there is no such day.") from None
    return anchors


def _heading(trial: Trial, arguments: argparse.Namespace, facts: Facts) -> str:
    language, words = arguments.language, _LABELS[arguments.language]
    parts = [f"{text(trial.file.title, language)} {trial.version}", f"{words['included']} {arguments.inclusion}"]
    if facts.birth_date:
        parts.append(f"{words['born']} {facts.birth_date}")
    if facts.sex:
        parts.append(words[facts.sex])
    if facts.arm:
        parts.append(f"{words['arm']} {text(trial.file.arms[facts.arm], language)}")
    return " · ".join(parts)


def _row(visit: str, target: str, best: str, permitted: str, place: str, title: str) -> str:
    return f"{visit:<20}  {target:<10}  {best:<23}  {permitted:<23}  {place:<10}  {title}"


def _visit_lines(trial: Trial, one: Planned, language: str) -> Iterator[str]:
    words = _LABELS[language]
    titles = {module.id: text(module.title, language) for module in trial.modules[one.visit]}
    best, permitted = (f"{first} – {last}" for first, last in (one.best, one.permitted))
    title = text(trial.visit(one.visit).title, language)
    yield _row(one.name, str(one.target), best, permitted, words[one.place], title)
    modules: dict[tuple[str, str], list[Asked]] = {}
    for asked in one.questionnaires:
        modules.setdefault((asked.module, asked.who), []).append(asked)
    for (module, who), several in modules.items():
        head = f"  {titles[module]} ({words[who]})  "
        written = ", ".join(_asked(asked, words).replace(" ", KEPT) for asked in several)
        lines = textwrap.wrap(written, WIDTH, initial_indent=head, subsequent_indent="    ")
        yield from (line.replace(KEPT, " ") for line in lines)
    if not modules:
        yield f"  {words['nothing']}"


def _asked(asked: Asked, words: dict[str, str]) -> str:
    marks = [] if asked.required else [words["optional"]]
    if asked.once:
        marks.append(words["once"])
    if asked.reuse:
        marks.append(words["reuse"].format(asked.reuse.days))
    name = f"{asked.key}@{asked.version}" if asked.version else asked.key
    return f"{name} ({', '.join(marks)})" if marks else name


def _remarks(trial: Trial, anchors: dict[str, date], facts: Facts, words: dict[str, str]) -> Iterator[str]:
    for visit in waiting(trial, anchors, facts):
        yield words["waits"].format(visit.id, visit.after)
    outside = [visit.id for visit in trial.file.visits if not visit.planned]
    if outside:
        yield words["outside"].format(", ".join(outside))
