"""Templates: they compile, hide nothing from autoescape, and a page shows the very part that htmx asks for."""

from pathlib import Path

import pytest

from app.lib import pages

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
COMPONENTS = sorted((ROOT / "components").glob("*.html"))
DOMAIN_WORDS = {"patient", "questionnaire", "assignment"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*TEMPLATES, *COMPONENTS], ids=name_of)
def test_it_compiles_and_says_what_it_needs(path):
    text = path.read_text()

    assert pages.ENV.get_template(path.relative_to(ROOT).as_posix().partition("/")[2])
    assert text.startswith("{#"), "say in the first line what it is and what it needs"
    assert "|safe" not in text.replace(" ", ""), "autoescape has no exceptions"
    assert "style=" not in text
    assert "<style" not in text
    assert "onclick" not in text


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name.startswith("_")], ids=name_of)
def test_a_page_includes_the_part_that_bears_its_name(path):
    page = path.with_name(path.name[1:])
    if page.exists():
        part = path.relative_to(ROOT / "templates").as_posix()
        assert f'include "{part}"' in page.read_text(), f"{name_of(page)} and its part may drift apart"
