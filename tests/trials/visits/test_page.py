"""The page of a visit: what it says, who opens it, and how a visit is held on it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from app.assignments.queries import find_assignment, list_of_visits
from app.lib import clock
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.format.states import VisitState
from app.trials.queries import find_visit, visits_of
from app.trials.visits.queries import notes_of
from tests.browser import Browser, read, text_of
from tests.consents.stories import says
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text

BrowserFor = Callable[..., Browser]
TODAY = clock.day_in(ZONE, clock.now())


@pytest.fixture
async def enrolment(db: None, people: Cast) -> UUID:
    await applied(trial_text("small"))
    await opened("small", people.lyon, people.brest)
    return await joined(people, "small")


@pytest.fixture
async def start(enrolment: UUID) -> UUID:
    return (await visit_named(enrolment, "start#0")).id


async def state_of(visit: UUID) -> VisitState:
    found = await find_visit(visit)
    assert found is not None
    return found.state(TODAY)


async def send(browser: Browser, visit: UUID, step: str, **fields: str) -> str:
    """Post one of the visit's forms as it stands now; where it leads, or the status of what it shows again."""
    found = await find_visit(visit)
    assert found is not None
    reply = await browser.post(f"/visits/{visit}/{step}", data={"revision": str(found.revision), **fields})
    return reply.headers.get("location") or str(reply.status_code)


async def test_a_visit_says_what_it_asks_of_whom(browser_for: BrowserFor, start: UUID) -> None:
    page = text_of((await browser_for("ines").page(f"/visits/{start}")).main)

    for words in ("LAMBERT Paul", "Start", "Small trial", "Self-report", "Doctor", "0/2 questionnaires", "PHQ-9"):
        assert words in page
    assert "Asked once the visit is open" in page


async def test_other_centres_do_not_find_it(browser_for: BrowserFor, start: UUID, enrolment: UUID) -> None:
    for path in (f"/visits/{start}", f"/visits/{start}/complete", f"/enrolments/{enrolment}/visits/new"):
        assert (await browser_for("zoe").get(path)).status_code == 404
        assert (await browser_for("odile").get(path)).status_code == 404
        assert (await browser_for("paul").get(path)).status_code in {403, 404}
    assert (await browser_for("zoe").post(f"/visits/{start}/open", data={"on": TODAY.isoformat()})).status_code == 404


async def test_a_visit_is_opened_filled_in_and_completed_with_a_reason(browser_for: BrowserFor, start: UUID) -> None:
    ines = browser_for("ines")
    assert await send(ines, start, "open", on=TODAY.isoformat()) == f"/visits/{start}?done=opened"
    page = await ines.page(f"/visits/{start}?done=opened")
    assert "The visit is open" in text_of(page.select_one("[role=status]"))
    assert [link.get_text() for link in page.select("a[href^='/assignments/']") if "Fill in" in link.get_text()] == [
        "Fill in: MADRS",
        "Fill in: YMRS",
    ]

    filling = await ines.page(str(page.select("a[href^='/assignments/']")[0]["href"]))
    assert filling.select_one(f"a[href='/visits/{start}']") is not None

    lacking = text_of((await ines.page(f"/visits/{start}/complete")).main)
    assert "Required and not answered" in lacking
    assert "Optional and not answered" in lacking
    assert await send(ines, start, "complete", on=TODAY.isoformat(), reason=" ") == "422"
    assert await send(ines, start, "complete", on=TODAY.isoformat(), reason="Ill.") == f"/visits/{start}?done=completed"

    done = text_of((await ines.page(f"/visits/{start}")).main)
    assert "Complete" in done
    assert "Ill." in done
    assert "Asked no longer" in done
    assert await send(ines, start, "reopen", reason="") == "422"
    await send(ines, start, "reopen", reason="They came after all.")
    again = text_of((await ines.page(f"/visits/{start}")).main)
    assert "They came after all." in again
    assert "It said: Ill." in again
    assert await state_of(start) is VisitState.IN_PROGRESS


async def test_a_wrong_day_is_said_beside_the_field_and_kept(browser_for: BrowserFor, start: UUID) -> None:
    ines, tomorrow = browser_for("ines"), (TODAY + timedelta(days=1)).isoformat()
    reply = await ines.post(f"/visits/{start}/open", data={"on": tomorrow, "revision": "1"})

    page = read(reply)
    assert reply.status_code == 422
    assert "Choose today or an earlier day" in text_of(page.select_one("#on-error"))
    assert page.select_one("#error-summary a[href='#on']") is not None
    assert page.select_one(f"#on[value='{tomorrow}']") is not None


