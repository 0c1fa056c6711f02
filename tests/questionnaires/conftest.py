"""Fixtures of the questionnaire tests: the files beside them, compiled once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from app.questionnaires.definition import read_questionnaire
from app.questionnaires.library import file_beside, read_file
from app.questionnaires.model import Questionnaire

FILES = Path(__file__).parent / "files"


@cache
def _compiled(name: str) -> Questionnaire:
    return read_file(FILES / f"{name}.yml", run_examples=True)


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Questionnaire]:
    """The compiled questionnaire of a file in `files/`, by its name."""
    return _compiled


@pytest.fixture(scope="session")
def source() -> Callable[[str], str]:
    """The text of a file in `files/`, by its name."""
    return lambda name: (FILES / f"{name}.yml").read_text("utf-8")


@pytest.fixture(scope="session")
def read() -> Callable[[str], Questionnaire]:
    """Compile a text whose norm tables stand in `files/`."""
    beside = file_beside(FILES / "any.yml")
    return lambda text: read_questionnaire(text, beside)


_SMALL = """
format: 1
key: small
version: "1.0.0"
status: draft
title: {en: Small, fr: Petit}
short_name: Small
category: auto
answered_by: [clinician]
wording: full
minutes: 1
languages: {en: {kind: own}, fr: {kind: own}}
rights: {holder: Cohorte project, terms: Same licence as the software., wording_may_ship: true}
sources: [{cite: invented, supports: [wording, scoring, bands, norms]}]
"""


@pytest.fixture(scope="session")
def small(read: Callable[[str], Questionnaire]) -> Callable[[str], Questionnaire]:
    """Compile a small draft from its body: everything from `options:` or `pages:` on."""

    def make(body: str) -> Questionnaire:
        head = _SMALL
        if "scores:" not in body:
            body += "\nscores: []\nno_score_because: {en: none, fr: aucun}"
        if "examples:" not in body:
            body += "\nexamples: []\n"
        return read(head + body)

    return make
