"""The demonstration trial of these tests, and how a text is read here."""

from functools import cache
from pathlib import Path

from app.questionnaires.library import library
from app.trials.format.reading import Trial, read_trial

FILES = Path(__file__).parents[3] / "docs/trials"
DEMO = (FILES / "demo.yml").read_text("utf-8")


def read(text: str) -> Trial:
    return read_trial(text, library())


@cache
def demo() -> Trial:
    return read(DEMO)
