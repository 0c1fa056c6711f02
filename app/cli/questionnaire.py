"""`cohorte questionnaire check, publish, score, explain, schema`: files in, lines out.

No database, no settings.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from app.questionnaires import library as shelf
from app.questionnaires.answering import parse_answers
from app.questionnaires.codebook import codebook
from app.questionnaires.examples import spread
from app.questionnaires.explanation import Explanation, explain
from app.questionnaires.fields import number_text
from app.questionnaires.library import FOLDER, Duplicate, Library
from app.questionnaires.model import Questionnaire, text
from app.questionnaires.person import read_day, read_facts
from app.questionnaires.problems import Problem
from app.questionnaires.scoring import Result, score
from app.questionnaires.shapes import QuestionnaireFile
from app.questionnaires.troubles import Refused
from app.questionnaires.wording import problem_text, reason_text
from app.settings import extra_folder

MAX_DIGITS = 400
OK, FOUND_ERRORS, BAD_INPUT = 0, 1, 2
Subparsers = argparse._SubParsersAction  # the type has no public name


class Unusable(Exception):
    """Input that cannot be used; the message says which and what to do."""


def add_commands(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    """Add `questionnaire` and its sub-commands.

    Each sets `run`, which takes the arguments and gives the exit code.
    """
    parser = subparsers.add_parser("questionnaire", help="check, score and explain questionnaire files")
    commands = parser.add_subparsers(dest="questionnaire_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check files or folders; without a path all questionnaires")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    check.set_defaults(run=_guarded(_check))
    publish = commands.add_parser("publish", help="list published versions in the hash manifest")
    publish.add_argument("keys", nargs="*", metavar="KEY", help="without one all questionnaires")
    publish.add_argument("--folder", type=Path, default=FOLDER, help="a centre's own questionnaires")
    publish.set_defaults(run=_guarded(_publish))
    scoring = commands.add_parser("score", help="score answers: a JSON object, or one object a line")
    scoring.add_argument("key", metavar="KEY", help="KEY, KEY@version, or the path of a file")
    scoring.add_argument("--answers", required=True, metavar="FILE", help="- for standard input")
    scoring.add_argument("--json", action="store_true", help="one line of JSON for each response")
    scoring.set_defaults(run=_guarded(_score))
    explaining = commands.add_parser("explain", help="say how each score is computed")
    explaining.add_argument("key", metavar="KEY", help="KEY, KEY@version, or the path of a file")
    explaining.add_argument("--lang", default="en", metavar="LANGUAGE")
    explaining.set_defaults(run=_guarded(_explain))
    book = commands.add_parser("codebook", help="variables, labels, codes and formulas as JSON")
    book.add_argument("key", metavar="KEY", help="KEY, KEY@version, or the path of a file")
    book.set_defaults(run=_guarded(_codebook))
    schema = commands.add_parser("schema", help="print the JSON Schema of a questionnaire file")
    schema.set_defaults(run=_guarded(_schema))


def _guarded(run: Any) -> Any:
    """Turn what a person may get wrong into a sentence on standard error and exit code 2."""

    def guarded(arguments: argparse.Namespace) -> int:
        try:
            return int(run(arguments))
        except Unusable as error:
            print(f"cohorte questionnaire: {error}", file=sys.stderr)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone, as in `| head`; there is nobody to tell
        return BAD_INPUT

    return guarded


# --- check, publish, schema -----------------------------------------------------------------------


def _check(arguments: argparse.Namespace) -> int:
    errors = warnings = files = 0
    for path in _files(arguments.paths or [FOLDER]):
        files += 1
        for trouble in _troubles(path):
            print(f"{_shown(path)}:{trouble}")
            errors += trouble.level == "error"
            warnings += trouble.level == "warning"
    for folder in arguments.paths or [FOLDER]:
        for name in shelf.lost_files(folder) if folder.is_dir() and shelf.is_library(folder) else ():
            print(f"{_shown(folder / name)}:1: error V01 at $: The manifest lists it, but it is not there.")
            errors += 1
    print(f"{files} files, {errors} errors, {warnings} warnings", file=sys.stderr)
    return FOUND_ERRORS if errors else OK


def _troubles(path: Path) -> list[Any]:
    try:
        return shelf.check_file(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise Unusable(f"{error}.") from None


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.yml"))
        elif path.exists():
            yield path
        else:
            raise Unusable(f"there is no file or folder {path}.")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path)


def _publish(arguments: argparse.Namespace) -> int:
    known = shelf.version_files(arguments.folder)
    for key in arguments.keys:
        if key not in known:
            raise Unusable(f"there is no questionnaire '{key}'. There are: {', '.join(known)}.")
    try:
        added, changed = shelf.publish(arguments.folder, arguments.keys or list(known))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return FOUND_ERRORS
    for name in changed:
        print(f"{name} has changed since it was published. Put the change in a new version.", file=sys.stderr)
    for name in () if changed else added:
        print(f"published {name}")
    return FOUND_ERRORS if changed else OK


def _schema(arguments: argparse.Namespace) -> int:
    print(json.dumps(msgspec.json.schema(QuestionnaireFile), indent=1, ensure_ascii=False))
    return OK


def _codebook(arguments: argparse.Namespace) -> int:
    print(json.dumps(codebook(_find(arguments.key)), indent=1, ensure_ascii=False))
    return OK


# --- score ----------------------------------------------------------------------------------------


def _find(wanted: str) -> Questionnaire:
    """The questionnaire of `KEY`, `KEY@version` or a path."""
    try:
        if wanted.endswith(".yml") or "/" in wanted:
            return shelf.read_file(Path(wanted), run_examples=False)
        key, _, version = wanted.partition("@")
        return Library(FOLDER, extra_folder()).find(key, version or None)
    except OSError as error:
        raise Unusable(f"{wanted} cannot be read: {error.strerror}.") from None
    except Duplicate as twice:
        raise Unusable(str(twice)) from None
    except KeyError:
        raise Unusable(f"there is no questionnaire '{wanted}'. There are: {_known()}.") from None
    except Refused as refused:
        raise Unusable(f"{wanted} is refused:\n{refused}") from None


def _known() -> str:
    files = shelf.version_files(FOLDER)
    return ", ".join(f"{key}@{version}" for key, found in files.items() for version in found) or "none"


def _score(arguments: argparse.Namespace) -> int:
    q = _find(arguments.key)
    code = OK
    for line in _responses(_read_text(arguments.answers)):
        try:
            results = _score_one(q, _parse(line))
            print(_json_line(results) if arguments.json else _plain_lines(q, results))
        except ValueError as error:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
            code = BAD_INPUT
    return code


def _read_text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        written = raw.decode("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise Unusable(f"{name} is not UTF-8 at byte {error.start}.") from None
    if not written.strip():
        raise Unusable(f"{name} is empty. Give a JSON object of answers, or one a line.")
    return written


def _responses(written: str) -> list[str]:
    """The whole text when it is one JSON value, else its lines."""
    lines = [line for line in written.split("\n") if line.strip()]
    if len(lines) == 1:
        return lines
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        try:
            json.loads(written)
        except (ValueError, RecursionError):
            return lines
        return [written]
    return lines


def _parse(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_constant=_no_constant, parse_int=_whole, object_pairs_hook=_no_twice)
    except json.JSONDecodeError as error:
        raise ValueError(f"$: not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("$: nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("$: must be an object {item id: answer}")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"$: {name} is not a JSON number")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"$: a number of {len(digits)} digits")
    return int(digits)


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice}: stands twice")
    return out


def _score_one(q: Questionnaire, given: Mapping[str, Any]) -> dict[str, Result]:
    answers, about, today = _unwrap(q, given)
    facts = read_facts(about, today)
    env, problems = parse_answers(q, spread(answers, q.order))
    if problems:
        raise ValueError("; ".join(_said(place, problem) for place, problem in problems[:20]))
    return score(q, env, facts, today)


def _unwrap(q: Questionnaire, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any], date | None]:
    if "answers" not in given or "answers" in q.questions:
        return given, {}, None
    if extra := sorted(set(given) - {"answers", "about", "day"}):
        raise ValueError(f"{extra[0]}: not known beside answers, about, day")
    answers, about, day = given["answers"], given.get("about"), given.get("day")
    if not isinstance(answers, dict):
        raise ValueError("answers: must be an object {item id: answer}")
    if not isinstance(about, dict | None):
        raise ValueError("about: must be an object {age, sex, education, birth_date}")
    return answers, about or {}, None if day is None else read_day(day, "day")


def _said(place: str, problem: Problem) -> str:
    shown = place if len(place) <= 80 else place[:80] + "…"
    return f"{shown}: {problem}: {problem_text(problem, shown, str)}"


def _json_line(results: Mapping[str, Result]) -> str:
    return json.dumps({name: _plain(result) for name, result in results.items()}, ensure_ascii=False)


def _plain(result: Result) -> dict[str, Any]:
    reason = reason_text(result.reason, "en") if result.reason else None
    return {"value": result.value, "band": result.band, "status": result.status, "reason": reason}


def _plain_lines(q: Questionnaire, results: Mapping[str, Result]) -> str:
    out = []
    for name, result in results.items():
        value = "–" if result.value is None else str(result.value)
        why = reason_text(result.reason, "en") if result.reason else result.band or ""
        out.append(f"{name:20} {value:>10}  {result.status:15} {why}".rstrip())
    return "\n".join(out)


# --- explain --------------------------------------------------------------------------------------

_LABELS = {
    "formula": {"en": "Formula", "fr": "Formule"},
    "steps": {"en": "Steps", "fr": "Étapes"},
    "items": {"en": "Answers used", "fr": "Réponses utilisées"},
    "rule": {"en": "Missing answers", "fr": "Réponses manquantes"},
    "norms": {"en": "Norms", "fr": "Normes"},
    "range": {"en": "Range", "fr": "Étendue"},
    "bands": {"en": "Bands", "fr": "Catégories"},
    "sources": {"en": "Sources", "fr": "Sources"},
    "version": {"en": "Version", "fr": "Version"},
    "from_to": {"en": "{0} to {1}", "fr": "de {0} à {1}"},
    "from": {"en": "from {0}: {1}", "fr": "à partir de {0}\u00a0: {1}"},
}


def _explain(arguments: argparse.Namespace) -> int:
    q, language = _find(arguments.key), arguments.lang
    if language not in q.file.languages:
        known = ", ".join(q.file.languages)
        raise Unusable(f"{q.key} {q.version} is not written in '{language}'. It is in: {known}.")
    print(f"{text(q.file.title, language)} ({q.file.short_name} {q.version})")
    if not q.scores:
        print(text(q.file.no_score_because, language))
    for compiled in q.scores:
        print("\n".join(_explained(explain(q, compiled.id, language), language)))
    return OK


def _explained(e: Explanation, language: str) -> list[str]:
    colon = "\u00a0: " if language.startswith("fr") else ": "
    rows = {
        "formula": e.formula,
        "steps": "; ".join(f"{step.name} = {step.formula}" for step in e.steps),
        "items": ", ".join(item.id for item in e.items),
        "rule": e.rule,
        "norms": "; ".join(f"{norm.population} ({norm.source})" for norm in e.norms),
        "range": _span(e.range, language),
        "bands": "; ".join(_band(start, words, language) for start, words in e.bands),
        "sources": "; ".join(e.sources),
    }
    lines = [f"  {text(_LABELS[name], language)}{colon}{shown}" for name, shown in rows.items() if shown]
    return ["", f"{e.score}{colon}{e.title}", *lines]


def _span(ends: tuple[float, float] | None, language: str) -> str:
    if ends is None:
        return ""
    numbers = (number_text(end, language) for end in ends)
    return text(_LABELS["from_to"], language).format(*numbers)


def _band(start: float, words: str, language: str) -> str:
    return text(_LABELS["from"], language).format(number_text(start, language), words)
