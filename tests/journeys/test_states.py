"""The states a page can be in, each looked at in a real browser: axe and the sides, at two widths."""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.story import (
    PHQ9,
    answers_of,
    behold,
    behold_still,
    card,
    choose,
    press,
    saved,
    shoot,
    told,
)
from tests.pages import axe, overflows

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
REVIEW = ("Relire mes réponses", "Review my answers", "Continuer", "Continue")
THANKS = "Your answers are sent|Vos réponses sont envoyées"


def answer_phq9(page: Page, url: str, *, last: int = 0, difficulty: int | None = None) -> None:
    """All of the PHQ-9, sent: 12 points, `last` at question 9."""
    page.goto(f"{url}/pages/problems")
    for item, value in zip(PHQ9, [3, 3, 3, 3, 0, 0, 0, 0, last], strict=True):
        choose(page, item, value)
    saved(page)
    page.goto(f"{url}/pages/effect")
    if difficulty is not None:
        choose(page, "q10", difficulty)
        saved(page)
    page.goto(f"{url}/review")
    press(page, "Envoyer", "Send")
    page.wait_for_url("**/sent")


@LANGUAGES
def test_nothing_to_do(live, new_page, language):
    who = told(live, f"empty-{language}")
    page = new_page(language, who=who.name)

    page.goto("/home")

    expect(page.locator(".co-empty")).to_be_visible()
    behold(page, "home-empty", language)
    team = new_page(language, who=who.practitioner)
    team.goto(f"/patients/{who.patient}")
    expect(team.locator("#nothing-yet")).to_be_visible()
    behold(team, "team-record-empty", language)


@LANGUAGES
def test_things_to_do(live, new_page, language):
    who = told(live, f"todo-{language}")
    who.ask_for("social")
    assignment = who.ask_for("phq9")
    page = new_page(language, who=who.name)

    page.goto("/home")
    behold(page, "home", language)
    page.goto(f"/assignments/{assignment}")

    behold(page, "intro", language)


@LANGUAGES
def test_an_answer_is_missing(live, new_page, language):
    who = told(live, f"missing-{language}")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{who.opened('phq9')}/pages/problems")
    choose(page, "q1", 2)
    saved(page)

    press(page, *REVIEW)

    expect(page.locator("#error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^(Erreur\xa0: |Error: )"))
    expect(page.locator("#error-summary li")).to_have_count(8)
    behold(page, "error-missing", language)
    page.locator("#error-summary li a").first.click()
    expect(card(page, "q2").locator(":focus")).to_have_count(1)


def test_an_answer_that_cannot_be_is_refused_beside_its_box(live, new_page):
    who = told(live, "refused")
    response = who.opened("daily_life")
    page = new_page("fr", who=who.name)
    page.goto(f"/responses/{response}/pages/nights")

    page.locator("#wakings").fill("99")
    page.locator("#wakings").press("Tab")

    expect(page.locator("#wakings-error")).to_contain_text("20")
    expect(page.locator("#wakings")).to_have_attribute("aria-invalid", "true")
    behold(page, "error-refused", "fr")
    page.locator("#wakings").fill("2")
    page.locator("#wakings").press("Tab")
    saved(page)
    expect(page.locator("#wakings-error")).to_be_empty()
    assert answers_of(live, response) == {"wakings": "2"}


@LANGUAGES
def test_two_devices_never_overwrite_each_other_silently(live, new_page, language):
    who = told(live, f"conflict-{language}")
    response = who.opened("phq9")
    url = f"/responses/{response}/pages/problems"
    here, there = new_page(language, who=who.name), new_page(language, who=who.name)
    here.goto(url)
    there.goto(url)
    choose(there, "q1", 1)
    saved(there)

    choose(here, "q1", 3)

    conflict = here.locator("#conflict-q1")
    expect(conflict.get_by_role("heading")).to_be_visible()
    expect(conflict).to_contain_text({"fr": "Plusieurs jours", "en": "Several days"}[language])
    expect(conflict).to_contain_text({"fr": "Presque tous les jours", "en": "Nearly every day"}[language])
    assert answers_of(live, response) == {"q1": "1"}
    behold(here, "conflict", language)
    conflict.get_by_role("button").click()
    expect(conflict).to_be_empty()
    saved(here)
    assert answers_of(live, response) == {"q1": "3"}


