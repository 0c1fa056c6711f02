"""Checks of a file's head: key, version, languages, rights, sources, lineage, codes, option lists.

No items.
"""

import re
from typing import Any

from app.questionnaires import shapes
from app.questionnaires.draft import ID, Draft, read_code

_VERSION = re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}(-[a-z]{2,8})?\Z", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
_LOINC = re.compile(r"(\d{1,7})-(\d)\Z", re.ASCII)


def read_head(draft: Draft) -> None:
    _identity(draft)
    _languages(draft)
    _rights(draft)
    _sources(draft)
    _lineage(draft)
    check_codes(draft, draft.file.codes, "$.codes")


def _identity(draft: Draft) -> None:
    f = draft.file
    if not ID.match(f.key):
        draft.say("Q10", "$.key", f"'{f.key}' cannot be a key.", "Use small letters, digits and _.")
    if not _VERSION.match(f.version):
        draft.say("Q11", "$.version", f"'{f.version}' is not a version.", 'Write "1.0.0".')
    if not 1 <= f.minutes <= 120:
        remedy = "Give the usual time to answer, 1 to 120."
        draft.say("Q12", "$.minutes", f"{f.minutes} minutes is not likely.", remedy)
    if not f.answered_by:
        draft.say("Q13", "$.answered_by", "Nobody answers this questionnaire.", "Name at least one role.")
    draft.text(f.title, "$.title")
    for name in ("purpose", "recall", "no_score_because"):
        if getattr(f, name) is not None:
            draft.text(getattr(f, name), f"$.{name}")
    if not f.scores and f.no_score_because is None:
        draft.say("Q19", "$.scores", "The file has no score.", "Add one, or say no_score_because:.")


def _languages(draft: Draft) -> None:
    for tag, language in draft.file.languages.items():
        if language.kind in ("validated", "translated") and not language.source:
            message = f"The {tag} wording is a translation without its source."
            remedy = "Add source: who translated or validated it."
            draft.say("Q14", f"$.languages.{tag}", message, remedy)
        base = tag.split("-")[0]
        if base not in draft.file.languages:
            message = f"The variant {tag} has no base language."
            draft.say("Q15", f"$.languages.{tag}", message, f"Declare {base} too.")


def _rights(draft: Draft) -> None:
    f = draft.file
    if not f.rights.holder.strip() or not f.rights.terms.strip():
        remedy = "Name both; for our own wording write 'Cohorte project' and the licence."
        draft.say("Q16", "$.rights", "The rights holder or the terms are empty.", remedy)
    if f.wording == "full" and not f.rights.wording_may_ship:
        message = "The wording may not be shipped, yet the file is of full wording."
        draft.say("Q17", "$.wording", message, "Use wording: score_entry and type: entry.")


def _sources(draft: Draft) -> None:
    f = draft.file
    supported = {what for source in f.sources for what in source.supports}
    needed = {
        "scoring": bool(f.scores),
        "bands": any(score.bands for score in f.scores),
        "wording": f.wording == "full",
        "structure": f.wording == "score_entry",
        "norms": bool(f.norms),
    }
    for what, need in needed.items():
        if need and what not in supported:
            message = f"No source supports the {what}."
            draft.say("Q18", "$.sources", message, f"Add a source with supports: [{what}].")


def _lineage(draft: Draft) -> None:
    lineage = draft.file.lineage
    if lineage is None or lineage.replaces is None:
        return
    if lineage.changes is None or lineage.scores_comparable is None:
        message = "A new version must say what changed and whether its scores compare with the old ones."
        draft.say("Q20", "$.lineage", message, "Add changes: and scores_comparable:.")
    if lineage.changes is not None:
        draft.text(lineage.changes, "$.lineage.changes")
    old, new = version_key(lineage.replaces), version_key(draft.file.version)
    if old is not None and new is not None and new <= old:
        message = f"Version {draft.file.version} is not above {lineage.replaces}, which it replaces."
        draft.say("V03", "$.version", message, "Raise the version, or correct replaces:.")


def version_key(version: str) -> tuple[int, int, int] | None:
    """The numbers of a version, for comparing; None where it is not a version.

    >>> version_key("1.10.0") > version_key("1.9.3"), version_key("one")
    (True, None)
    """
    if not _VERSION.match(version):
        return None
    major, minor, patch = version.split("-")[0].split(".")
    return int(major), int(minor), int(patch)


def check_codes(draft: Draft, codes: dict[str, str] | None, place: str) -> None:
    """LOINC codes carry a check digit: a mistyped code is found here."""
    loinc = (codes or {}).get("loinc")
    if loinc is not None and not is_loinc(loinc):
        message = f"'{loinc}' is not a LOINC code: its check digit does not fit."
        draft.say("V04", f"{place}.loinc", message, "Copy the code again from loinc.org.")


def is_loinc(code: str) -> bool:
    """Whether the check digit (mod 10, Luhn) fits.

    >>> is_loinc("44249-1"), is_loinc("44249-2")
    (True, False)
    """
    found = _LOINC.match(code)
    if not found:
        return False
    total = 0
    for position, digit in enumerate(reversed(found[1])):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(found[2])


def read_tables(draft: Draft) -> None:
    for name, table in draft.file.tables.items():
        if table:
            draft.tables[name] = {read_code(code): value for code, value in table.items()}
        else:
            draft.say("Q26", f"$.tables.{name}", "The table is empty.", "Add rows or remove it.")


def read_options(draft: Draft) -> None:
    """Option lists: codes, scores and words."""
    for name, options in draft.file.options.items():
        place = f"$.options.{name}"
        scores = {read_code(text): _option(draft, text, body, f"{place}.{text}") for text, body in options.items()}
        if len(options) < 2:
            draft.say("Q24", place, "An option list with fewer than two options.", "Add the others.")
        scored = {
            score is not None
            for score, body in zip(scores.values(), options.values(), strict=True)
            if body.get("score") != "none"
        }
        if len(scored) > 1:
            remedy = "Score all, or write score: none where the answer counts as missing."
            draft.say("Q25", place, "Some options have a score and some have none.", remedy)
        draft.options[name] = scores
        alone = (read_code(text) for text, body in options.items() if body.get("exclusive") is True)
        draft.exclusive[name] = frozenset(alone)


def _option(draft: Draft, text: str, body: dict[str, Any], place: str) -> float | None:
    code = read_code(text)
    if not isinstance(code, int) and not _CODE.match(text):
        remedy = "Use the published value, letters, digits, _ . -."
        draft.say("Q21", place, f"'{text}' cannot be a code.", remedy)
    known = {*draft.file.languages, "score", "exclusive"}
    if extra := sorted(set(body) - known):
        remedy = "An option has its languages, score: and exclusive:."
        draft.say("Q22", place, f"'{extra[0]}' is not known here.", remedy)
    if draft.file.wording == "full":
        words = {k: v for k, v in body.items() if k in draft.file.languages and isinstance(v, str)}
        draft.text(words, place)
    return _option_score(draft, body, code, place)


def _option_score(draft: Draft, body: dict[str, Any], code: Any, place: str) -> float | None:
    score = body.get("score", code if isinstance(code, int) else None)
    if score == "none" or score is None:
        return None
    if isinstance(score, int | float) and not isinstance(score, bool):
        return score
    remedy = "Write a number, or none for an answer that counts as missing."
    draft.say("Q23", f"{place}.score", f"'{score}' is not a score.", remedy)
    return None


def is_published(file: shapes.QuestionnaireFile) -> bool:
    """Published and retired versions are in use or were: they never change."""
    return file.status in ("published", "retired")
