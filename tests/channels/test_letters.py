"""Every mail and text message in the tree, in both languages: both forms say the same, in words of that language."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import meta

from app.channels.rendering import letter, spoken_code, text_message
from app.lib import i18n, pages
from app.lib.mail import Letter
from tests.browser import text_of

TEMPLATES = Path(__file__).parents[2] / "templates"
TEXTS = sorted(path.relative_to(TEMPLATES).with_suffix("").as_posix() for path in TEMPLATES.rglob("*.txt"))
LETTERS = [name for name in TEXTS if (TEMPLATES / f"{name}.html").exists()]
# A text message goes to a telephone as it stands; what a call says is read aloud.
MESSAGES = [name for name in TEXTS if name not in LETTERS and not name.endswith("/call_code")]
AT = datetime(2026, 11, 22, 13, 32, tzinfo=UTC)
KNOWN = {"code": "482106", "hours": 24, "days": 7, "number": 2, "left": 2, "minutes": 10}
BAD_SPACE = re.compile(r"[^\xa0\s\d][;!?»%](?=\s|$)|\s(?<!\xa0)[;:!?»%](?=\s|$)|«(?!\xa0)")
GSM = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éèàùìòÇÉ.,:;!?'\"()+-/%&=@_ ")


def value_of(name: str) -> object:
    """Something that may stand there."""
    if name.endswith(("_at", "until", "moment", "since", "_from")):
        return AT
    if name in {"link", "address", "url"} or name.endswith(("_link", "_url")):
        return "https://cohorte.example.org/somewhere/token"
    return KNOWN.get(name, "Zorblax")


def context_of(*templates: str) -> dict[str, object]:
    """Every name that these templates ask for and the environment does not give."""
    asked: set[str] = set()
    for template in templates:
        source = (TEMPLATES / template).read_text()
        asked |= meta.find_undeclared_variables(pages.ENV.parse(source))
    return {name: value_of(name) for name in asked - set(pages.ENV.globals) - {"subject"}}


def drawn(name: str, language: str) -> Letter:
    return letter(name, language, **context_of(f"{name}.txt", f"{name}.html"))


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def words_only(line: str) -> bool:
    """Whether a line is in some language, and no code, link or name."""
    return bool(re.search(r"[a-zé]{3}", line)) and not line.startswith("http") and line != "Zorblax"


def test_there_are_some():
    assert {"accounts/mail_code", "alerts/mail"} <= set(LETTERS)
    assert {"channels/text_code", "accounts/text_notice"} <= set(MESSAGES)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", LETTERS)
def test_both_forms_of_a_letter_say_the_same(name, language):
    found = drawn(name, language)
    page = BeautifulSoup(found.html, "html.parser")
    # Where a line breaks is nobody's business.
    seen = re.sub(r"\s+", " ", page.get_text(" "))

    assert 0 < len(found.subject) <= 90
    assert "\n" not in found.subject
    assert page.title is not None
    assert page.title.get_text() == found.subject
    assert page.html is not None
    assert page.html["lang"] == language
    for line in lines_of(found.text):
        pieces = [piece for piece in re.split(r"https?://\S+", line) if piece.strip()]
        assert all(re.sub(r"\s+", " ", piece.strip()) in seen for piece in pieces), (
            f"only in the text of {name}: {line}"
        )
    links = set(re.findall(r"https?://[^\s<\"]+", found.text))
    assert {str(link["href"]) for link in page.select("a[href]") if not str(link["href"]).startswith("tel:")} == links
    assert set(re.findall(r"\b\d{6}\b", found.text)) == set(re.findall(r"\b\d{6}\b", seen))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_asks_for_nothing_remote_and_runs_nothing(name):
    page = BeautifulSoup(drawn(name, "en").html, "html.parser")

    assert page.select("img, script, style, link, iframe, form, [src], [background], [style]") == []
    assert len(page.select("h1")) == 1
    assert text_of(page.h1) == text_of(page.title)


@pytest.mark.parametrize("name", LETTERS)
def test_no_english_is_left_in_a_french_letter(name):
    french, english = drawn(name, "fr"), drawn(name, "en")
    left = set(lines_of(french.text)) & {line for line in lines_of(english.text) if words_only(line)}

    assert left == set()
    assert french.subject != english.subject


@pytest.mark.parametrize("name", LETTERS)
def test_a_french_letter_is_set_as_french_is(name):
    french = drawn(name, "fr")
    for text in (
        french.subject,
        re.sub(r"https?://\S+", "x", french.text),
        text_of(BeautifulSoup(french.html, "html.parser")),
    ):
        text = re.sub(r"https?://\S+", "x", text)
        assert BAD_SPACE.search(text) is None, BAD_SPACE.search(text)
        assert "'" not in text
        assert "..." not in text


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_letter_keeps_a_calm_voice(name, language):
    found = drawn(name, language)

    assert "!" not in found.subject + found.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", MESSAGES)
def test_a_text_message_is_plain_and_names_nobody(name, language):
    text = text_message(name, language, **context_of(f"{name}.txt"))

    assert "Cohorte" in text
    assert set(text) <= GSM, set(text) - GSM
    assert len(text) <= 306, "two messages at most"
    assert text != text_message(name, {"fr": "en", "en": "fr"}[language], **context_of(f"{name}.txt"))


def test_a_call_speaks_both_languages():
    assert spoken_code("fr", "482106") != spoken_code("en", "482106").replace("en-GB", "fr-FR")


def test_a_letter_leaves_the_language_as_it_was():
    token = i18n.locale.set("en")
    drawn("accounts/mail_code", "fr")
    assert i18n.locale.get() == "en"
    i18n.locale.reset(token)
