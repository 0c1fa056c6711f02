"""The questionnaires on disk: every version, compiled when first asked for.

The only module here that reads files.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from app.questionnaires import manifest
from app.questionnaires.definition import read_questionnaire
from app.questionnaires.head import is_published, version_key
from app.questionnaires.manifest import Manifest
from app.questionnaires.model import Questionnaire
from app.questionnaires.troubles import Refused, Trouble
from app.settings import extra_folder

FOLDER = Path(__file__).parents[2] / "questionnaires"


def file_beside(path: Path) -> Callable[[str], str | None]:
    """Reads the norm tables beside a questionnaire file; nothing outside its folder."""
    home = path.parent.resolve()

    def read(name: str) -> str | None:
        wanted = (home / name).resolve()
        if not name or not wanted.is_relative_to(home) or not wanted.is_file():
            return None
        return wanted.read_text("utf-8")

    return read


def read_file(path: Path, *, run_examples: bool) -> Questionnaire:
    """One questionnaire file; raises Refused, or OSError when it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8: {error.reason} at byte {error.start}."
        raise Refused([Trouble("Y03", 1, "$", message, "Save the file as UTF-8.")]) from None
    return read_questionnaire(text, file_beside(path), run_examples=run_examples)


def version_files(folder: Path) -> dict[str, dict[str, Path]]:
    """Key → version → file, versions in rising order; files whose name is no version are left out."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        if version_key(path.stem) is not None:
            found.setdefault(path.parent.name, {})[path.stem] = path
    return {key: dict(sorted(files.items(), key=_rising)) for key, files in found.items()}


def _rising(entry: tuple[str, Path]) -> tuple[tuple[int, int, int], str]:
    return version_key(entry[0]) or (0, 0, 0), entry[0]


class Duplicate(Exception):
    """A further folder holds what the first one has already; the message names every file."""


class Library:
    """Every version of every questionnaire of a folder, and of a further one where an installation has its own.

    Each file is read at most once. Raises Duplicate where both folders hold the same version of a questionnaire.
    """

    def __init__(self, folder: Path, further: Path | None = None) -> None:
        self.folder = folder
        self._files = version_files(folder) if further is None else _together(folder, further)
        self._read: dict[tuple[str, str], Questionnaire] = {}

    def keys(self) -> list[str]:
        return list(self._files)

    def versions(self, key: str) -> list[str]:
        """Versions in rising order; raises KeyError."""
        return list(self._files[key])

    def find(self, key: str, version: str | None = None) -> Questionnaire:
        """That version; without one the highest published, else the highest of all.

        Raises KeyError, Refused.
        """
        if version is not None:
            return self._load(key, version)
        return self._published(key) or self._load(key, self.versions(key)[-1])

    def current(self) -> list[Questionnaire]:
        """The highest published version of each questionnaire, by key: what may be assigned today."""
        return [q for key in self._files if (q := self._published(key)) is not None]

    def _published(self, key: str) -> Questionnaire | None:
        every = (self._load(key, version) for version in reversed(self.versions(key)))
        return next((q for q in every if q.file.status == "published"), None)

    def _load(self, key: str, version: str) -> Questionnaire:
        if (key, version) not in self._read:
            q = read_file(self._files[key][version], run_examples=False)
            self._read[key, version] = q
        return self._read[key, version]


def _together(folder: Path, further: Path) -> dict[str, dict[str, Path]]:
    ours, theirs = version_files(folder), version_files(further)
    twice = [path for key, files in theirs.items() for v, path in files.items() if v in ours.get(key, {})]
    if twice:
        names = ", ".join(str(path) for path in twice)
        raise Duplicate(f"The product has this version already: {names}. Give the file another key.")
    both = {key: {**ours.get(key, {}), **theirs.get(key, {})} for key in sorted({*ours, *theirs})}
    return {key: dict(sorted(files.items(), key=_rising)) for key, files in both.items()}


# --- checking and publishing ----------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder, empty where there is none; raises ValueError when it is broken."""
    path = folder / manifest.NAME
    return manifest.parse_manifest(path.read_text("utf-8")) if path.is_file() else {}


def is_library(folder: Path) -> bool:
    """Whether a folder holds questionnaires as `<key>/<version>.yml` under a manifest."""
    return folder.resolve() == FOLDER or (folder / manifest.NAME).is_file()


def check_file(path: Path) -> list[Trouble]:
    """Everything wrong with one file, its examples run.

    In a library also its name, lineage and fingerprint.
    """
    try:
        q = read_file(path, run_examples=True)
    except Refused as refused:
        return refused.troubles
    troubles = list(q.warnings)
    folder = path.resolve().parent.parent
    if is_library(folder):
        troubles.extend(manifest.check_name(q, path.resolve().parent.name, path.stem))
        versions = version_files(folder).get(path.resolve().parent.name, {})
        troubles.extend(manifest.check_replaced(q, versions))
        listed, published = read_manifest(folder), is_published(q.file)
        for name, content in _contents(folder, path.resolve(), q).items():
            troubles.extend(manifest.compare(listed, name, content, published=published))
    return troubles


def lost_files(folder: Path) -> list[str]:
    """Files that the manifest lists and that are not there."""
    return [name for name in read_manifest(folder) if not (folder / name).is_file()]


def _contents(folder: Path, path: Path, q: Questionnaire) -> dict[str, bytes]:
    """The file and its norm tables, by their path below the folder."""
    tables = [path.parent / norm.file for norm in q.file.norms.values() if norm.file]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in dict.fromkeys((path, *tables))}


def publish(folder: Path, keys: list[str]) -> tuple[list[str], list[str]]:
    """Add the published versions of these keys to the manifest: (files added, files that had changed).

    A file that is listed already is never listed anew: when one has changed, nothing is written.
    """
    entries, added, changed = read_manifest(folder), [], []
    for key, files in version_files(folder.resolve()).items():
        for path in files.values() if key in keys else ():
            q = read_file(path, run_examples=True)
            for name, content in _contents(folder.resolve(), path, q).items() if is_published(q.file) else ():
                digest = manifest.fingerprint(content)
                if entries.setdefault(name, digest) != digest:
                    changed.append(name)
                elif name not in added:
                    added.append(name)
    new = [name for name in added if name not in read_manifest(folder)]
    if new and not changed:
        (folder / manifest.NAME).write_text(manifest.render_manifest(entries), "utf-8")
    return new, changed


@cache
def library() -> Library:
    """The library of this installation, one for each process: what the product ships, and the centre's own files.

    Raises Duplicate; FileNotFoundError where EXTRA_QUESTIONNAIRES names no folder.
    """
    further = extra_folder()
    if further is not None and not further.is_dir():
        raise FileNotFoundError(f"EXTRA_QUESTIONNAIRES: {further} is no folder.")
    return Library(FOLDER, further)
