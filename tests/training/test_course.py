"""The course before the first record: who takes it, what passes, what opens, and what closes again."""

from datetime import timedelta

import pytest

from app.accounts.actions.opening import note_training
from app.audit.actions import Action
from app.lib import clock
from app.lib.clock import day_in
from app.lib.db import execute, fetch, fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.training import actions, queries
from app.training.model import a_year_from
from app.training.quiz import OPTIONS, PASSED_FROM, QUESTIONS, SECTIONS, in_order
from tests.browser import read, text_of

RIGHT = {one.key: one.right for one in QUESTIONS}


def answers(right: int) -> dict[str, str]:
    """Every question answered, so many of them rightly."""
    wrong = {one.key: next(o for o in OPTIONS if o != one.right) for one in QUESTIONS[right:]}
    return RIGHT | wrong


def today():
    return day_in(ZONE, clock.now())


async def events(account) -> list[str]:
    rows = await fetch("SELECT action FROM audit_event WHERE actor = $1 ORDER BY id", account)
    return [row["action"] for row in rows]


@pytest.mark.capability("T25")
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_walk_from_a_closed_record_to_the_open_one(browser_for, people, language):
    browser = browser_for("tom", language=language)
    for wanted in ("/today", f"/patients/{people.paul_patient}"):
        sent_away = await browser.get(wanted)
        assert (sent_away.status_code, sent_away.headers["location"]) == (303, f"/training?next={wanted}")

    address, seen = sent_away.headers["location"], []
    for _ in range(len(SECTIONS) + 2):
        page = await browser.page(address)
        seen.append(address.partition("?")[0])
        onwards = page.select_one("main .co-actions a.nhsuk-button")
        if onwards is None:
            break
        address = onwards["href"]
    assert seen == ["/training", *(f"/training/{key}" for key in SECTIONS), "/training/quiz"]
    assert page.select_one("input[name=next]")["value"] == wanted

    passed = await browser.post("/training/quiz", data={**RIGHT, "next": wanted})
    last = await browser.page(passed.headers["location"])
    opened = await browser.get(last.select_one("main .co-actions a.nhsuk-button")["href"])

    assert opened.status_code == 200
    assert text_of(read(opened).h1) == "LAMBERT Paul"
    assert (await browser.get("/today")).status_code == 200
    assert (await events(people["tom"].account))[-4:-2] == [Action.CERTIFICATE_GIVEN, Action.TRAINING_PASSED]


async def test_six_right_answers_do_not_pass(browser_for, people):
    browser = browser_for("tom")
    reply = await browser.post("/training/quiz", data={**answers(PASSED_FROM - 1), "next": "/patients"})

    page = read(reply)
    assert (reply.status_code, text_of(page.h1)) == (200, "Not passed yet")
    links = [a["href"] for a in page.select("section.co-card a")]
    assert links == [f"/training/{one.section}?next=/patients" for one in QUESTIONS[PASSED_FROM - 1 :]]
    assert await queries.newest_certificate(people["tom"].account) is None
    assert (await browser.get("/today")).status_code == 303
    assert (await events(people["tom"].account))[-1] == Action.TRAINING_FAILED


async def test_seven_pass_and_the_eighth_is_explained(browser_for, people):
    browser = browser_for("tom")
    reply = await browser.post("/training/quiz", data=answers(PASSED_FROM))
    page = await browser.page(reply.headers["location"])

    wrong = QUESTIONS[PASSED_FROM]
    assert [a["href"] for a in page.select("section.co-card a")] == [f"/training/{wrong.section}"]
    assert "7 right answers out of 8" in text_of(page.main)
    certificate = await queries.newest_certificate(people["tom"].account)
    assert (certificate.correct, certificate.asked, certificate.valid_until) == (7, 8, a_year_from(today()))


async def test_the_next_try_asks_in_another_order(browser_for):
    browser = browser_for("tom")
    failed = read(await browser.post("/training/quiz", data=answers(0)))
    first = await browser.page("/training/quiz")
    second = await browser.page(failed.select_one("main .co-actions a")["href"])

    def order(page):
        return [field["id"].removeprefix("item-") for field in page.select(".co-q")]

    assert order(first) == list(RIGHT)
    assert order(second) != order(first)
    assert sorted(order(second)) == sorted(order(first))
    assert all(in_order(n) != in_order(n + 1) for n in range(20))


async def test_what_is_left_out_is_said_beside_it_and_nothing_chosen_is_lost(browser_for, people):
    browser = browser_for("tom")
    typed = answers(6)
    del typed["link"]
    reply = await browser.post("/training/quiz", data={**typed, "brother": "z", "next": "/patients", "again": "1"})

    page = read(reply)
    assert (reply.status_code, page.title.text.startswith("Error: ")) == (422, True)
    assert [a["href"] for a in page.select(".nhsuk-error-summary__list a")] == ["#link", "#brother"]
    assert text_of(page.select_one("#brother-error")) == "Error: Choose an answer"
    chosen = {box["name"]: box["value"] for box in page.select("input[checked]")}
    assert chosen == {key: value for key, value in typed.items() if key != "brother"}
    assert (page.select_one("input[name=next]")["value"], page.select_one("input[name=again]")["value"]) == (
        "/patients",
        "1",
    )
    assert await queries.newest_certificate(people["tom"].account) is None


