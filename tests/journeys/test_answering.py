"""The main job: a patient answers, leaves, goes on elsewhere, sends; the practitioner sees the score appear."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.story import (
    PHQ9,
    answers_of,
    behold,
    behold_still,
    card,
    choose,
    enter_by_mail,
    enter_by_password,
    press,
    response_of,
    saved,
    told,
)

MODERATE = {"fr": re.compile("modérée", re.IGNORECASE), "en": re.compile("moderate", re.IGNORECASE)}
SCORED_WITHIN = 30_000


@pytest.mark.capability("E4")
@pytest.mark.capability("E11")
@pytest.mark.capability("E15")
@pytest.mark.capability("E16")
@pytest.mark.capability("E27")
@pytest.mark.capability("E29")
@pytest.mark.capability("E33")
@pytest.mark.capability("E55")
@pytest.mark.capability("R8")
@pytest.mark.parametrize(
    ("language", "width", "js"), [("fr", 1280, True), ("en", 375, True), ("fr", 320, False)], ids=str
)
def test_from_the_mailed_code_to_the_score(live, new_page, language, width, js):
    who = told(live, f"{language}{width}")
    assignment = who.ask_for("phq9")
    record = f"/patients/{who.patient}"
    team = new_page(language)
    enter_by_password(team, who, record)
    team.evaluate("window.neverReloaded = true")

    first = new_page(language, width, js=js)
    enter_by_mail(first, who)
    press(first, "Commencer", "Start")
    press(first, "Commencer", "Start")
    for item in PHQ9[:3]:
        choose(first, item, 3)
    if js:
        saved(first)
        expect(first.locator("[data-count]").first).to_have_text(re.compile("^3 "))
    press(first, "Enregistrer et quitter", "Save and leave")
    first.wait_for_url("**/home")

    second = new_page(language, width, js=js)
    enter_by_mail(second, who)
    press(second, "Reprendre (3", "Resume (3")
    _finish(second, js)

    expect(second.get_by_role("heading", level=1)).to_have_text(
        {"fr": "Vos réponses sont envoyées", "en": "Your answers are sent"}[language]
    )
    assert len(answers_of(live, response_of(live, assignment))) == 10
    _see_score(team, MODERATE[language])
    if language == "fr" and js:
        behold(team, "team-record-scored", language)


def _finish(page: Page, js: bool) -> None:
    """Resume at question 4, answer the rest, review and send."""
    page.wait_for_url("**#item-q4")
    expect(card(page, "q3").locator("input[value='3']")).to_be_checked()
    choose(page, "q4", 3)
    for item in PHQ9[4:]:
        choose(page, item, 0)
    if js:
        saved(page)
    press(page, "Continuer", "Continue")
    choose(page, "q10", 1)
    press(page, "Relire mes réponses", "Review my answers")
    expect(page.locator(".co-sum__row")).to_have_count(10)
    press(page, "Envoyer", "Send")
    page.wait_for_url("**/sent")


def _see_score(team: Page, reading: re.Pattern[str]) -> None:
    results = team.locator("#record table").filter(has=team.locator("caption")).first
    expect(team.locator("#record")).to_contain_text(reading, timeout=SCORED_WITHIN)
    expect(results).to_contain_text("12")
    assert team.evaluate("window.neverReloaded"), "the page was loaded again"


@pytest.mark.capability("E17")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_script_an_answer_reveals_one_question_and_hides_another(live, new_page, language):
    who = told(live, f"noscript-{language}")
    response = who.opened("daily_life")
    page, reader = new_page(language, 375, js=False, who=who.name), new_page(language)
    page.goto(f"/responses/{response}/pages/nights")
    page.locator("#bed_time").fill("22:45")
    page.locator("#up_time").fill("07:15")
    expect(card(page, "night_trouble")).to_be_hidden()
    choose(page, "night_quality", "bad")
    press(page, "Continuer", "Continue")

    page.wait_for_url("**#item-night_trouble")
    expect(card(page, "night_trouble")).to_be_visible()
    page.locator("#night_trouble").fill("Le bruit.")
    behold_still(page, reader, "revealed-without-script", language)
    choose(page, "night_quality", "good")
    press(page, "Continuer", "Continue")
    page.wait_for_url(lambda url: "/pages/nights" not in url)
    page.goto(f"/responses/{response}/pages/nights")

    expect(card(page, "night_trouble")).to_be_hidden()
    behold_still(page, reader, "hidden-without-script", language)
    assert answers_of(live, response)["night_trouble"] == '"Le bruit."'
