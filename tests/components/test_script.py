"""app.js in a browser: saving, failing, signing in again, skipping, sliding. The stage answers as agreed."""

import asyncio
import json
from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.components.stage import Asked, Reply, Stage, on_stage

FORM = """{% extends "layout_focus.html" %}
{% from "autosave.html" import autosave %}
{% from "checkboxes.html" import checkboxes %}
{% from "note.html" import error_summary %}
{% from "radios.html" import open_radios, radios %}
{% from "slider.html" import slider %}
{% from "text.html" import text_box %}
{% block title %}Form{% endblock %}
{% block main %}<div class="co-page"><h1>Form</h1>
{{ autosave("save-status", "") }}
<form id="section" method="post" action="/section">
{{ radios("q1", "Tired?", [(0, "Never"), (1, "Often")], attrs=saves.q1) }}
{{ radios("q2", "When?", [(0, "Morning"), (1, "Evening")], hidden=True, conditional=True, attrs=saves.q2) }}
{{ text_box("q3", "Where?", attrs=saves.q3) }}
{{ slider("q4", "Pain?", 0, 10, ("none", "worst"), attrs=saves.q4) }}
{% set tried = [("rest", "Rest"), ("walk", "Walk"), ("none", "Nothing")] %}
{{ checkboxes("q5", "Tried?", tried, exclusive=["none"], attrs=saves.q5) }}
{{ open_radios("q6", "Who?", [("doctor", "Doctor")], attrs=saves.q6) }}
<div id="shown" data-shown="q1 q3 q4 q5 q6"></div>
<button type="submit" class="nhsuk-button">Continue</button></form>
<a href="/elsewhere" id="away">Away</a></div>{% endblock %}"""
SAVED = '<span id="save-status" hx-swap-oob="true">Saved at 14:32</span>'
AGAIN = """<h2>Sign in again</h2><form hx-post="/sign-in/again" hx-target="#sign-in-again-body">
<input id="code" name="code"><button>Continue</button></form>"""
PATIENCE = 20
QUIET = 300
"""Milliseconds after which what has not happened is taken not to happen."""
FAILED = "Not saved yet. We are trying again. Please keep this page open."


@pytest.fixture
def form(draw) -> str:
    names = ["q1", "q2", "q3", "q4", "q5", "q6"]
    saves = {
        name: {
            "hx-post": f"/save/{name}",
            "hx-trigger": "change",
            "hx-swap": "none",
            "hx-params": f"{name},{name}-other",
        }
        for name in names
    }
    return draw(FORM, saves=saves)


@pytest.fixture
def stand(chromium, form):
    """Open the form; `save` answers what it posts, `/sign-in/again` is always there. Then the test plays."""

    async def run(save: Callable[[Asked], Reply], play: Callable[[Page, Stage], object]) -> None:
        def answer(asked: Asked) -> Reply:
            if asked.path.startswith("/save/") or asked.method == "POST":
                return save(asked)
            return Reply(AGAIN if asked.path == "/sign-in/again" else form)

        async def act(stage: Stage) -> None:
            page = await chromium.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
            await page.goto(stage.address)
            await play(page, stage)
            await page.close(run_before_unload=False)
            assert faults == []

        await on_stage(Stage(answer), act)

    return run


def posts(stage: Stage) -> list[tuple[str, dict[str, list[str]]]]:
    return [(asked.path, asked.form) for asked in stage.asked if asked.method == "POST"]


async def arrived(holds: Callable[[], object]) -> None:
    """Wait until the stage has been asked so; what is never asked fails the test."""
    for _ in range(100 * PATIENCE):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"nothing came within {PATIENCE} s")


async def test_a_change_is_saved_and_said_once(stand):
    async def play(page, stage):
        await page.get_by_label("Often").check()
        await expect(page.locator("[data-autosave]")).to_have_text("Saved at 14:32")
        await expect(page.locator("#live")).to_have_text("Saved at 14:32")
        assert posts(stage) == [("/save/q1", {"q1": ["1"]})]
        assert stage.asked[-1].headers["x-csrf-token"] == await page.locator('meta[name="csrf-token"]').get_attribute(
            "content"
        )

    await stand(lambda asked: Reply(SAVED), play)


