"""Both languages are whole, and the French is set as French is."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
OPTIONS = {"**.html": {"trimmed": "true"}, "**.txt": {"trimmed": "true"}}
BAD_SPACE = re.compile(r"[^\xa0\s][;!?»%](?=\s|$)|\s(?<!\xa0)[;:!?»%](?=\s|$)|«(?!\xa0)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def french() -> Catalog:
    with (ROOT / "locales/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(io.BytesIO(file.read()), locale="fr")


def used() -> set[str]:
    """Every English text that the product may show."""
    found = set()
    for folder in ("app", "templates", "components"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda d: "node_modules" not in d
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


FRENCH = french()


def texts() -> list[tuple[str, str]]:
    """(English, French) of every entry, each plural form by itself."""
    pairs = []
    for message in FRENCH:
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            pairs += [(str(message.id), form) for form in forms]
    return pairs


def test_every_text_has_its_french():
    missing = sorted(text for text in used() if text not in FRENCH or not FRENCH[text].string)
    assert missing == []


def test_nothing_is_half_translated():
    assert [message.id for message in FRENCH if message.id and message.fuzzy] == []
    assert [english for english, words in texts() if not words] == []


def test_placeholders_agree():
    wrong = [
        english
        for english, words in texts()
        if words
        and not english.startswith("(")
        and set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(words))
    ]
    assert wrong == []


@pytest.mark.parametrize("mark", ["'", "\N{NARROW NO-BREAK SPACE}", "..."])
def test_french_uses_its_own_marks(mark):
    assert [words for _, words in texts() if mark in words] == []


def test_french_spaces_do_not_break():
    assert [words for _, words in texts() if BAD_SPACE.search(PLACEHOLDER.sub("x", words))] == []


def test_a_french_page_reads_french():
    from app.lib import i18n, pages

    token = i18n.locale.set("fr")
    try:
        page = pages.render("pages/help.html")
    finally:
        i18n.locale.reset(token)
    assert "Aide et contact" in page
