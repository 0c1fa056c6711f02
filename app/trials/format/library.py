"""The trial files on disk. The only module here that reads files."""

from pathlib import Path

from app.questionnaires.library import library
from app.questionnaires.troubles import Refused, Trouble
from app.trials.format.checking.findings import Library
from app.trials.format.reading import Trial, read_trial

FOLDER = Path(__file__).parents[3] / "trials"


def read_file(path: Path, questionnaires: Library | None = None) -> Trial:
    """One trial file; raises Refused, or OSError when it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8: {error.reason} at byte {error.start}."
        raise Refused([Trouble("Y03", 1, "$", message, "Save the file as UTF-8.")]) from None
    return read_trial(text, questionnaires or library(), path=str(path))


def check_file(path: Path) -> list[Trouble]:
    """Everything wrong with one file, and what is worth a word."""
    try:
        return list(read_file(path).warnings)
    except Refused as refused:
        return refused.troubles


def trial_files(folder: Path = FOLDER) -> list[Path]:
    """The files of a folder, by name."""
    return sorted(folder.glob("*.yml"))
