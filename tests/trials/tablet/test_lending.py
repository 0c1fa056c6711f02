"""Handing the tablet over, answering on it, and taking it back; what is kept of who answered."""

from datetime import timedelta

import pytest

from app.accounts import tokens
from app.accounts.actions.sessions import open_session
from app.accounts.lending.actions import end_abandoned
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.responses.queries import get_response
from app.trials.tablet.queries import said_on_tablets
from app.trials.visits.actions.holding import complete_visit
from tests.accounts.test_sign_in import events, wrong
from tests.accounts.test_step_up import keep, now_code
from tests.browser import read, text_of
from tests.consents.stories import says
from tests.trials.tablet.stories import hand_over, visit_begun

WORRYING = {f"q{n}": "0" for n in range(1, 9)} | {"q9": "2"}


async def answer(browser, assignment, given):
    """Answer one questionnaire and send it; the response and the page that follows."""
    opened = await browser.post(f"/assignments/{assignment}/open")
    response = opened.headers["location"].split("/")[2]
    page = (await browser.get(f"/responses/{response}/resume")).headers["location"].partition("#")[0]
    fields = {one["name"]: one["value"] for one in (await browser.page(page)).select("#section input[type=hidden]")}
    saved = await browser.post(page, data=fields | given | {"go": "next"})
    assert saved.status_code == 303, text_of(read(saved))
    review = await browser.page(f"/responses/{response}/review")
    seen = review.select_one("input[name=seen]")["value"]
    sent = await browser.post(f"/responses/{response}/submit", data={"seen": seen, "confirm": "yes"})
    return response, sent.headers["location"]


async def test_who_may_hand_it_over(browser_for, people):
    held = await visit_begun(people)

    answers = {who: (await browser_for(who).get(f"{held.url}/tablet")).status_code for who in ("ines", "zoe", "paul")}

    assert answers == {"ines": 200, "zoe": 404, "paul": 403}
    assert (await hand_over(browser_for("zoe"), held)).status_code == 404
    assert await fetch_value("SELECT count(*) FROM handover") == 0


async def test_the_page_says_for_whom_and_what_it_means(browser_for, people):
    held = await visit_begun(people)

    page = await browser_for("ines").page(f"{held.url}/tablet")

    said = text_of(page.main)
    assert "2 questionnaires, about" in said
    assert "Claire" not in said  # close to Léa, not to Paul
    assert "You take it back with the code of your authenticator app" in said


async def test_nobody_takes_it_before_the_visit_begins_or_after_it(browser_for, people):
    held = await visit_begun(people)
    today = clock.day_in("Europe/Paris", clock.now())
    await complete_visit(people["ines"].actor, held.visit.id, today, "Not today", at=clock.now())

    refused = await hand_over(browser_for("ines"), held)

    assert refused.status_code == 409
    assert "Nothing waits for an answer" in text_of(read(refused).main)
    assert await fetch_value("SELECT count(*) FROM handover") == 0


@pytest.mark.capability("E19")
async def test_answered_on_the_tablet_and_taken_back(browser_for, people):
    """The patient answers what is theirs; the record says who spoke, on which screen, and who handed it over."""
    held = await visit_begun(people)
    browser = browser_for("ines")
    lent = await hand_over(browser, held)
    twice = await browser_for("ines").post(f"{held.url}/tablet", data={"who": "patient"})

    listed = await browser.page("/tablet")
    response, sent = await answer(browser, held.asked["phq9"], WORRYING)
    after = await browser.page(sent)
    back = await browser.post("/step-up", data={"code": now_code(), "next": held.url})
    keep(browser, back)

    assert (lent.headers["location"], twice.headers["location"]) == ("/tablet", "/tablet")
    assert text_of(listed.h1) == "Your questionnaires"
    assert "2 questionnaires" in text_of(listed.main)
    assert "3114" in text_of(after.main)  # help first, where an answer is worrying
    assert "Next questionnaire" in text_of(after.main)
    assert (back.status_code, back.headers["location"]) == (303, held.url)
    assert (await browser.get("/today")).status_code == 200
    assert (await browser.get("/tablet")).headers["location"] == "/today"
    assert await fetch_value("SELECT count(*) FROM handover WHERE ended_how = 'factor'") == 1
    kept = await get_response(response)
    assert (kept.author, kept.answered_by) == (people["ines"].account, "patient")
    assert await fetch_value("SELECT count(*) FROM alert WHERE response = $1", kept.id) == 1
    record = text_of((await browser.page(f"/patients/{people.paul_patient}/questionnaires")).main)
    assert "The patient, on the centre’s tablet (handed over by Inès Moreau)" in record
    read_back = text_of((await browser.page(f"/responses/{response}")).main)
    assert "Answered by the patient on the centre’s tablet, handed over by Inès Moreau" in read_back
    written = "action IN ('response.opened', 'response.saved', 'response.submitted')"
    roles = await fetch(f"SELECT DISTINCT role FROM audit_event WHERE subject = $1 AND {written}", kept.id)
    assert [row["role"] for row in roles] == ["tablet"]
    handover = await fetch_value("SELECT id FROM handover")
    assert await events(handover) == ["tablet.lent", "tablet.returned"]