@LANGUAGES
def test_two_devices_without_a_script_choose_on_a_page(live, new_page, language):
    who = told(live, f"conflict-page-{language}")
    response = who.opened("phq9")
    url = f"/responses/{response}/pages/problems"
    here, there = (new_page(language, 375, js=False, who=who.name) for _ in range(2))
    here.goto(url)
    there.goto(url)
    choose(there, "q1", 1)
    press(there, *REVIEW)
    expect(there.locator("#error-summary")).to_be_visible()
    choose(here, "q1", 3)
    choose(here, "q2", 2)
    press(here, *REVIEW)

    expect(here.locator("h1")).to_have_text(
        {"fr": "Deux réponses différentes", "en": "Two different answers"}[language]
    )
    assert answers_of(live, response) == {"q1": "1", "q2": "2"}
    behold_still(here, new_page(language), "conflict-page", language)
    here.locator("#q1-mine").check()
    press(here, "Garder ces réponses", "Keep these answers")
    expect(here.locator("#q1-mine")).to_have_count(0)
    assert answers_of(live, response) == {"q1": "3", "q2": "2"}


@LANGUAGES
def test_signed_out_in_the_middle_nothing_typed_is_lost(live, new_page, language):
    who = told(live, f"out-{language}")
    response = who.opened("daily_life")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{response}/pages/nights")
    choose(page, "night_quality", "bad")
    saved(page)
    live.expire_sessions(who.name)

    page.locator("#night_trouble").fill("Le bruit de la rue, « toute » la nuit.")
    page.locator("#night_trouble").press("Tab")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    behold(page, "signed-out", language, whole=False)
    live.forget_sign_ins()
    dialog.locator("#again-send").click()
    dialog.locator("#code").fill(live.mail_code(who.address))
    behold(page, "signed-out-code", language, whole=False)
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    saved(page)
    assert answers_of(live, response)["night_trouble"] == '"Le bruit de la rue, « toute » la nuit."'
    expect(page.locator("#night_trouble")).to_have_value("Le bruit de la rue, « toute » la nuit.")


@LANGUAGES
def test_an_answer_reveals_and_hides_without_stealing_focus(live, new_page, language):
    who = told(live, f"reveal-{language}")
    response = who.opened("daily_life")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{response}/pages/nights")
    expect(card(page, "night_trouble")).to_be_hidden()

    page.locator("input[name='night_quality'][value='good']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")

    expect(card(page, "night_trouble")).to_be_visible()
    expect(page.locator("input[name='night_quality'][value='bad']")).to_be_focused()
    expect(page.locator("[data-count]").first).to_have_text(re.compile("^1 .* 22"))
    behold(page, "revealed", language)
    choose(page, "night_quality", "good")
    expect(card(page, "night_trouble")).to_be_hidden()
    expect(page.locator("[data-count]").first).to_have_text(re.compile("^1 .* 21"))
    behold(page, "hidden", language)


def test_sixty_questions(live, new_page):
    language = "fr"  # its words are the longer ones
    who = told(live, "sixty")
    response = who.opened("social")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{response}/resume")
    behold(page, "sixty-first-section", language)
    page.goto(f"/responses/{response}/review")
    assert page.locator(".co-sum__row").count() >= 40
    behold(page, "sixty-review", language)
    team = new_page(language, who=who.practitioner)
    team.goto("/questionnaires/social")

    assert team.locator(".co-q").count() >= 60
    behold(team, "sixty-blank", language)


