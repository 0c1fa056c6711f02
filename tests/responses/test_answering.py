"""Answering in a browser without a script: the intro, the sections, the review, sending; and who is turned away."""

import json
from datetime import date

import pytest
from asyncpg import InsufficientPrivilegeError

from app.lib import clock, jobs
from app.lib.db import execute, fetch, fetch_row, fetch_value, transaction
from app.responses import actions, queries
from tests.answering import CALM, TWELVE, assigned, form_of, opened, send, values
from tests.browser import read, text_of

__all__ = ["assigned", "opened"]


@pytest.mark.capability("E33")
async def test_a_questionnaire_from_home_to_confirmation_without_a_script(browser_for, assigned):
    paul = browser_for("paul")
    assignment = await assigned("phq9")

    home = await paul.page("/home")
    intro = await paul.page(f"/assignments/{assignment}")
    opened = await paul.post(f"/assignments/{assignment}/open")
    first = await paul.get(opened.headers["location"])
    url = first.headers["location"].partition("#")[0]
    answers = await form_of(paul, url) | TWELVE | {"go": "next"}
    second = await paul.post(url, data=answers)
    rest = await form_of(paul, second.headers["location"]) | {"q10": "1", "go": "next"}
    review_at = (await paul.post(second.headers["location"], data=rest)).headers["location"]
    review = await paul.page(review_at)
    seen = review.select_one("input[name=seen]")["value"]
    sent = await paul.post(review_at.replace("review", "submit"), data={"seen": seen})
    confirmation = await paul.page(sent.headers["location"])

    assert f"/assignments/{assignment}" in {link.get("href") for link in home.select("a")}
    assert "Who reads your answers" in text_of(intro.main)
    assert text_of(review.select(".co-sum__row dd")[0]) == "Nearly every day"
    assert "Your answers are sent" in text_of(confirmation.h1)
    state = await fetch_row("SELECT state, response FROM assignment WHERE id = $1", assignment)
    assert state["state"] == "done"
    assert (await values(state["response"]))["q1"] == 3
    events = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", state["response"])
    assert [row["action"] for row in events] == [
        "response.opened",
        "response.saved",
        "response.saved",
        "response.submitted",
    ]


