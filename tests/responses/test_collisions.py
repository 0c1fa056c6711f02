"""What happens when two windows, two people or two moments meet in one response: nothing is lost, nothing loops."""

from app.access.policy import Actor, Role
from app.lib import clock
from app.lib.db import fetch_value
from app.lib.ids import new_id
from app.responses import actions, queries
from tests.answering import CALM, TWELVE, assigned, form_of, opened, send, values
from tests.browser import read, text_of

__all__ = ["assigned", "opened"]
NIGHT = {"bed_time": "22:00", "up_time": "7:00", "night_quality": "bad", "naps": "false"}


async def actor_of(response) -> Actor:
    return Actor(await fetch_value("SELECT author FROM response WHERE id = $1", response), Role.PATIENT)


async def test_a_second_correction_does_not_undo_the_first(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    url = f"/responses/{response}/corrections/problems"
    await paul.post(url, data=await form_of(paul, url) | TWELVE | {"q1": "0", "reason": "misread"})
    one, other = await form_of(paul, url), await form_of(paul, url)
    sent = TWELVE | {"q1": "0"}

    first = await paul.post(url, data=one | sent | {"q1": "1", "reason": "again"})
    second = await paul.post(url, data=other | sent | {"q3": "0", "reason": "another"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert {name: (await values(response))[name] for name in ("q1", "q3")} == {"q1": 1, "q3": 0}


async def test_two_corrections_of_one_answer_are_shown_and_keep_what_was_typed(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    url = f"/responses/{response}/corrections/problems"
    one, other = await form_of(paul, url), await form_of(paul, url)
    await paul.post(url, data=one | TWELVE | {"q1": "0", "reason": "first"})

    reply = await paul.post(url, data=other | TWELVE | {"q1": "1", "q2": "0", "reason": "second"})
    page = read(reply)

    assert reply.status_code == 409
    assert page.select_one("#q1-2").has_attr("checked")
    assert page.select_one("#q2").has_attr("checked")
    assert "Not at all" in text_of(page.select_one("#q1-error"))
    assert text_of(page.select_one("#reason")) == "second"
    assert (await values(response))["q2"] == 3


async def test_a_correction_that_asks_more_shows_what_it_asks(opened):
    paul, response = await opened("daily_life")
    await answer_daily_life(paul, response)
    url = f"/responses/{response}/corrections/moving"

    reply = await paul.post(url, data=await form_of(paul, url) | {"moved": "true", "reason": "I did move"})
    page = read(reply)

    assert reply.status_code == 422
    assert not page.select_one("#item-activities").has_attr("hidden")
    assert (await values(response))["moved"] is False


async def test_a_correction_cannot_empty_a_required_answer(opened):
    paul, response = await opened("daily_life")
    await answer_daily_life(paul, response)
    url = f"/responses/{response}/corrections/nights"

    reply = await paul.post(url, data=await form_of(paul, url) | NIGHT | {"bed_time": "", "reason": "unsure"})

    assert reply.status_code == 422
    assert (await values(response))["bed_time"] == "22:00"


async def answer_daily_life(paul, response) -> None:
    """Answer what is required, nothing more, and send."""
    q = (await queries.get_response(response)).questionnaire
    chosen = NIGHT | {"moved": "false"}
    for page in q.pages:
        url = f"/responses/{response}/pages/{page.id}"
        first = {name: str(q.questions[name].codes[0]) for name in page.questions if q.questions[name].codes}
        wanted = {name: first[name] for name in first if q.questions[name].required is True}
        own = {name: value for name, value in chosen.items() if name in page.questions}
        await paul.post(url, data=await form_of(paul, url) | wanted | own)
    review = await paul.page(f"/responses/{response}/review")
    seen = review.select_one("input[name=seen]")["value"]
    reply = await paul.post(f"/responses/{response}/submit", data={"seen": seen, "confirm": "yes"})
    assert reply.status_code == 303, text_of(read(reply).main)


async def test_the_last_entry_can_be_removed_and_another_added(opened):
    paul, response = await opened("daily_life")
    url = f"/responses/{response}/pages/moving"
    await paul.post(url, data=await form_of(paul, url) | {"moved": "true"})
    [row] = (await queries.answers_of(response)).rows["activities"]
    bad = {f"activity_minutes--{row.hex}": "many"}

    removed = await paul.post(
        url, data=await form_of(paul, url) | bad | {"moved": "true", "remove": f"activities:{row.hex}"}
    )
    added = await paul.post(url, data=await form_of(paul, url) | {"moved": "true", "add": "activities"})

    assert (removed.status_code, added.status_code) == (303, 303)
    assert len((await queries.answers_of(response)).rows["activities"]) == 1


async def test_an_answer_to_a_removed_entry_says_so_and_does_not_loop(opened):
    paul, response = await opened("daily_life", htmx=True)
    [row] = (await queries.answers_of(response)).rows["activities"]
    url, name = f"/responses/{response}/items/activity_minutes?row={row.hex}", f"activity_minutes--{row.hex}"
    await paul.post(url, data={name: "20", f"v.{name}": "0", "page_load": str(new_id())})
    await actions.remove_row(await actor_of(response), response, "activities", row, at=clock.now())

    replies = [await paul.post(url, data={name: "30", f"v.{name}": token}) for token in ("0", "1")]

    assert [reply.status_code for reply in replies] == [422, 422]
    assert "removed elsewhere" in text_of(read(replies[0]))


async def test_a_conflict_on_a_section_that_is_hidden_now_is_shown_all_the_same(opened, browser_for):
    htmx, response = await opened(htmx=True)
    paul = browser_for("paul")
    url = f"/responses/{response}/pages/problems"
    await paul.post(url, data=await form_of(paul, url) | TWELVE)
    later = f"/responses/{response}/pages/{(await queries.get_response(response)).questionnaire.questions['q10'].page}"
    one, other = await form_of(paul, later), await form_of(paul, later)
    first = {"q10": "1", "v.q10": "0", "page_load": one["page_load"]}
    await htmx.post(f"/responses/{response}/items/q10", data=first)
    await paul.post(url, data=await form_of(paul, url) | CALM)

    single = await htmx.post(f"/responses/{response}/items/q10", data=first | {"q10": "2", "page_load": str(new_id())})
    page = await paul.post(later, data=other | {"q10": "2"})

    assert (single.status_code, page.status_code) == (409, 409)


async def test_the_conflict_page_carries_what_could_not_be_read(opened):
    paul, response = await opened("daily_life")
    url = f"/responses/{response}/pages/nights"
    one, other = await form_of(paul, url), await form_of(paul, url)
    await paul.post(url, data=one | NIGHT | {"night_trouble": "short"})
    long = "typed for a while " * 100

    reply = await paul.post(url, data=other | NIGHT | {"bed_time": "23:00", "night_trouble": long})
    carried = {field["name"]: field["value"] for field in read(reply).select("form input[type=hidden]")}
    again = await paul.post(url, data=carried | {"keep.bed_time": "theirs"})

    assert reply.status_code == 409
    assert carried["night_trouble"] == long
    assert again.status_code == 422
    assert read(again).select_one("#night_trouble").get_text().strip() == long.strip()


async def test_posts_that_name_no_page_are_strangers_to_each_other(opened):
    paul, response = await opened(htmx=True)
    url = f"/responses/{response}/items/q1"

    statuses = [(await paul.post(url, data={"q1": value, "v.q1": "0"})).status_code for value in ("1", "3")]

    assert statuses == [200, 409]


async def test_odd_names_are_refused_plainly(opened):
    paul, response = await opened(htmx=True)

    kept = await paul.post(f"/responses/{response}/items/q1", data={"q1": "1", "v.q1": "0", "keep.q1": "theirs"})
    odd = await paul.post(f"/responses/{response}/items/q1--{'0' * 32}", data={"q1": "1"})

    assert (kept.status_code, odd.status_code) == (200, 422)


async def test_a_reason_with_a_character_that_cannot_be_kept_is_refused(opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    url = f"/responses/{response}/corrections/problems"

    reply = await paul.post(url, data=await form_of(paul, url) | TWELVE | {"q1": "0", "reason": "a\x00b"})

    assert reply.status_code == 422
    assert "character" in text_of(read(reply).select_one("#reason-error"))


async def test_a_thousand_is_not_one(opened):
    paul, response = await opened("daily_life", htmx=True)

    for item, typed in (("wakings", "1,000"), ("weight", "64.500")):
        reply = await paul.post(f"/responses/{response}/items/{item}", data={item: typed, f"v.{item}": "0"})
        assert reply.status_code == 422, item

    assert await values(response) == {}