def test_at_320_pixels_and_enlarged_twice_nothing_runs_off(live, new_page):
    language = "fr"  # its words are the longer ones
    who = told(live, "narrow")
    phq9, daily, sent = who.opened("phq9"), who.opened("daily_life"), who.opened("phq9")
    page = new_page(language, 320, who=who.name)
    answer_phq9(page, f"/responses/{sent}")
    paths = {
        "home": "/home",
        "phq9": f"/responses/{phq9}/pages/problems",
        "sliders": f"/responses/{daily}/pages/today",
        "nights": f"/responses/{daily}/pages/nights",
        "review": f"/responses/{daily}/review",
        "sent": f"/responses/{sent}/sent",
        "read": f"/responses/{sent}",
    }
    zoomed = new_page(language, 640, who=who.name)
    zoomed.context.new_cdp_session(zoomed).send(
        "Emulation.setDeviceMetricsOverride", {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    )
    for name, path in paths.items():
        for one, state in ((page, "narrow"), (zoomed, "zoom-200")):
            one.goto(path)
            shoot(one, f"{state}-{name}", language)
            assert not overflows(one), f"{state}: {path}"
            assert axe(one) == [], f"{state}: {path}"


@pytest.mark.capability("E15")
@LANGUAGES
def test_on_paper_an_unanswered_question_shows_a_dash_and_never_a_no(live, new_page, language):
    who = told(live, f"paper-{language}")
    response = who.opened("daily_life")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{response}/pages/nights")
    page.locator("#bed_time").fill("22:45")
    page.locator("#bed_time").press("Tab")
    saved(page)

    page.goto(f"/responses/{response}/print")
    behold(page, "print-on-screen", language)
    page.emulate_media(media="print")
    shoot(page, "print", language)
    words = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)

    lines = re.sub(r"\s+", " ", re.sub(r"-\s+", "-", words))
    nap = {"fr": "Dormez-vous dans la journée ?", "en": "Do you sleep during the day?"}[language]
    bed = {"fr": "À quelle heure vous couchez-vous ?", "en": "At what time do you go to bed?"}[language]
    assert re.search(re.escape(nap) + " –", lines), lines
    assert re.search(re.escape(bed) + r" 22[: ]", lines), lines
    assert not re.search(r"\b(Non|No)\b", lines)


@pytest.mark.capability("E29")
@LANGUAGES
def test_a_correction_keeps_both_answers_and_scores_again(live, new_page, language):
    who = told(live, f"correct-{language}")
    response = who.opened("phq9")
    page = new_page(language, who=who.name)
    answer_phq9(page, f"/responses/{response}", difficulty=1)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(THANKS))
    behold(page, "sent", language)

    page.goto(f"/responses/{response}")
    behold(page, "read-back", language)
    press(page, "Corriger", "Correct")
    choose(page, "q1", 0)
    page.locator("#reason").fill("J’avais mal lu.")
    behold(page, "correction", language)
    press(page, "Envoyer la correction", "Send the correction")

    expect(page.locator("#corrections-title")).to_be_visible()
    behold(page, "corrected", language)
    team = new_page(language, who=who.practitioner)
    team.goto(f"/responses/{response}/scores")
    expect(team.locator("#score-total")).to_contain_text("9", timeout=30_000)
    behold(team, "team-scores", language)
    team.locator("#score-total a").click()
    behold(team, "team-score-explained", language)


@pytest.mark.capability("A6")
@LANGUAGES
def test_a_worrying_answer_reaches_the_person_at_once_and_the_team(live, new_page, language):
    who = told(live, f"alert-{language}")
    response = who.opened("phq9")
    page = new_page(language, who=who.name)
    page.goto(f"/responses/{response}/pages/problems")
    choose(page, "q9", 1)
    expect(page.locator("#safety")).to_contain_text("3114")
    expect(page.locator("#safety")).to_be_in_viewport(ratio=1)
    expect(page.locator("input[name='q9'][value='1']")).to_be_focused()
    behold(page, "safety", language)
    answer_phq9(page, f"/responses/{response}", last=1)
    behold(page, "sent-with-safety", language)

    team = new_page(language, who=who.practitioner)
    team.goto("/today")
    behold(team, "team-today-alert", language)
    team.goto(f"/patients/{who.patient}")
    alert = team.locator("[id^='alert-']").first
    expect(alert).to_be_visible()
    behold(team, "alert", language)
    press(team, "Je prends en charge", "I am taking this up")
    expect(team.locator("[id^='alert-'] button")).to_have_count(0)
    behold(team, "alert-taken-up", language)


@pytest.mark.capability("E55")
def test_changing_the_language_keeps_the_page_and_the_answers(live, new_page):
    who = told(live, "switch")
    response = who.opened("phq9")
    page = new_page("fr", who=who.name)
    page.goto(f"/responses/{response}/pages/problems")
    choose(page, "q1", 3)
    saved(page)

    page.locator(".co-lang").first.click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{live.url}/responses/{response}/pages/problems")
    expect(page.locator("input[name='q1'][value='3']")).to_be_checked()


@pytest.mark.capability("A8")
def test_another_centre_finds_nothing(live, new_page):
    who = told(live, "elsewhere")
    response = who.opened("phq9")
    page = new_page("fr", who="zoe")

    for path in (f"/patients/{who.patient}", f"/responses/{response}", f"/responses/{response}/scores"):
        reply = page.goto(path)
        assert reply is not None
        assert reply.status == 404, path
    behold(page, "not-found", "fr")