async def test_a_form_drawn_before_a_change_is_shown_again(browser_for: BrowserFor, start: UUID) -> None:
    ines, marc = browser_for("ines"), browser_for("marc")
    found = await find_visit(start)
    assert found is not None
    await send(marc, start, "open", on=TODAY.isoformat())

    earlier = (TODAY - timedelta(days=2)).isoformat()
    reply = await ines.post(f"/visits/{start}/open", data={"on": earlier, "revision": str(found.revision)})
    assert reply.status_code == 409
    assert "Somebody else has changed this visit meanwhile" in text_of(read(reply).main)
    assert read(reply).select_one(f"#on[value='{earlier}']") is not None


async def test_a_visit_is_not_held_for_a_reason(browser_for: BrowserFor, start: UUID) -> None:
    ines = browser_for("ines")
    assert await send(ines, start, "skip", why="other") == "422"
    assert await send(ines, start, "skip", why="ill") == f"/visits/{start}?done=skipped"
    assert await send(ines, start, "skip", why="ill") == f"/visits/{start}?done=skipped"
    assert await state_of(start) is VisitState.SKIPPED
    assert "Ill, " in text_of((await ines.page(f"/visits/{start}")).main)


async def test_a_form_sent_twice_adds_one_visit(browser_for: BrowserFor, enrolment: UUID) -> None:
    ines, before = browser_for("ines"), len(await visits_of([enrolment]))
    form = await ines.page(f"/enrolments/{enrolment}/visits/new")
    made = form.select_one("input[name=id]")
    assert made is not None
    fields = {"id": str(made["value"]), "kind": "start", "on": TODAY.isoformat()}
    replies = [await ines.post(f"/enrolments/{enrolment}/visits/new", data=fields) for _ in range(2)]

    assert {one.headers["location"] for one in replies} == {f"/visits/{made['value']}?done=added"}
    assert len(await visits_of([enrolment])) == before + 1
    assert "Out of plan" in text_of((await ines.page(f"/visits/{made['value']}")).main)
    nothing = await ines.post(f"/enrolments/{enrolment}/visits/new", data={**fields, "id": str(new_id()), "kind": "x"})
    assert nothing.status_code == 422


async def test_notes_are_written_and_taken_away(browser_for: BrowserFor, start: UUID) -> None:
    ines, one = browser_for("ines"), str(new_id())
    for _ in range(2):
        await send(ines, start, "notes", id=one, text="Comes by train.\nBring the form.")
    assert [note.text for note in await notes_of(start)] == ["Comes by train.\nBring the form."]
    assert await send(ines, start, "notes/remove", id=one) == "422"
    await send(ines, start, "notes/remove", id=one, reason="Another person's.")
    assert await notes_of(start) == []
    assert "Comes by train" not in text_of((await ines.page(f"/visits/{start}")).main)


async def test_what_a_visit_asks_is_not_taken_back_by_itself(browser_for: BrowserFor, start: UUID) -> None:
    asked = (await list_of_visits([start]))[0]
    reply = await browser_for("ines").post(f"/assignments/{asked.id}/cancel")
    assert "This questionnaire belongs to a visit" in text_of(read(reply).main)
    found = await find_assignment(asked.id)
    assert found is not None
    assert found.waiting
    listed = text_of((await browser_for("ines").page(f"/patients/{asked.patient}/questionnaires")).main)
    assert "See the visit" in listed


async def test_visits_show_in_the_course_and_on_the_day(browser_for: BrowserFor, people: Cast, start: UUID) -> None:
    """Brest follows Paul too by and by: what Lyon holds is on its own day only."""
    ines = browser_for("ines")
    assert "Start · Small trial" in text_of((await ines.page("/today")).main)
    course = text_of((await ines.page(f"/patients/{people.paul_patient}/course?part=visits")).main)
    assert "Start · Small trial" in course
    await send(ines, start, "open", on=TODAY.isoformat())
    page = await ines.page(f"/patients/{people.paul_patient}/course?part=visits")
    assert page.select_one(f"a[href='/visits/{start}']") is not None
    assert "Small trial" not in text_of((await browser_for("zoe").page("/today")).main)


async def test_people_see_their_own_visits_in_plain_words(browser_for: BrowserFor, start: UUID) -> None:
    paul = browser_for("paul")
    assert "See the visits" in text_of((await paul.page("/home")).main)
    page = text_of((await paul.page("/visits")).main)
    for words in ("Start", "It is time", "Centre expert de Lyon", "For the study “Small trial”", "2 questionnaires"):
        assert words in page
    assert "At home, 1 of 6" in page
    yann = text_of((await browser_for("yann").page("/visits")).main)
    assert "Small trial" not in yann
    assert "No visit is planned" in yann
    await browser_for("ines").post(f"/visits/{start}/skip", data={"why": "ill", "revision": "1"})
    assert "Did not take place" in text_of((await paul.page("/visits")).main)


async def test_nothing_is_to_come_for_whoever_took_their_consent_back(
    browser_for: BrowserFor, people: Cast, start: UUID
) -> None:
    await says(people, "paul", "trial:small", yes=False)
    assert "It is time" not in text_of((await browser_for("paul").page("/visits")).main)