@pytest.mark.capability("R8")
@pytest.mark.capability("E16")
async def test_sending_queues_one_job_and_scoring_it_twice_writes_once(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    waiting = await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'responses:score'")

    await actions.score_response(response, at=clock.now())
    await actions.score_response(response, at=clock.now())

    assert [json.loads(job["args"]) for job in waiting] == [{"response_id": str(response)}]
    [total] = await queries.scores_of_response(response)
    assert (total.score_id, total.value, total.band, total.status) == ("total", 12, "moderate", "computed")
    assert await fetch_value("SELECT count(*) FROM score WHERE response = $1", response) == 1


async def test_nothing_is_sent_when_the_job_cannot_be_queued(opened, monkeypatch):
    paul, response = await opened()
    url = f"/responses/{response}/pages/problems"
    await paul.post(url, data=await form_of(paul, url) | TWELVE)
    seen = (await paul.page(f"/responses/{response}/review")).select_one("input[name=seen]")["value"]

    async def broken(*_args: object, **_more: object) -> None:
        raise OSError("the queue is down")

    monkeypatch.setattr(jobs, "defer", broken)
    reply = await paul.post(f"/responses/{response}/submit", data={"seen": seen})

    assert reply.status_code == 500
    assert await fetch_value("SELECT state FROM response WHERE id = $1", response) == "draft"
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'response.submitted'") == 0


async def test_sending_twice_sends_once(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)

    again = await paul.post(f"/responses/{response}/submit", data={"seen": "anything"})

    assert (again.status_code, again.headers["location"]) == (303, f"/responses/{response}/sent")
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'response.submitted'") == 1
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'responses:score'") == 1


async def test_sending_with_an_answer_missing_names_it_and_keeps_the_rest(opened):
    paul, response = await opened()
    url = f"/responses/{response}/pages/problems"
    some = {name: value for name, value in TWELVE.items() if name != "q5"}
    refused = await paul.post(url, data=await form_of(paul, url) | some)
    seen = (await paul.page(f"/responses/{response}/review")).select_one("input[name=seen]")["value"]

    reply = await paul.post(f"/responses/{response}/submit", data={"seen": seen})

    assert (refused.status_code, reply.status_code) == (422, 422)
    assert [link["href"] for link in read(refused).select("#error-summary a")] == ["#q5"]
    assert "Question 5" in text_of(read(reply).select_one("#error-summary"))
    assert len([v for v in (await values(response)).values() if v is not None]) == 8
    assert await fetch_value("SELECT state FROM response WHERE id = $1", response) == "draft"


async def test_what_was_not_reviewed_is_not_sent(opened):
    paul, response = await opened()
    url = f"/responses/{response}/pages/problems"
    await paul.post(url, data=await form_of(paul, url) | TWELVE)
    seen = (await paul.page(f"/responses/{response}/review")).select_one("input[name=seen]")["value"]
    await paul.post(url, data=await form_of(paul, url) | TWELVE | {"q1": "0"})

    reply = await paul.post(f"/responses/{response}/submit", data={"seen": seen})

    assert reply.status_code == 409
    assert "Answers have changed meanwhile" in text_of(read(reply).main)
    assert await fetch_value("SELECT state FROM response WHERE id = $1", response) == "draft"


async def test_one_answer_is_saved_as_it_changes_and_resumed_elsewhere(opened, browser_for):
    paul, response = await opened(htmx=True)
    hidden = await form_of(browser_for("paul"), f"/responses/{response}/pages/problems")

    reply = await paul.post(
        f"/responses/{response}/items/q1", data={"q1": "2", "v.q1": "0", "page_load": hidden["page_load"]}
    )
    elsewhere = await browser_for("paul").get(f"/responses/{response}/resume")

    assert reply.status_code == 200
    assert "Saved at" in text_of(read(reply).select_one("#save-status"))
    assert "<html" not in reply.text
    assert await values(response) == {"q1": 2}
    assert elsewhere.headers["location"] == f"/responses/{response}/pages/problems#item-q2"
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'response.saved'") == 0


async def test_two_devices_never_overwrite_each_other_silently(opened, browser_for):
    paul, response = await opened(htmx=True)
    url = f"/responses/{response}/pages/problems"
    phone = await form_of(browser_for("paul"), url)
    computer = await form_of(browser_for("paul"), url)

    def one(value: str, page: dict[str, str]) -> dict[str, str]:
        return {"q1": value, "v.q1": page["v.q1"], "page_load": page["page_load"]}

    first = await paul.post(f"/responses/{response}/items/q1", data=one("1", phone))
    second = await paul.post(f"/responses/{response}/items/q1", data=one("3", computer))
    third = await paul.post(f"/responses/{response}/items/q1", data=one("2", phone))

    assert (first.status_code, second.status_code, third.status_code) == (200, 409, 200)
    both = text_of(read(second))
    assert "Several days" in both
    assert "Nearly every day" in both
    assert await values(response) == {"q1": 2}
    past = await fetch("SELECT value, version FROM answer_history WHERE response = $1", response)
    assert [(json.loads(row["value"]), row["version"]) for row in past] == [(1, 1)]


@pytest.mark.capability("E4")
async def test_an_old_page_conflicts_only_in_what_its_reader_changed(opened, browser_for):
    _, response = await opened()
    paul = browser_for("paul")
    url = f"/responses/{response}/pages/problems"
    await paul.post(url, data=await form_of(paul, url) | CALM)
    old = await form_of(paul, url)
    await paul.post(url, data=await form_of(paul, url) | CALM | {"q1": "1", "q2": "1"})

    reply = await paul.post(url, data=old | CALM | {"q2": "3"})
    page = read(reply)
    keep = {field["name"]: field["value"] for field in page.select("form input[type=hidden]")}
    chosen = await paul.post(url, data=keep | {"keep.q2": "mine"})

    assert reply.status_code == 409
    assert [card["id"] for card in page.select(".co-q")] == ["item-q2"]
    assert chosen.status_code == 303
    assert {name: (await values(response))[name] for name in ("q1", "q2")} == {"q1": 1, "q2": 3}


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("q1", "7", "Choose an answer"),
        ("q1", "two", "Choose an answer"),
        ("zz9", "1", "not part of this questionnaire"),
        ("q1--00000000000000000000000000000001", "1", "not part of this questionnaire"),
    ],
)
async def test_an_answer_that_cannot_be_is_refused_beside_its_field(opened, field, typed, words):
    paul, response = await opened(htmx=True)

    reply = await paul.post(f"/responses/{response}/items/{field}", data={field: typed, f"v.{field}": "0"})

    assert reply.status_code == 422
    assert words in text_of(read(reply).select_one(".co-q__error"))
    assert await values(response) == {}


