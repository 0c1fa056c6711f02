"""The questionnaires on disk: every version, compiled when first asked for.

The only module here that reads files.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from app.questionnaires.definition import read_questionnaire
from app.questionnaires.head import version_key
from app.questionnaires.model import Questionnaire
from app.questionnaires.troubles import Refused, Trouble

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


class Library:
    """Every version of every questionnaire of a folder; each file is read at most once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = version_files(folder)
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


@cache
def library() -> Library:
    """The library of this installation, one for each process."""
    return Library(FOLDER)