async def test_the_newest_token_is_sent(stand):
    async def play(page, stage):
        await page.get_by_label("Often").check()
        await expect(page.locator("#live")).to_have_text("Saved at 14:32")
        await page.get_by_label("Never").check()
        await arrived(lambda: len(posts(stage)) == 2)
        assert stage.asked[-1].headers["x-csrf-token"] == "renewed"

    await stand(lambda asked: Reply(SAVED, headers={"X-CSRF-Token": "renewed"}), play)


async def test_a_failure_stays_in_sight_and_is_tried_again_until_it_is_saved(stand):
    attempts = []

    def save(asked):
        attempts.append(asked.path)
        return Reply("", 503) if attempts.count(asked.path) < 3 and asked.path == "/save/q1" else Reply(SAVED)

    async def play(page, stage):
        await page.get_by_label("Often").check()
        status = page.locator("[data-autosave]")
        await expect(status).to_have_text(FAILED)
        await expect(status).to_have_class("co-autosave co-autosave--failed")
        await page.locator("#q3").fill("Home")
        await page.locator("#q3").blur()
        await expect(status).to_have_text("Saved at 14:32")
        await expect(status).to_have_class("co-autosave")
        assert attempts.count("/save/q1") == 3
        assert attempts.count("/save/q3") == 1
        assert posts(stage)[-1] == ("/save/q1", {"q1": ["1"]})

    await stand(save, play)


async def test_leaving_with_an_unsaved_answer_asks_first(stand):
    async def play(page, stage):
        asked = []

        async def stay(dialog):
            asked.append(dialog.type)
            await dialog.dismiss()

        page.on("dialog", stay)
        await page.get_by_label("Often").check()
        await expect(page.locator("[data-autosave]")).to_have_text(FAILED)
        await page.locator("#away").click(no_wait_after=True)
        await arrived(lambda: asked)
        assert asked == ["beforeunload"]
        assert page.url.rstrip("/") == stage.address
        page.remove_listener("dialog", stay)

    await stand(lambda asked: Reply("", 500), play)


async def test_nothing_stands_in_the_way_of_leaving_once_all_is_saved(stand):
    async def play(page, stage):
        await page.get_by_label("Often").check()
        await expect(page.locator("#live")).to_have_text("Saved at 14:32")
        await page.locator("#away").click()
        await page.wait_for_url("**/elsewhere")

    await stand(lambda asked: Reply(SAVED), play)


async def test_a_box_left_as_it_was_found_holds_nobody_back(stand):
    async def play(page, stage):
        await page.locator("#q3").press_sequentially("a")
        await page.locator("#q3").press("Backspace")
        await page.locator("#away").click()
        await page.wait_for_url("**/elsewhere")
        assert posts(stage) == []

    await stand(lambda asked: Reply(SAVED), play)


async def test_a_link_waits_for_the_save_under_way(stand):
    async def play(page, stage):
        await page.locator("#q3").fill("Home")
        await page.locator("#away").click()
        await page.wait_for_url("**/elsewhere")
        assert posts(stage) == [("/save/q3", {"q3": ["Home"]})]

    await stand(lambda asked: Reply(SAVED), play)


async def test_signing_in_again_in_place_loses_nothing(stand):
    signed_in = []

    def answer(asked):
        if asked.path == "/sign-in/again":
            signed_in.append(asked.form["code"])
            return Reply("", headers={"HX-Trigger": "signed-in", "X-CSRF-Token": "after"})
        return Reply(SAVED) if signed_in else Reply("", 401)

    async def play(page, stage):
        await page.get_by_label("Often").check()
        dialog = page.locator("#sign-in-again")
        await expect(dialog).to_be_visible()
        await expect(page.locator("#code")).to_be_focused()
        await page.locator("#code").fill("123456")
        await dialog.get_by_role("button").click()
        await expect(dialog).to_be_hidden()
        await expect(page.locator("[data-autosave]")).to_have_text("Saved at 14:32")
        await expect(page.get_by_label("Often")).to_be_focused()
        await expect(page.locator("#live")).to_have_text("You are signed in again. Your answers have been saved.")
        assert posts(stage)[-1] == ("/save/q1", {"q1": ["1"]})
        assert stage.asked[-1].headers["x-csrf-token"] == "after"
        assert signed_in == [["123456"]]

    await stand(answer, play)