async def test_a_second_click_gives_no_second_certificate(browser_for, people):
    browser = browser_for("tom")
    for _ in range(2):
        assert (await browser.post("/training/quiz", data=RIGHT)).status_code == 303

    count = "SELECT count(*) FROM training_certificate WHERE account = $1"
    assert await fetch_value(count, people["tom"].account) == 1


@pytest.mark.parametrize("path", ["", "/data", "/quiz", "/passed", "/certificate"])
async def test_patients_and_the_network_take_no_course(browser_for, path):
    for who in ("paul", "claire", "sacha"):
        assert (await browser_for(who).get(f"/training{path}")).status_code == 403, who
    assert (await browser_for(None).get(f"/training{path}")).headers["location"].startswith("/sign-in?")


async def test_who_waits_for_a_place_may_take_it_already(browser_for, people):
    browser = browser_for("lucie")
    reply = await browser.post("/training/quiz", data=RIGHT)

    onwards = (await browser.page(reply.headers["location"])).select_one("main .co-actions a")["href"]
    assert onwards == "/waiting"


@pytest.mark.parametrize("path", ["/training/certificate", "/training/passed"])
async def test_nobody_elses_certificate_can_be_seen(browser_for, people, path):
    at = clock.now()
    await actions.give_certificate(people["zoe"].actor, 8, at=at)
    assert (await browser_for("ines").get(path)).status_code == 404

    await actions.give_certificate(people["ines"].actor, 7, at=at - timedelta(days=30))
    words = text_of((await browser_for("ines").page(path)).main)
    assert ("7 right answers out of 8" if "passed" in path else "Inès Moreau has followed") in words
    assert "Caradec" not in words


async def test_the_certificate_says_who_when_and_how_long(browser_for, people):
    await actions.give_certificate(people["tom"].actor, 8, at=clock.now())

    page = await browser_for("tom").page("/training/certificate")
    said = dict(zip([text_of(d) for d in page.select("dt")], [text_of(d) for d in page.select("dd")], strict=True))

    assert "Tom Faure has followed this course" in text_of(page.main)
    assert (said["Right answers"], said["Version of the course"]) == ("8 of 8", "1")
    assert str(a_year_from(today()).year) in said["Valid until"]


async def _passed(people, days_ago: int) -> None:
    """As if Tom had passed so many days ago."""
    await actions.give_certificate(people["tom"].actor, 8, at=clock.now() - timedelta(days=days_ago))


async def test_when_the_year_is_over_records_close_again(browser_for, people):
    browser = browser_for("tom")
    await _passed(people, 300)
    assert (await browser.get("/today")).status_code == 200
    gone = today() - timedelta(days=1)
    await execute("UPDATE training_certificate SET valid_until = $1", gone)
    await note_training(people["tom"].account, people["tom"].account, gone, at=clock.now())

    assert (await browser.get("/today")).headers["location"] == "/training?next=/today"
    assert "Your certificate is over" in text_of((await browser.page("/training?next=/today")).main)
    assert "This certificate is over" in text_of((await browser.page("/training/certificate")).main)
    await browser.post("/training/quiz", data=RIGHT)
    assert (await browser.get("/today")).status_code == 200


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [(None, "The course comes first"), (300, "Course passed"), (340, "Your certificate ends soon")],
)
async def test_the_page_says_where_one_stands(browser_for, people, days_ago, words):
    if days_ago is not None:
        await _passed(people, days_ago)

    assert words in text_of((await browser_for("tom").page("/training")).main)


async def test_renewing_early_gives_a_new_year(browser_for, people):
    await _passed(people, 340)
    await browser_for("tom").post("/training/quiz", data=RIGHT)

    certificate = await queries.newest_certificate(people["tom"].account)
    assert certificate.valid_until == a_year_from(today())
    until = "SELECT trained_until FROM account WHERE id = $1"
    assert await fetch_value(until, people["tom"].account) == certificate.valid_until


async def test_who_is_sent_back_to_a_course_that_holds_goes_on(browser_for, people):
    await _passed(people, 1)
    page = await browser_for("tom").page("/training?next=/patients")

    assert page.select_one("main .co-actions a")["href"] == "/patients"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_next_stays_on_this_site(browser_for, elsewhere):
    browser = browser_for("tom")
    page = await browser.page(f"/training/quiz?next={elsewhere}")
    reply = await browser.post("/training/quiz", data={**RIGHT, "next": elsewhere})

    assert page.select_one("input[name=next]")["value"] == "/"
    assert reply.headers["location"] == "/training/passed?next=/"


async def test_there_is_no_other_section(browser_for):
    for path in ("nothing", "_explained", str(new_id())):
        assert (await browser_for("tom").get(f"/training/{path}")).status_code == 404
