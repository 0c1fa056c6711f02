"""What the macros write: labels, legends, descriptions, slots. How it looks is in test_look.py."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
TEMPLATES = COMPONENTS.parent / "templates"
FILES = sorted(COMPONENTS.glob("*.html"))


def soup(html):
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def page(gallery):
    return soup(gallery())


def controls(page):
    return [field for field in page.select("input, select, textarea") if field.get("type") not in {"hidden", "submit"}]


def test_every_control_has_words(page):
    for control in controls(page):
        label = page.select_one(f'label[for="{control["id"]}"]')
        assert control.get("aria-label") or label.get_text(strip=True), control


def test_every_fieldset_begins_with_its_legend(page):
    assert page.select("fieldset")
    for fieldset in page.select("fieldset"):
        first = fieldset.find(True, recursive=False)
        assert first.name == "legend"
        assert first.get_text(strip=True)


def test_every_reference_meets_an_id_and_no_id_stands_twice(page):
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for tag in page.select(f"[{attribute}]"):
            named = tag[attribute] if isinstance(tag[attribute], list) else tag[attribute].split()
            assert set(named) <= set(ids), tag
    for link in page.select(".nhsuk-error-summary a"):
        assert link["href"].removeprefix("#") in ids


def test_every_question_card_has_its_slots_and_its_first_control(page):
    cards = [card for card in page.select(".co-q") if "co-q--info" not in card["class"]]
    assert len(cards) > 15
    for card in cards:
        name = card["id"].removeprefix("item-")
        assert card.select_one(f"#{name}-error.co-q__error") is not None
        assert card.select_one(f"#conflict-{name}.co-q__conflict") is not None
        assert card.select_one(f"#{name}").name in {"input", "select", "textarea", "button"}


def test_the_error_is_tied_to_the_control_and_says_error(page):
    weight = page.select_one("#weight")
    assert weight["aria-invalid"] == "true"
    assert "weight-error" in weight["aria-describedby"]
    assert page.select_one("#weight-error").get_text(" ", strip=True).startswith("Error:")
    assert page.select_one("#q8-error").contents == []
    assert "q2-error" in page.select_one("#item-q2 fieldset")["aria-describedby"]


def test_what_people_typed_is_escaped(page):
    assert page.select_one("#q8")["value"] == "<b>Lithium</b> & co"
    assert page.select_one("#q9").string.strip() == "Two\nlines"


def test_the_chosen_answer_is_the_checked_one(page):
    assert [box["value"] for box in page.select('#item-q1 input[type="radio"][checked]')] == ["1"]
    assert [box["value"] for box in page.select("#item-q4 input[checked]")] == ["walk"]
    assert [box["value"] for box in page.select("#item-m1 input[checked]")] == ["2"]
    assert page.select_one("#q10 option[selected]")["value"] == "land"


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        ("2026-11-09", ["09", "11", "2026"]),
        ("2026-11", ["", "11", "2026"]),
        ("2026", ["", "", "2026"]),
        ("", ["", "", ""]),
    ],
)
def test_a_date_is_three_boxes(draw, value, boxes):
    html = draw(
        '{% from "date.html" import date_boxes %}{{ date_boxes("d", "When?", value, partial=True) }}',
        value=value,
    )
    fields = soup(html).select("input")
    assert [field["value"] for field in fields] == boxes
    assert [field["name"] for field in fields] == ["d-day", "d-month", "d-year"]
    assert fields[0]["id"] == "d"


def test_a_slider_without_an_answer_is_an_empty_box(page):
    assert page.select_one("#q12")["value"] == ""
    assert page.select_one("#q12-range").get("name") is None
    assert "co-slider--empty" in page.select_one("#item-q12 .co-slider")["class"]
    assert page.select_one("#q11")["value"] == page.select_one("#q11-range")["value"] == "6"


@pytest.mark.parametrize(
    ("lo", "hi", "step", "marks"),
    [(0, 10, 1, 11), (1, 5, 1, 5), (0, 100, 1, 11), (0, 1, 0.1, 11), (0, 15, 1, 6), (0, 13, 1, 2)],
)
def test_a_slider_has_few_marks_from_end_to_end(draw, lo, hi, step, marks):
    text = '{% from "slider.html" import slider %}{{ slider("s", "How?", lo, hi, ("no", "yes"), step=step) }}'
    found = [mark.string for mark in soup(draw(text, lo=lo, hi=hi, step=step)).select(".co-slider__ticks li")]
    assert (len(found), found[0], found[-1]) == (marks, str(lo), str(hi))


def test_attributes_for_saving_stand_on_the_card(page):
    assert page.select_one("#item-q1")["hx-post"] == "/save/q1"
    assert not page.select("input[hx-post]")


def test_a_hidden_card_is_kept_in_the_form(page):
    card = page.select_one("#item-q20")
    assert card.has_attr("hidden")
    assert card.has_attr("data-conditional")
    assert page.select_one("form#section #q20") is not None


def test_each_form_that_writes_carries_the_token(page):
    forms = page.select('form[method="post"]')
    assert len(forms) == 3
    assert all(form.select_one('input[name="_csrf_token"]')["value"] for form in forms)


def test_the_same_parameters_give_the_same_text(draw):
    text = """{% from "radios.html" import radios %}
    {{ radios("q1", "How?", [(0, "a"), (1, "b")], chosen=0, attrs={"hx-post": "/x"}) }}"""
    assert draw(text) == draw(text)


def test_a_list_of_one_page_has_no_links(draw):
    assert draw('{% from "pagination.html" import pages %}{{ pages() }}').strip() == ""


def test_tables_name_their_rows_and_columns(page):
    for table in page.select("table"):
        assert table.caption.get_text(strip=True)
        assert {head["scope"] for head in table.select("thead th")} == {"col"}
        assert all(
            isinstance(row.find(True), Tag) and row.find(True)["scope"] == "row" for row in table.select("tbody tr")
        )


@pytest.mark.parametrize("base", ["patient", "team"])
def test_a_page_holds_no_inline_script_or_style(gallery, base):
    html = gallery(base)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)
    assert all(script.get("src", "").startswith("/static/") for script in soup(html).select("script"))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("layout", ["public", "patient", "focus", "team"])
def test_each_layout_has_its_landmarks(draw, layout, language):
    text = f'{{% extends "layout_{layout}.html" %}}{{% block title %}}T{{% endblock %}}'
    page = soup(draw(text, language))
    assert page.html["lang"] == language
    assert page.title.string == "T – Cohorte"
    assert all(len(page.select(name)) == 1 for name in ("body > header", "body > main", "body > footer"))
    assert page.select_one("body > a.nhsuk-skip-link")["href"] == "#main"
    assert [tag["id"] for tag in page.select('[role="status"]')] == ["live"]
    other = {"en": "fr", "fr": "en"}[language]
    link = page.select_one(f'a[lang="{other}"]')
    assert link["href"] == f"/language/{other}?next=/"
    assert page.select_one('meta[name="csrf-token"]')["content"]


def test_leaving_a_section_sends_its_form(draw):
    page = soup(draw('{% extends "layout_focus.html" %}{% set leave_form = "section" %}'))
    button = page.select_one(".co-header__tools button")
    assert (button["form"], button["name"], button["type"]) == ("section", "leave", "submit")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["help", "privacy", "accessibility", "legal"])
def test_the_open_pages_can_be_read_in_both_languages(draw, name, language):
    page = soup(draw(f'{{% include "pages/{name}.html" %}}', language))
    assert len(page.select("h1")) == 1
    assert page.title.string.startswith(page.h1.string)
    if language == "fr":
        text = page.main.get_text() + page.footer.get_text()
        assert not re.search(r" [:;!?»%]|[^\u00a0][;!?»](?=\s|$)|(?<=\w)'(?=\w)", text)


def test_every_file_says_first_what_it_draws():
    for file in FILES + sorted(TEMPLATES.glob("*.html")) + sorted((TEMPLATES / "pages").glob("*.html")):
        text = file.read_text()
        assert text.startswith("{# "), file.name
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), file.name


def test_every_part_stands_in_the_gallery():
    text = (Path(__file__).parent / "gallery.html").read_text()
    inner = {"item.html", "mark.html"}
    assert [file.name for file in FILES if file.name not in inner and f'"{file.name}"' not in text] == []
