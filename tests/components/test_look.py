"""The gallery in a browser: no accessibility fault, no sideways scroll, targets large enough, paper."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.components.stage import Reply, Stage, on_stage

AXE = (Path(__file__).resolve().parents[1] / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """rules => axe.run(document, {runOnly: rules})
  .then(found => found.violations.map(v => [v.id, v.nodes.map(n => n.target)]))"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
OVERSET = """[...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.co-scroll')
    && !e.closest('.nhsuk-u-visually-hidden')).map(e => e.outerHTML.slice(0, 90))"""


async def shown(chromium, html, width, look, javascript=True, **media):
    """Open the page as the product would serve it and look at it; nothing may break the content policy."""

    async def play(stage):
        page = await chromium.new_page(viewport={"width": width, "height": 900}, java_script_enabled=javascript)
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.emulate_media(**media)
        await page.goto(stage.address)
        await look(page)
        await page.close()
        assert said == []

    await on_stage(Stage(lambda asked: Reply(html)), play)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("base", ["patient", "team"])
async def test_the_gallery_has_no_fault_at_any_width(chromium, gallery, base, language):
    async def look(page):
        await page.evaluate("document.fonts.ready")
        await page.evaluate(AXE)
        for width in (1280, 640, 375, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate(RUN_AXE, RULES) == [], width
            assert await page.evaluate(WIDER) is False, (width, await page.evaluate(OVERSET))

    await shown(chromium, gallery(base, language), 1280, look)


@pytest.mark.parametrize(("base", "least"), [("patient", 44), ("team", 40)])
async def test_controls_are_large_enough_to_touch(chromium, gallery, base, least):
    small = """least => [...document.querySelectorAll('.co-q .nhsuk-button, .co-actions .nhsuk-button,'
      + '.nhsuk-input, .nhsuk-select, .nhsuk-radios__item, .nhsuk-checkboxes__item')]
      .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < least)
      .map(e => e.outerHTML.slice(0, 80))"""

    async def look(page):
        assert await page.evaluate(small, least) == []

    await shown(chromium, gallery(base), 375, look)


async def test_rows_of_radios_are_columns_when_wide_and_stacked_on_a_phone(chromium, gallery):
    tops = """[...document.querySelectorAll('#item-m1 .nhsuk-radios__item')]
      .map(e => Math.round(e.getBoundingClientRect().top))"""
    words = "(label => label.scrollWidth <= label.clientWidth)(document.querySelector('#item-m1 label'))"

    async def look(page):
        assert len(set(await page.evaluate(tops))) == 1
        await page.set_viewport_size({"width": 375, "height": 800})
        assert len(set(await page.evaluate(tops))) == 4
        assert await page.evaluate(words)

    await shown(chromium, gallery(), 1280, look)


async def test_on_paper_there_is_no_menu_and_every_detail_is_open(chromium, gallery):
    async def look(page):
        for gone in (".co-nav", ".nhsuk-button >> nth=0", ".co-autosave", ".co-chart__svg--narrow >> nth=0"):
            assert not await page.locator(gone).is_visible()
        assert await page.locator(".co-chart__svg--wide").first.is_visible()
        assert await page.locator("#total + details table").is_visible()
        boxes = [await item.bounding_box() for item in await page.locator("#item-m1 .nhsuk-radios__item").all()]
        assert len({round(box["y"]) for box in boxes}) == 1
        assert all(0 < box["x"] < box["x"] + box["width"] < 800 for box in boxes)

    await shown(chromium, gallery("team"), 800, look, media="print")


async def test_ten_questions_with_four_options_fit_one_sheet(chromium, draw):
    text = """{% extends "layout_patient.html" %}{% from "radios.html" import radios %}
    {% block title %}Sheet{% endblock %}{% block main %}<div class="co-page"><h1 class="nhsuk-heading-l">Sheet</h1>
    {% for n in range(10) %}{{ radios("q%s"|format(n), "Little interest or pleasure in doing things", often,
    num="Question %s"|format(n)) }}{% endfor %}</div>{% endblock %}"""
    often = [(n, words) for n, words in enumerate(["Not at all", "Several days", "More than half the days", "Always"])]

    async def look(page):
        assert len(PdfReader(BytesIO(await page.pdf(format="A4"))).pages) == 1

    await shown(chromium, draw(text, often=often), 1280, look)


async def test_without_a_script_the_slider_is_its_number_box(chromium, gallery):
    async def look(page):
        assert not await page.locator("#q11-range").is_visible()
        assert await page.locator("#q11").is_visible()

    await shown(chromium, gallery(), 800, look, javascript=False)