async def test_answers_held_back_are_sent_in_their_order(stand):
    signed_in = []

    def answer(asked):
        if asked.path == "/sign-in/again":
            signed_in.append(True)
            return Reply("", headers={"HX-Trigger": "signed-in"})
        return Reply(SAVED) if signed_in else Reply("", 401)

    async def play(page, stage):
        await page.get_by_label("Often").check()
        await expect(page.locator("#sign-in-again")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.locator("#q3").fill("Home")
        await page.locator("#q3").blur()
        await expect(page.locator("#sign-in-again")).to_be_visible()
        await page.locator("#code").fill("1")
        before = len(posts(stage))
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-autosave]")).to_have_text("Saved at 14:32")
        await arrived(lambda: len(posts(stage)) >= before + 3)
        assert [path for path, _ in posts(stage)[before:]] == ["/sign-in/again", "/save/q1", "/save/q3"]

    await stand(answer, play)


async def test_a_revealed_question_appears_and_focus_stays(stand):
    def answer(asked):
        shown = "q1 q2 q3 q4 q5 q6" if asked.form.get("q1") == ["1"] else "q1 q3 q4 q5 q6"
        return Reply(SAVED + f'<div id="shown" data-shown="{shown}" hx-swap-oob="true"></div>')

    async def play(page, stage):
        question = page.locator("#item-q2")
        await expect(question).to_be_hidden()
        await page.get_by_label("Often").check()
        await expect(question).to_be_visible()
        await expect(page.get_by_label("Often")).to_be_focused()
        await page.get_by_label("Never").check()
        await expect(question).to_be_hidden()
        await expect(page.get_by_label("Never")).to_be_focused()

    await stand(answer, play)


async def test_a_refused_answer_is_marked_and_unmarked(stand):
    def answer(asked):
        if asked.form["q3"] == ["ok"]:
            return Reply(SAVED)
        return Reply('<div id="q3-error" hx-swap-oob="innerHTML"><span>Too long</span></div>', 422)

    async def play(page, stage):
        box = page.locator("#q3")
        await box.fill("much too long")
        await box.blur()
        await expect(page.locator("#q3-error")).to_have_text("Too long")
        await expect(box).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("[data-autosave]")).to_have_text("Not saved: look at the marked answer.")
        await box.fill("ok")
        await box.blur()
        await expect(page.locator("#q3-error")).to_be_empty()
        await expect(box).not_to_have_attribute("aria-invalid", "true")
        await expect(page.locator("[data-autosave]")).to_have_text("Saved at 14:32")

    await stand(answer, play)


async def test_choosing_between_two_values_ends_the_conflict(stand):
    choice = """<div class="co-q__conflict" id="conflict-q3" hx-swap-oob="true">
    <button type="button" hx-post="/save/q3" hx-vals='{"mine": "1"}' hx-params="mine"
    hx-swap="none">Keep mine</button></div>"""
    none = '<div class="co-q__conflict" id="conflict-q3" hx-swap-oob="true"></div>'

    def answer(asked):
        return Reply(SAVED + none) if "mine" in asked.form else Reply(choice, 409)

    async def play(page, stage):
        await page.locator("#q3").fill("Home")
        await page.locator("#q3").blur()
        status = page.locator("[data-autosave]")
        await expect(status).to_have_class("co-autosave co-autosave--failed")
        await page.get_by_role("button", name="Keep mine").click()
        await expect(page.locator("#conflict-q3")).to_be_empty()
        await expect(status).to_have_text("Saved at 14:32")
        await expect(status).to_have_class("co-autosave")
        await page.locator("#away").click()
        await page.wait_for_url("**/elsewhere")

    await stand(answer, play)