@pytest.mark.parametrize(
    ("item", "typed", "kept"),
    [
        ("weight", "64,5", 64.5),
        ("weight", "heavy", None),
        ("weight", "4000", None),
        ("energy", "55", 55),
        ("bed_time", "22 h 45", "22:45"),
        ("bed_time", "25:00", None),
        ("wakings", "1,5", None),
        ("night_quality", "good", "good"),
    ],
)
async def test_each_kind_of_answer_is_read_or_refused_with_what_to_do(opened, item, typed, kept):
    paul, response = await opened("daily_life", htmx=True)

    reply = await paul.post(f"/responses/{response}/items/{item}", data={item: typed, f"v.{item}": "0"})

    assert reply.status_code == (200 if kept is not None else 422)
    assert await values(response) == ({item: kept} if kept is not None else {})


@pytest.mark.parametrize(("typed", "status"), [("a" * 1_000_000, 422), ("zero\x00byte", 422), ("🙂 fatiguée", 200)])
async def test_hostile_text_is_refused_and_emoji_kept(opened, typed, status):
    paul, response = await opened("daily_life", htmx=True)
    await paul.post(f"/responses/{response}/items/night_quality", data={"night_quality": "bad", "v.night_quality": "0"})

    reply = await paul.post(
        f"/responses/{response}/items/night_trouble", data={"night_trouble": typed, "v.night_trouble": "0"}
    )

    assert reply.status_code == status
    assert (await values(response)).get("night_trouble") == (typed if status == 200 else None)


async def test_a_hidden_answer_is_kept_out_of_sight_and_comes_back(opened, browser_for):
    _, response = await opened("daily_life")
    paul = browser_for("paul")
    url = f"/responses/{response}/pages/nights"
    hidden = await form_of(paul, url)
    night = {"bed_time": "22:00", "up_time": "7:00", "naps": "false"}
    posted = hidden | night | {"night_quality": "good", "night_trouble": "noise"}

    reply = await paul.post(url, data=posted)
    while_hidden = await paul.page(url)
    now_bad = {"night_quality": "bad", "night_trouble": "noise"}
    shown = await paul.post(url, data=await form_of(paul, url) | night | now_bad)
    after = await paul.page(url)

    assert reply.status_code == 303
    assert while_hidden.select_one("#item-night_trouble").has_attr("hidden")
    assert shown.headers["location"] == f"{url}#item-night_trouble"
    assert not after.select_one("#item-night_trouble").has_attr("hidden")
    assert after.select_one("#night_trouble").get_text().strip() == "noise"


async def test_saving_an_answer_says_what_it_shows(opened):
    paul, response = await opened("daily_life", htmx=True)

    reply = await paul.post(
        f"/responses/{response}/items/night_quality", data={"night_quality": "bad", "v.night_quality": "0"}
    )

    assert "night_trouble" in read(reply).select_one("#shown")["data-shown"].split()


async def test_entries_of_a_repeating_group_are_added_answered_and_removed(opened, browser_for):
    _, response = await opened("daily_life")
    paul = browser_for("paul")
    url = f"/responses/{response}/pages/moving"
    await paul.post(url, data=await form_of(paul, url) | {"moved": "true"})

    added = await paul.post(url, data=await form_of(paul, url) | {"moved": "true", "add": "activities"})
    page = await paul.page(url)
    rows = [row["id"].removeprefix("row-") for row in page.select(".co-repeat")]
    kind = f"activity_kind--{rows[1]}"
    fields = {str(f.get("name")) for f in page.select("input, select, textarea")}
    one = next(name for name in fields if name.endswith(rows[1]) and not name.startswith("v."))
    assert one, kind
    removed = await paul.post(url, data=await form_of(paul, url) | {"moved": "true", "remove": f"activities:{rows[0]}"})
    left = [row["id"] for row in (await paul.page(url)).select(".co-repeat")]

    assert added.headers["location"] == f"{url}#row-{rows[1]}"
    assert removed.status_code == 303
    assert left == [f"row-{rows[1]}"]


async def test_a_draft_that_was_sent_takes_no_more_answers(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)

    single = await paul.post(f"/responses/{response}/items/q1", data={"q1": "0", "v.q1": "1"})
    page = await paul.post(f"/responses/{response}/pages/problems", data={"q1": "0", "v.q1": "1"})

    assert single.status_code == 422
    assert "were sent elsewhere" in text_of(read(single).select_one("#q1-error"))
    assert page.status_code == 409
    assert (await values(response))["q1"] == 3


