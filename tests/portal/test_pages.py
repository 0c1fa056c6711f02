"""A patient's home and answers, a response read back and printed, and the blank questionnaires."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from app.accounts.actions.places import link_patient
from app.accounts.proxies.model import Beyond, Terms
from app.assignments.actions import cancel_assignment
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.questionnaires.library import library
from app.responses import actions
from tests.answering import CALM, TWELVE, assigned, form_of, opened, send
from tests.browser import text_of

__all__ = ["assigned", "opened"]


async def test_home_shows_what_waits_what_comes_and_what_is_done(browser_for, assigned, opened):
    browser, response = await opened("gad7")
    url = f"/responses/{response}/pages/"
    first = (await browser.get(f"/responses/{response}/resume")).headers["location"].partition("#")[0]
    assert first.startswith(url)
    await assigned("phq9")
    await assigned("daily_life", opens=date(2090, 1, 1))
    await assigned("phq4", who="yann_patient")

    page = await browser_for("paul").page("/home")

    to_do, coming = (
        [text_of(title) for title in page.select(f"section[aria-labelledby^={part}] :is(h3, .co-rows__main strong)")]
        for part in ("todo", "coming")
    )
    assert sorted(to_do) == ["Generalized Anxiety Disorder scale (7 items)", "Patient Health Questionnaire (9 items)"]
    assert coming == ["Your daily life"]


@pytest.mark.capability("R16")
async def test_home_of_a_mother_says_for_whom(browser_for, assigned):
    await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")

    page = await browser_for("claire").page("/home")

    assert "Léa Martin" in text_of(page.select_one(".co-strip"))
    assert [text_of(title) for title in page.select(".co-todo h3")] == ["The daily life of the person you answer for"]


async def test_what_a_daughter_says_herself_is_not_her_mothers(browser_for, assigned):
    """Claire answers for Léa: a questionnaire that Léa answers herself is neither shown to her nor hers to open."""
    own = await assigned("phq4", who="lea_patient")
    claire = browser_for("claire")

    opening = await claire.post(f"/assignments/{own}/open")
    home = await claire.page("/home")

    assert opening.status_code == 404
    assert home.select(".co-todo") == []
    assert await fetch_value("SELECT response FROM assignment WHERE id = $1", own) is None


async def test_what_a_relative_wrote_about_somebody_is_not_theirs_to_read(browser_for, assigned, people):
    """A relative's answers about Paul stay the relative's: not on his pages, not at their address, not to correct."""
    paul, relative = browser_for("paul"), browser_for("yann")
    account, since = people["yann"].account, date(2025, 1, 1)
    agreed = Terms(beyond=Beyond.AGREED, beyond_on=since)
    await link_patient(NOBODY, account, people.paul_patient, "brother", agreed, since=since, at=clock.now())
    asked = await assigned("daily_life_proxy", answered_by="proxy")
    await relative.post(f"/assignments/{asked}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", asked)
    await execute("UPDATE response SET state = 'submitted', submitted_at = now() WHERE id = $1", response)

    urls = [f"/responses/{response}", f"/responses/{response}/print", f"/responses/{response}/sent"]
    assert {(await paul.get(url)).status_code for url in urls} == {404}
    assert {(await relative.get(url)).status_code for url in urls} == {200}
    listed = [[link["href"] for link in (await who.page("/answers")).select("main li a")] for who in (paul, relative)]
    assert listed == [[], [f"/responses/{response}"]]


async def test_home_with_nothing_to_do_says_so(browser_for):
    page = await browser_for("yann").page("/home")

    assert "Nothing to do for now" in text_of(page.main)
    assert page.select(".co-todo") == []


async def test_answers_lists_what_was_sent_and_nobody_elses(browser_for, opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)

    own = await paul.page("/answers")
    others = await browser_for("yann").page("/answers")

    assert [link["href"] for link in own.select("main li a")] == [f"/responses/{response}"]
    assert others.select("main li a") == []


@pytest.mark.capability("E29")
async def test_a_team_reads_a_response_and_the_reading_is_written_down(browser_for, opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)

    page = await browser_for("ines").page(f"/responses/{response}")
    await paul.page(f"/responses/{response}")

    assert text_of(page.select(".co-sum__row dd")[0]) == "Nearly every day"
    assert page.select_one(f"[hx-get='/responses/{response}/scores']") is not None
    assert page.select("a[href*=corrections]") == []
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'response.read'") == 1


async def test_a_printed_response_shows_a_dash_for_no_answer(browser_for, opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)

    page = await paul.page(f"/responses/{response}/print")

    answers = [text_of(value) for value in page.select(".co-sum__row dd")]
    assert answers[-1] == "–"
    assert "No" not in answers
    assert "10 of 10" not in text_of(page.main)


async def test_the_confirmation_leads_with_help_when_an_answer_is_worrying(browser_for, opened):
    paul, response = await opened()
    await send(paul, response, CALM | {"q9": "1"})

    page = await paul.page(f"/responses/{response}/sent")

    assert text_of(page.main).index("3114") < text_of(page.main).index("Your answers are sent")


async def test_a_correction_is_told_with_its_reason(browser_for, opened):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    url = f"/responses/{response}/corrections/problems"
    reply = await paul.post(url, data=await form_of(paul, url) | TWELVE | {"q1": "0", "reason": "misread"})
    page = await paul.page(reply.headers["location"])

    assert "Your correction is sent" in text_of(page.main)
    assert "misread" in text_of(page.select_one("section[aria-labelledby=corrections-title]"))


@pytest.mark.capability("E15")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_blank_questionnaire_opens_in_both_languages(browser_for, language):
    """Every one opens and names nothing twice; those that hold each kind of question are read like any page."""
    ines = browser_for("ines", language=language)
    page = await ines.page("/questionnaires")
    links = {link["href"] for link in page.select("tbody a")}
    read = {f"/questionnaires/{key}" for key in one_of_each_kind()}

    assert len(links) >= 19
    assert read <= links
    for link in read:
        blank = await ines.page(link)
        assert blank.select("section .co-q, section .co-qs, section [id^=item-]"), link
    ines.reads = False
    for link in links - read:
        blank = await ines.get(link)
        assert blank.status_code == 200, link
        assert ASKED.search(blank.text), link
        twice = [one for one, times in Counter(ID.findall(blank.text)).items() if times > 1]
        assert twice == [], link


ID = re.compile(r'\sid="([^"]+)"')
ASKED = re.compile(r'class="co-qs?[ "]|id="item-')


def one_of_each_kind() -> list[str]:
    """A few questionnaires that hold every kind of question, each as full wording and as score entry."""
    seen: set[tuple[str, str]] = set()
    chosen = []
    for q in sorted(library().current(), key=lambda one: -len({block.kind for block in one.every_block()})):
        kinds = {(q.file.wording, block.kind) for block in q.every_block()}
        if not kinds <= seen:
            seen |= kinds
            chosen.append(q.key)
    return chosen


async def test_an_unknown_questionnaire_is_not_there(browser_for):
    assert (await browser_for("ines").get("/questionnaires/nothing")).status_code == 404


async def test_what_a_person_has_not_sent_is_theirs_alone(browser_for, opened, people):
    """The team reads no draft, be it at its address, on paper or from the record; an alert shows its own answer."""
    paul, response = await opened(htmx=True)
    form = {"q9": "1", "v.q9": "0", "page_load": str(new_id())}
    await paul.post(f"/responses/{response}/items/q9", data=form)
    ines, record = browser_for("ines"), f"/patients/{people.paul_patient}"
    urls = [url.format(id=response) for url in (*ROUTES, "/responses/{id}/scores")]

    team = {url: (await ines.get(url)).status_code for url in urls}
    own = {url: (await browser_for("paul").get(url)).status_code for url in urls}
    pages = [await ines.page(url) for url in ("/today", record, f"{record}/questionnaires")]

    assert set(team.values()) == {404}
    assert list(own.values()) == [303, 200, 303, 403]
    assert [page.select(f"a[href^='/responses/{response}']") for page in pages] == [[], [], []]
    assert "“Several days”" in text_of(pages[0].select_one(".co-flag"))
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'response.read'") == 0


async def test_the_team_goes_on_with_its_own_draft(browser_for, assigned):
    asked = await assigned("madrs", answered_by="clinician")
    ines = browser_for("ines")
    await ines.post(f"/assignments/{asked}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", asked)

    reading, printing = await ines.get(f"/responses/{response}"), await ines.get(f"/responses/{response}/print")

    assert reading.headers["location"] == f"/responses/{response}/resume"
    assert printing.status_code == 200


ROUTES = ["/responses/{id}", "/responses/{id}/print", "/responses/{id}/sent"]


@pytest.mark.capability("A8")
@pytest.mark.parametrize("url", ROUTES)
async def test_who_may_read_a_response(opened, browser_for, url):
    paul, response = await opened()
    await send(paul, response, TWELVE)
    seen = {}
    for who in (None, "zoe", "yann", "claire", "ines", "paul"):
        seen[who] = (await browser_for(who, htmx=who is None).get(url.format(id=response))).status_code

    assert seen == {None: 401, "zoe": 404, "yann": 404, "claire": 404, "ines": 200, "paul": 200}


@pytest.mark.parametrize("url", ["/home", "/answers"])
async def test_the_patients_pages_are_for_patients(browser_for, url):
    seen = {who: (await browser_for(who, htmx=who is None).get(url)).status_code for who in (None, "ines", "paul")}

    assert seen == {None: 401, "ines": 403, "paul": 200}


@pytest.mark.parametrize("url", ["/questionnaires", "/questionnaires/phq9"])
async def test_the_library_is_for_teams(browser_for, url):
    seen = {who: (await browser_for(who, htmx=who is None).get(url)).status_code for who in (None, "paul", "ines")}

    assert seen == {None: 401, "paul": 403, "ines": 200}


async def test_an_assignment_is_cancelled_until_it_is_opened(people, assigned, opened):
    assignment = await assigned("phq9")
    await cancel_assignment(people["ines"].actor, assignment, at=clock.now())
    _, response = await opened("gad7")
    begun = await fetch_value("SELECT id FROM assignment WHERE response = $1", response)

    with pytest.raises(Refused, match=r"assignment\.opened"):
        await cancel_assignment(people["ines"].actor, begun, at=clock.now())

    rows = await fetch("SELECT id, state FROM assignment WHERE id = ANY($1)", [assignment, begun])
    assert {row["id"]: row["state"] for row in rows} == {assignment: "cancelled", begun: "in_progress"}


async def test_scores_follow_the_facts_about_the_person(opened, people):
    """AUDIT-C asks the person's sex: Paul is a man, his cut-off is 4."""
    paul, response = await opened("audit_c")
    first = (await paul.get(f"/responses/{response}/resume")).headers["location"].partition("#")[0]
    await paul.post(first, data=await form_of(paul, first) | {"q1": "2", "q2": "1", "q3": "0"})
    seen = (await paul.page(f"/responses/{response}/review")).select_one("input[name=seen]")["value"]
    await paul.post(f"/responses/{response}/submit", data={"seen": seen})
    await actions.score_response(response, at=clock.now() + timedelta(seconds=1))

    rows = await fetch("SELECT score_id, value FROM score WHERE response = $1 ORDER BY score_id", response)
    assert {row["score_id"]: row["value"] for row in rows} == {"positive": "false", "total": "3"}


async def test_questionnaires_are_found_by_kind_and_by_beginnings_of_their_names(browser_for):
    ines = browser_for("ines", language="fr")
    page = await ines.page("/questionnaires?find=anxiete+gen")
    assert [link["href"] for link in page.select("tbody a")] == ["/questionnaires/gad7"]
    of_mood = await ines.page("/questionnaires?kind=thymic")
    assert {"/questionnaires/madrs", "/questionnaires/ymrs"} <= {link["href"] for link in of_mood.select("tbody a")}
    assert of_mood.select_one(".co-chip[aria-current]").text.split()[0] == "Humeur"
    nothing = await ines.page("/questionnaires?find=zzz&kind=nonsense")
    assert nothing.select("tbody a") == []
    assert nothing.select_one("a[href='/questionnaires']").text