async def test_what_is_typed_while_a_save_is_under_way_counts_as_unsaved(stand):
    async def play(page, stage):
        async def slow(route):
            await page.locator("#q3").press_sequentially("more")
            await route.continue_()

        asked = []
        page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
        await page.route("**/save/q3", slow, times=1)
        await page.locator("#q3").press_sequentially("some")
        await page.locator("#q3").dispatch_event("change")
        await expect(page.locator("[data-autosave]")).to_have_text("Saved at 14:32")
        await page.evaluate("location.assign('/elsewhere')")
        await arrived(lambda: asked)
        assert asked == ["beforeunload"]

    await stand(lambda asked: Reply(SAVED), play)


async def test_slider_and_box_follow_each_other(stand):
    async def play(page, stage):
        box, slider = page.locator("#q4"), page.locator("#q4-range")
        frame = page.locator("#item-q4 .co-slider")
        await expect(slider).to_have_attribute("aria-valuetext", "No answer yet")
        await slider.click()
        await expect(box).to_have_value("5")
        await slider.press("ArrowRight")
        await expect(box).to_have_value("6")
        await box.fill("2")
        await expect(slider).to_have_value("2")
        await box.fill("")
        await expect(frame).to_have_class("co-slider co-slider--empty")
        await box.fill("9")
        await box.blur()
        await arrived(lambda: posts(stage)[-1:] == [("/save/q4", {"q4": ["9"]})])
        assert posts(stage)[0] == ("/save/q4", {"q4": ["5"]})

    await stand(lambda asked: Reply(SAVED), play)


async def test_an_answer_that_excludes_the_others_stands_alone_when_it_is_sent(stand):
    async def play(page, stage):
        for label in ("Rest", "Walk", "Nothing"):
            await page.get_by_label(label).check()
        await arrived(lambda: posts(stage)[-1:] == [("/save/q5", {"q5": ["none"]})])
        await page.get_by_label("Walk").check()
        await arrived(lambda: posts(stage)[-1:] == [("/save/q5", {"q5": ["walk"]})])

    await stand(lambda asked: Reply(SAVED), play)


async def test_words_of_ones_own_replace_the_choice_and_the_choice_replaces_them(stand):
    async def play(page, stage):
        await page.get_by_label("Doctor").check()
        await page.locator("#q6-other").fill("Neighbour")
        await page.locator("#q6-other").blur()
        await arrived(lambda: posts(stage)[-1:] == [("/save/q6", {"q6-other": ["Neighbour"]})])
        await page.get_by_label("Doctor").check()
        await arrived(lambda: posts(stage)[-1:] == [("/save/q6", {"q6": ["doctor"], "q6-other": [""]})])

    await stand(lambda asked: Reply(SAVED), play)


# --- the end of a session -------------------------------------------------------------------------------------------

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def watched(chromium, draw):
    """A page whose session lasts as long as `left` says, one value for each question; staying makes it long again."""

    async def run(left: list[dict[str, int]], play: Callable[[Page, Stage], object], html: str = FORM) -> None:
        saves = {f"q{number}": {} for number in range(1, 7)}
        page_html, answers = draw(html, saves=saves), list(left)

        def answer(asked: Asked) -> Reply:
            if asked.path == "/session":
                answers[:] = [{"left": 1800, "last": 0}]
            if asked.path in {"/session", "/session/left"}:
                return Reply(json.dumps(answers.pop(0) if len(answers) > 1 else answers[0]))
            return Reply(AGAIN if asked.path == "/sign-in/again" else page_html)

        async def act(stage: Stage) -> None:
            context = await chromium.new_context()
            page = await context.new_page()
            await page.goto(stage.address)
            await play(page, stage)
            await context.close()

        await on_stage(Stage(answer), act)

    return run


def asked_of(stage: Stage, path: str) -> int:
    return len([asked for asked in stage.asked if asked.path == path])