async def test_a_correction_makes_a_revision_with_its_reason_and_a_new_score(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    await actions.score_response(response, at=clock.now())
    url = f"/responses/{response}/corrections/problems"
    fields = await form_of(paul, url) | TWELVE | {"q1": "0"}

    without = await paul.post(url, data=fields)
    done = await paul.post(url, data=fields | {"reason": "I had misread it"})
    stale = [one.stale for one in await queries.scores_of_response(response)]
    await actions.score_response(response, at=clock.now())

    assert without.status_code == 422
    assert "reason" in {link["href"][1:] for link in read(without).select("#error-summary a")}
    assert done.status_code == 303
    assert stale == [True]
    assert [(one.value, one.stale) for one in await queries.scores_of_response(response)] == [(9, False)]
    row = await fetch_row("SELECT state, revision FROM response WHERE id = $1", response)
    assert tuple(row) == ("amended", 1)
    [correction] = await queries.corrections_of(response)
    assert (correction["revision"], correction["reason"]) == (1, "I had misread it")
    [past] = await queries.history_of(response, "q1")
    assert (past.value, past.version) == (3, 1)


async def test_a_worrying_answer_raises_one_alert_at_once_and_says_where_to_find_help(opened):
    paul, response = await opened(htmx=True)

    for value in ("1", "2"):
        reply = await paul.post(f"/responses/{response}/items/q9", data={"q9": value, "v.q9": "1"})

    assert "3114" in text_of(read(reply).select_one("#safety"))
    alerts = await fetch("SELECT flag FROM alert WHERE response = $1", response)
    assert len(alerts) == 1
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alerts:mail'") == 1


async def test_the_language_changes_and_the_answers_stay(opened, browser_for):
    _, response = await opened()
    paul = browser_for("paul")
    url = f"/responses/{response}/pages/problems"

    switched = await paul.post(url, data=await form_of(paul, url) | {"q1": "2", "language": "fr"})
    french = await browser_for("paul", language="fr").page(url)

    assert switched.headers["location"] == f"/language/fr?next={url}"
    assert await values(response) == {"q1": 2}
    assert french.select_one("#q1-3").has_attr("checked")
    assert "Continuer" in text_of(french.main) or "Relire" in text_of(french.main)


async def test_what_opens_later_cannot_be_opened_today(browser_for, assigned):
    assignment = await assigned("phq9", opens=date(2090, 1, 1))

    reply = await browser_for("paul").post(f"/assignments/{assignment}/open")

    assert reply.headers["location"] == "/home"
    assert await fetch_value("SELECT response FROM assignment WHERE id = $1", assignment) is None


ROUTES = [
    ("GET", "/responses/{id}/resume", 303),
    ("GET", "/responses/{id}/pages/problems", 200),
    ("POST", "/responses/{id}/pages/problems", 422),
    ("POST", "/responses/{id}/items/q1", 200),
    ("GET", "/responses/{id}/review", 200),
    ("POST", "/responses/{id}/submit", 422),
    ("GET", "/responses/{id}/corrections/problems", 303),
    ("POST", "/responses/{id}/corrections/problems", 422),
]


@pytest.mark.parametrize(("method", "url", "allowed"), ROUTES)
async def test_who_may_answer(opened, browser_for, method, url, allowed):
    _, response = await opened()
    own = {}
    for who in (None, "zoe", "yann", "claire", "ines", "paul"):
        reply = await browser_for(who, htmx=who is None).request(method, url.format(id=response), data={"v.q1": "0"})
        own[who] = reply.status_code

    assert own == {None: 401, "zoe": 404, "yann": 404, "claire": 404, "ines": 403, "paul": allowed}


async def test_who_may_open_an_assignment(assigned, browser_for):
    assignment = await assigned("phq9")
    seen = {}
    for who in (None, "zoe", "yann", "ines", "paul"):
        seen[who] = (await browser_for(who, htmx=who is None).get(f"/assignments/{assignment}")).status_code

    assert seen == {None: 401, "zoe": 404, "yann": 404, "ines": 403, "paul": 200}


async def test_a_professional_answers_what_professionals_observe(assigned, browser_for):
    assignment = await assigned("madrs", answered_by="clinician")
    ines = browser_for("ines")

    opened = await ines.post(f"/assignments/{assignment}/open")
    paul = await browser_for("paul").get(f"/assignments/{assignment}")
    first = await ines.get(opened.headers["location"])
    page = await ines.page(first.headers["location"].partition("#")[0])

    assert paul.status_code == 404
    assert len(page.select("#section .co-entry")) == 10


async def test_the_history_cannot_be_rewritten_by_the_application(opened):
    paul, response = await opened(htmx=True)
    page_load = "00000000-0000-7000-8000-000000000001"
    for value in ("1", "2"):
        await paul.post(f"/responses/{response}/items/q1", data={"q1": value, "v.q1": "0", "page_load": page_load})

    for statement in (
        "UPDATE answer_history SET value = '0'",
        "DELETE FROM answer_history",
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
    ):
        with pytest.raises(InsufficientPrivilegeError):
            async with transaction():
                await execute(statement)
    assert [past.value for past in await queries.history_of(response, "q1")] == [1]
