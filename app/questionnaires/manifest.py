"""The hash manifest that makes published files immutable: its text, and what it says against a file. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from app.questionnaires.head import version_key
from app.questionnaires.model import Questionnaire
from app.questionnaires.troubles import Trouble

NAME = "MANIFEST.sha256"
Manifest = dict[str, str]
"""Path below the questionnaires' folder → SHA-256 of the file, in hexadecimal."""

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)\Z")


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def parse_manifest(written: str) -> Manifest:
    """Lines as `sha256sum` writes them; raises ValueError naming the line.

    >>> parse_manifest("")
    {}
    """
    found: Manifest = {}
    for number, line in enumerate(written.splitlines(), 1):
        match = _LINE.match(line)
        if match is None or match[2] in found:
            raise ValueError(f"{NAME}:{number}: not a line of a manifest, or a file that stands twice")
        found[match[2]] = match[1]
    return found


def render_manifest(entries: Manifest) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(entries.items()))


def compare(manifest: Mapping[str, str], name: str, content: bytes, *, published: bool) -> Iterable[Trouble]:
    """V01 when a listed file has changed, or a published one is not listed."""
    listed = manifest.get(name)
    if listed is None and published:
        message = f"{name} is published, but {NAME} does not list it."
        yield Trouble("V01", 1, "$", message, "Run: cohorte questionnaire publish.")
    elif listed is not None and listed != fingerprint(content):
        message = f"{name} has changed since it was published."
        remedy = "Restore it, and put the change in a new version with lineage:."
        yield Trouble("V01", 1, "$", message, remedy)


def check_name(q: Questionnaire, folder: str, stem: str) -> Iterable[Trouble]:
    """V02 when the key is not the folder's name, or the version not the file's."""
    if q.key != folder:
        message = f"The key is '{q.key}', but the folder is '{folder}'."
        yield Trouble("V02", 1, "$.key", message, "Rename the folder, or correct key:.")
    if q.version != stem:
        message = f"The version is {q.version}, but the file is '{stem}.yml'."
        yield Trouble("V02", 1, "$.version", message, "Rename the file, or correct version:.")


def check_replaced(q: Questionnaire, versions: Iterable[str]) -> Iterable[Trouble]:
    """V03 when the version that is replaced is not there, or a later version says nothing of its past."""
    others = [v for v in versions if v != q.version]
    own = version_key(q.version)
    older = [v for v in others if (key := version_key(v)) is not None and own is not None and key < own]
    replaces = q.file.lineage.replaces if q.file.lineage else None
    if replaces is not None and replaces not in others:
        message = f"Version {replaces}, which this one replaces, is not there."
        yield Trouble("V03", 1, "$.lineage", message, "Correct replaces:, or put the older file back.")
    elif older and replaces is None:
        message = f"There is an older version ({older[-1]}), but lineage: does not say what this one replaces."
        yield Trouble("V03", 1, "$.lineage", message, "Add lineage: {replaces: …, changes: …}.")