async def test_two_minutes_before_its_end_one_may_stay(watched):
    async def play(page, stage):
        await page.locator("#q3").focus()
        await page.evaluate(LOOK)
        warning = page.get_by_role("region", name="Your session")
        await expect(warning).to_contain_text("Your session closes in 2 minutes")
        await expect(page.locator("#live")).to_have_text(
            "Your session closes in 2 minutes. The button is at the end of the page."
        )
        await expect(page.locator("#q3")).to_be_focused()
        await warning.get_by_role("button", name="Stay signed in").click()
        await expect(warning).to_be_hidden()
        assert asked_of(stage, "/session") == 1
        assert [asked.headers["x-csrf-token"] for asked in stage.asked if asked.path == "/session"] == [
            await page.locator('meta[name="csrf-token"]').get_attribute("content")
        ]

    await watched([{"left": 119, "last": 0}], play)


async def test_a_long_session_is_left_alone(watched):
    async def play(page, stage):
        await page.evaluate(LOOK)
        await arrived(lambda: asked_of(stage, "/session/left"))
        await page.wait_for_timeout(QUIET)
        await expect(page.locator("#idle")).to_be_hidden()
        await expect(page.locator("#live")).to_have_text("")
        assert asked_of(stage, "/session/left") == 1

    await watched([{"left": 1500, "last": 0}], play)


async def test_typing_counts_as_being_there(watched):
    async def play(page, stage):
        await page.evaluate(LOOK)
        await expect(page.locator("#idle")).to_be_visible()
        await page.locator("#q3").press_sequentially("a")
        await expect(page.locator("#idle")).to_be_hidden()
        assert asked_of(stage, "/session") == 1

    await watched([{"left": 100, "last": 0}], play)


async def test_another_tab_that_stays_silences_this_one(watched):
    async def play(page, stage):
        other = await page.context.new_page()
        await other.goto(stage.address)
        for tab in (page, other):
            await tab.evaluate(LOOK)
            await expect(tab.locator("#idle")).to_be_visible()
        await page.get_by_role("button", name="Stay signed in").click()
        await expect(other.locator("#idle")).to_be_hidden()
        assert asked_of(stage, "/session") == 1
        await other.close()

    await watched([{"left": 110, "last": 0}], play)


async def test_the_longest_session_is_announced_without_a_promise(watched):
    async def play(page, stage):
        await page.evaluate(LOOK)
        warning = page.locator("#idle")
        await expect(warning).to_contain_text("because it has been open for 12 hours")
        await expect(warning.get_by_role("button", name="Stay signed in")).to_be_hidden()
        await warning.get_by_role("button", name="I understand").click()
        await expect(warning).to_be_hidden()
        before = asked_of(stage, "/session/left")
        await page.evaluate(LOOK)
        await arrived(lambda: asked_of(stage, "/session/left") > before)
        await page.wait_for_timeout(QUIET)
        await expect(warning).to_be_hidden()
        assert asked_of(stage, "/session") == 0

    await watched([{"left": 118, "last": 1}], play)


async def test_once_it_has_ended_one_signs_in_again_here(watched):
    async def play(page, stage):
        await page.evaluate(LOOK)
        await expect(page.locator("#idle")).to_contain_text("Your session closes in less than a minute")
        await page.evaluate(LOOK)
        await expect(page.locator("#idle")).to_contain_text("What you have typed is still on this page.")
        await page.locator("#idle").get_by_role("button", name="Sign in again").click()
        await expect(page.locator("#sign-in-again")).to_be_visible()
        await expect(page.locator("#idle")).to_be_hidden()

    await watched([{"left": 20, "last": 0}, {"left": 0, "last": 0}], play)


async def test_where_nobody_is_signed_in_nothing_is_said(watched):
    async def play(page, stage):
        await page.evaluate(LOOK)
        await arrived(lambda: asked_of(stage, "/session/left"))
        await page.wait_for_timeout(QUIET)
        await expect(page.locator("#idle")).to_be_hidden()

    await watched([{"left": 0, "last": 0}], play)


async def test_without_an_answer_it_is_asked_later(watched):
    async def play(page, stage):
        await page.route("**/session/left", lambda route: route.abort())
        async with page.expect_event("requestfailed"):
            await page.evaluate(LOOK)
        await page.wait_for_timeout(QUIET)
        await expect(page.locator("#idle")).to_be_hidden()
        await page.unroute("**/session/left")
        await page.evaluate(LOOK)
        await expect(page.locator("#idle")).to_be_visible()

    await watched([{"left": 100, "last": 0}], play)