async def test_the_patient_reads_at_home_what_they_answered_there(browser_for, people):
    held = await visit_begun(people)
    browser = browser_for("ines")
    await hand_over(browser, held)
    await browser.post(f"/assignments/{held.asked['phq9']}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", held.asked["phq9"])

    at_home = await browser_for("paul").get(f"/responses/{response}/pages/problems")
    others = await browser_for("claire").get(f"/responses/{response}/pages/problems")

    assert (at_home.status_code, others.status_code) == (200, 404)


async def test_only_a_right_code_takes_it_back(browser_for, people):
    """The factor that Inès gave before she handed it over opens nothing, wrong codes neither, and they are counted."""
    held = await visit_begun(people)
    browser = browser_for("ines")
    await hand_over(browser, held)

    shortcut = await browser.post("/step-up", data={"code": "", "next": "/today"})
    tries = [await browser.post("/step-up", data={"code": wrong(now_code()), "next": "/today"}) for _ in range(12)]

    assert shortcut.status_code == 422
    assert {one.status_code for one in tries} == {422}
    assert "Too many" in text_of(read(tries[-1]).main)
    assert (await browser.get("/today")).headers["location"] == "/tablet"
    assert text_of((await browser.page("/step-up")).h1) == "Take the tablet back"
    # Another device of hers is not locked out by what is tried on the tablet.
    elsewhere = await open_session(people["ines"].account, at=clock.now())
    other = browser_for("ines")
    other.cookies.clear()
    other.cookies["cohorte_session"], other.secret = elsewhere.token, elsewhere.csrf_secret
    assert (await other.get("/today")).status_code == 200
    assert (await other.post("/step-up", data={"code": now_code(), "next": "/today"})).status_code == 303


async def test_left_alone_it_closes_by_itself(browser_for, people):
    held = await visit_begun(people)
    browser = browser_for("ines")
    await hand_over(browser, held)
    token = tokens.hash_of(people["ines"].signed_in.token)
    left = await fetch_value("SELECT idle_until - last_seen_at FROM session WHERE token_hash = $1", token)
    await execute("UPDATE session SET idle_until = now() - interval '1 second' WHERE token_hash = $1", token)

    turned = await browser.get("/tablet")
    again = await browser.get("/sign-in/again")
    await end_abandoned(at=clock.now())

    assert left == timedelta(minutes=60)
    assert turned.headers["location"].startswith("/sign-in")
    assert "ines" not in again.text
    assert await fetch_value("SELECT ended_how FROM handover") == "idle"
    assert await fetch_value("SELECT closed_at FROM session WHERE token_hash = $1", token) is not None


async def test_signing_out_on_it_closes_the_session(browser_for, people):
    held = await visit_begun(people)
    browser = browser_for("ines")
    await hand_over(browser, held)

    await browser.post("/sign-out")
    await end_abandoned(at=clock.now())

    assert (await browser_for("ines").get("/today")).headers["location"].startswith("/sign-in")
    assert await fetch_value("SELECT ended_how FROM handover") == "closed"


async def test_the_language_spoken_on_it_stays_on_it(browser_for, people):
    held = await visit_begun(people)
    browser = browser_for("ines", language="fr")
    account = people["ines"].account
    await execute("UPDATE account SET language = 'fr' WHERE id = $1", account)
    await hand_over(browser, held)

    await browser.get("/language/en?next=/tablet")
    browser.cookies.delete("language", domain="")
    spoken = await fetch_value("SELECT language FROM account WHERE id = $1", account)
    back = await browser.post("/step-up", data={"code": now_code(), "next": "/today"})

    assert spoken == "fr"
    assert back.cookies["language"] == "fr"


async def test_a_relative_answers_in_their_own_voice(browser_for, people):
    """Somebody close sees what is asked of them, nothing of the patient's; another relative does not go on with it."""
    held = await visit_begun(people)
    by, at, patient = people["ines"].actor, clock.now(), people.paul_patient
    ada, eve = [
        await add_contact(by, patient, NewContact(given_name=name, family_name="Roy", kind=kind), at=at)
        for name, kind in (("Ada", "partner"), ("Ève", "child"))
    ]
    browser = browser_for("ines")
    offered = text_of((await browser.page(f"{held.url}/tablet")).main)
    nobody = await browser.post(f"{held.url}/tablet", data={"who": ""})
    await hand_over(browser, held, str(ada))

    met = {key: (await browser.get(f"/assignments/{one}")).status_code for key, one in held.asked.items()}
    listed = text_of((await browser.page("/tablet")).main)
    await browser.post(f"/assignments/{held.asked['medication_taking']}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", held.asked["medication_taking"])
    mine = (await browser.get(f"/responses/{response}/review")).status_code
    keep(browser, await browser.post("/step-up", data={"code": now_code(), "next": held.url}))
    await hand_over(browser, held, str(eve))
    hers = (await browser.get(f"/responses/{response}/review")).status_code
    told = text_of((await browser.page("/tablet")).main)

    assert "Ada Roy (partner)" in offered
    assert nobody.status_code == 422
    assert {key for key, status in met.items() if status == 200} == {"medication_taking"}
    assert "Questions about Paul" in listed
    assert "Lambert" not in listed
    assert (mine, hers) == (200, 404)
    assert "Somebody else has begun to answer what is asked here." in told
    said = (await said_on_tablets([await get_response(response)]))[response]
    assert (said.name, said.kind, said.lender, said.own) == ("Ada Roy", "partner", "Inès Moreau", False)


async def test_whoever_lost_their_place_lends_nothing(browser_for, people):
    held = await visit_begun(people)
    browser = browser_for("ines")
    await hand_over(browser, held)
    yesterday = clock.day_in("Europe/Paris", clock.now()) - timedelta(days=1)
    await execute("UPDATE membership SET valid_to = $2 WHERE account = $1", people["ines"].account, yesterday)

    assert (await browser.get(f"/assignments/{held.asked['phq9']}")).status_code == 404
    assert (await browser.get("/today")).headers["location"] == "/tablet"


async def test_whoever_closes_their_record_closes_it_on_the_tablet_too(browser_for, people):
    """What Paul began at home stays his own; the centre's screen no longer shows it."""
    held = await visit_begun(people)
    home = await browser_for("paul").post(f"/assignments/{held.asked['phq9']}/open")
    response = home.headers["location"].split("/")[2]
    await hand_over(browser_for("ines"), held)
    tablet = browser_for("ines")
    pages = [f"/responses/{response}/review", f"/responses/{response}/pages/problems"]
    assert [(await tablet.get(one)).status_code for one in pages] == [200, 200]

    await says(people, "paul", "care", yes=False)

    assert [(await tablet.get(one)).status_code for one in pages] == [404, 404]
    refused = await tablet.post(f"/responses/{response}/items/q1", data={"v.q1": "0", "q1": "3"})
    assert refused.status_code == 404
    assert not (await tablet.page("/tablet")).select("a[href^='/responses']")
    assert "Patient Health" not in text_of((await tablet.page("/tablet")).main)
    assert (await browser_for("paul").get(pages[0])).status_code == 200
