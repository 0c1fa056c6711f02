"""The pages of consents: the team's, the person's, the network's; and what a no does to every other page at once."""

import re
from datetime import timedelta

import pytest
from litestar.routes import HTTPRoute

from app.access.guard import Requirement
from app.access.policy import IN_CLOSED_RECORDS
from app.alerts.queries import list_open_alerts
from app.consents import queries
from app.consents.actions import texts
from app.consents.actions.collecting import certify
from app.consents.model import Method, State
from app.consents.rendering import texts_in_use
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.lib.pdf import to_pdf
from app.patients.queries import list_found
from app.responses.actions import score_response
from app.responses.queries import scores_of_response
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import read, text_of
from tests.consents.stories import consent_form, says, signed
from tests.matrix import rules
from tests.matrix.things import make

PART = re.compile(r"\{(\w+):\w+\}")
SIGN = {"name": "Paul Lambert", "answer-research": "yes", "version-research": "1"}


async def test_after_a_no_to_care_no_page_of_the_record_opens_for_any_team(browser_for, application, people):
    """Every route with a thing of this patient in its path, as practitioners ask for it: code 403 and no name."""
    things = (await make(people)).of("lyon")
    await says(people, "paul", "care", yes=False)
    ines, opened, closed = browser_for("ines"), [], 0
    ines.reads = False
    for path, method, required in _routes(application):
        parts = PART.findall(path)
        if not any(part in OF_PATIENT for part in parts):
            continue
        filled = PART.sub(lambda part: things.get(part[1]) or EXAMPLES.get(part[1], str(new_id())), path)
        reply = await ines.request(method, filled, data={} if method == "POST" else None)
        if required.permission in IN_CLOSED_RECORDS:
            assert "Lambert" not in reply.text or "/consents" not in path, path
            continue
        closed += reply.status_code == 403
        if reply.status_code not in {403, 404}:
            opened.append(f"{method} {path}: {reply.status_code}")
        assert "Lambert" not in reply.text, path
    assert opened == []
    assert closed > 10


OF_PATIENT = {part for part, kind in rules.KINDS.items() if kind == rules.OF_PATIENT}
EXAMPLES = {"screen_id": "problems", "item_id": "q1", "score_id": "total", "purpose": "care"}


def _routes(application) -> list[tuple[str, str, Requirement]]:
    found = []
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                required = handler.opt.get("requires", "")
                if isinstance(required, Requirement):
                    found += [(route.path, one, required) for one in sorted(handler.http_methods - {"OPTIONS"})]
    return found


async def test_no_list_of_a_team_names_whose_record_is_closed(browser_for, application, people):
    """Every page without a thing in its path, asked by a practitioner: alerts of somebody in danger are elsewhere."""
    await make(people)
    await execute("UPDATE alert SET acknowledged_at = now(), acknowledged_by = $1", people["ines"].account)
    await says(people, "paul", "care", yes=False)
    ines, named, read_pages = browser_for("ines"), [], 0
    ines.reads = False
    for path, method, _required in _routes(application):
        if method == "GET" and not PART.findall(path):
            reply = await ines.get(path)
            read_pages += reply.status_code == 200
            named += [path] if "lambert" in reply.text.lower() else []
    assert set(named) <= WHERE_PEOPLE_ASK
    assert read_pages > 10


# Who asks a centre for something, to leave it say, tells it who they are.
WHERE_PEOPLE_ASK = {"/patients/requests"}


async def test_a_closed_record_says_since_when_by_its_code_alone(browser_for, people):
    await says(people, "paul", "care", yes=False)
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)

    reply = await browser_for("ines").get(f"/patients/{people.paul_patient}")

    assert reply.status_code == 403
    page = text_of(read(reply).main)
    assert f"The record {code} is closed" in page
    assert str(clock.now().year) in page
    assert "Lambert" not in reply.text
    part = await browser_for("ines", htmx=True).get(f"/patients/{people.paul_patient}")
    assert (part.status_code, part.headers["hx-redirect"]) == (403, f"/patients/{people.paul_patient}")
    assert (await browser_for("zoe").get(f"/patients/{people.paul_patient}")).status_code == 404


async def test_search_lists_and_jobs_stop_at_once_and_go_on_when_it_is_open_again(browser_for, people):
    response = await phq9(people, {f"q{n}": 0 for n in range(1, 10)})
    await says(people, "paul", "care", yes=False)

    await score_response(response, at=clock.now())
    assert await scores_of_response(response) == []
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'consent.kept_from'") == 1
    assert await list_found(people["ines"].actor, "Lambert") == []
    assert "LAMBERT" not in text_of((await browser_for("ines").page("/patients")).main)

    await says(people, "paul", "care", yes=True)
    waiting = await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'responses:score_waiting'")
    assert waiting == 1
    await score_response(response, at=clock.now())
    assert await scores_of_response(response) != []


async def test_its_owner_goes_on_reading_everything(browser_for, people):
    response = await phq9(people, SUFFERING)
    await says(people, "paul", "care", yes=False)

    paul = browser_for("paul")
    for path in ("/home", "/answers", f"/responses/{response}", f"/me/consents/{people.paul_patient}"):
        assert (await paul.get(path)).status_code == 200, path


async def test_somebody_in_danger_still_reaches_the_team(browser_for, people):
    await says(people, "paul", "care", yes=False)
    await phq9(people, SUFFERING)

    assert [one.patient for one in await list_open_alerts(people["ines"].actor)] == [people.paul_patient]
    day = await browser_for("ines").page("/today")
    assert "LAMBERT Paul" in text_of(day.main)


@pytest.fixture
async def shared(db, people):
    """Brest follows Paul too, and asked him for a questionnaire that he sent; Lyon asked for another."""
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) VALUES ($1, $2, $3, 'active', $4)",
        new_id(),
        people.paul_patient,
        people.brest,
        clock.day_in("Europe/Paris", clock.now()),
    )
    theirs = await phq9(people, {f"q{n}": 3 if n < 9 else 0 for n in range(1, 10)})
    await execute("UPDATE response SET organisation = $2 WHERE id = $1", theirs, people.brest)
    await execute("UPDATE assignment SET organisation = $2 WHERE response = $1", theirs, people.brest)
    await score_response(theirs, at=clock.now())
    ours = await phq9(people, {f"q{n}": 1 if n < 9 else 0 for n in range(1, 10)})
    await score_response(ours, at=clock.now())
    return theirs, ours


async def test_without_sharing_a_centre_sees_only_its_own(browser_for, people, shared):
    theirs, ours = shared
    ines, here = browser_for("ines"), f"/patients/{people.paul_patient}"
    pages = (here, f"{here}/questionnaires", "/today")
    before = [(await ines.get(path)).text for path in pages]
    assert all(str(theirs) in page for page in before[:2])

    await says(people, "paul", "sharing", yes=False)

    for path in pages:
        page = (await ines.get(path)).text
        assert str(theirs) not in page, path
        assert str(ours) in page, path
        assert ">24<" not in page, path
    for path in (f"/responses/{theirs}", f"/responses/{theirs}/scores", f"/responses/{theirs}/print"):
        assert (await ines.get(path)).status_code == 404
    assert (await browser_for("zoe").get(f"/responses/{theirs}")).status_code == 200
    assert (await browser_for("zoe").get(f"/responses/{ours}")).status_code == 404
    assert (await browser_for("paul").get(f"/responses/{theirs}")).status_code == 200


async def test_the_tab_says_each_purpose_and_is_not_there_for_others(browser_for, people):
    await says(people, "paul", "research", yes=True)
    here = f"/patients/{people.paul_patient}/consents"

    page = await browser_for("ines").page(here)

    said = {text_of(line.select_one(".co-strong")): text_of(line) for line in page.select("#purposes ~ ul > li")} or {
        text_of(line.select_one(".co-strong")): text_of(line) for line in page.select("li[id^=purpose-]")
    }
    assert "Yes, given" in said["Research with coded data"]
    assert "Paul Lambert" in said["Research with coded data"]
    assert "Allowed, no objection" in said["Keeping and reading the record"]
    assert (await browser_for("zoe").get(here)).status_code == 404
    assert (await browser_for("sacha").get(here)).status_code == 404


async def test_collecting_on_screen_asks_for_every_tick_and_loses_nothing(browser_for, people):
    ines, here = browser_for("ines"), f"/patients/{people.paul_patient}/consents"
    begun = {"purposes": ["research", "contact"], "method": "screen", "signer": "patient", "language": "en"}
    nothing = await ines.post(here, data={})
    assert nothing.status_code == 422
    assert read(nothing).title.get_text().startswith("Error:")

    place = (await ines.post(here, data=begun)).headers["location"]
    typed = SIGN | {"answer-contact": "no", "version-contact": "1", "point-research": ["1"]}
    missing = await ines.post(place, data=typed)
    assert missing.status_code == 422
    page = read(missing)
    assert page.select_one("input[name=name]")["value"] == "Paul Lambert"
    assert page.select_one("#answer-research")["checked"] == ""
    assert [link["href"] for link in page.select(".nhsuk-error-summary a")] == ["#point-research"]

    done = await ines.post(place, data=typed | {"point-research": ["1", "2", "3"]})
    certify = done.headers["location"]
    assert "contact" in await queries.withheld_of(people.paul_patient, queries.today())
    assert (await ines.post(certify, data={"ticks": ["text"]})).status_code == 422
    await ines.post(certify, data={"ticks": ["identity", "text", "questions"]})
    assert "research" not in await queries.withheld_of(people.paul_patient, queries.today())
    again = await ines.post(certify, data={"ticks": ["identity", "text", "questions"]})
    assert again.status_code == 303


async def test_certifying_asks_for_a_fresh_factor(browser_for, people):
    form = await signed(people, consent_form(people.lyon), {"research": True})
    await execute("UPDATE session SET second_factor_at = now() - interval '1 hour'")

    ines, ticks = browser_for("ines"), {"ticks": ["identity", "text", "questions"]}
    assert (await ines.get(f"/consents/{form}/certify")).headers["location"].startswith("/step-up")
    await ines.post(f"/consents/{form}/certify", data=ticks)

    assert (await queries.get_form(form)).state is State.SIGNED


async def test_only_the_centre_that_began_a_form_goes_on_with_it(browser_for, people, shared):
    form = await signed(people, consent_form(people.lyon), {"research": True})

    assert (await browser_for("ines").get(f"/consents/{form}/certify")).status_code == 200
    for way in (f"/consents/{form}/certify", f"/consents/{form}/sign"):
        assert (await browser_for("zoe").get(way)).status_code == 404


async def test_without_sharing_another_centre_reads_a_decision_and_nothing_about_it(browser_for, people, shared):
    form = await signed(people, consent_form(people.lyon), {"research": True})
    await certify(people["ines"].actor, form, at=clock.now())
    here, zoe = f"/patients/{people.paul_patient}/consents", browser_for("zoe")
    assert "Inès Moreau" in text_of((await zoe.page(here)).main)

    await says(people, "paul", "sharing", yes=False)

    page = text_of((await zoe.page(here)).main)
    assert "Another centre" in page
    assert "Inès Moreau" not in page
    assert "Lyon" not in page
    assert "Inès Moreau" in text_of((await browser_for("ines").page(here)).main)


async def test_a_signed_paper_is_kept_with_what_it_says(browser_for, people):
    ines = browser_for("ines")
    begun = {"purposes": ["genetics"], "method": "paper", "signer": "patient", "language": "fr"}
    place = (await ines.post(f"/patients/{people.paul_patient}/consents", data=begun)).headers["location"]
    day = queries.today() - timedelta(days=3)
    paper = to_pdf("<html lang=fr><title>Papier</title><p>Oui, Paul</p></html>")
    typed = {"name": "Paul Lambert", "answer-genetics": "yes", "version-genetics": "1"}
    typed |= {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}

    wrong = await ines.post(place, data=typed, files={"paper": ("x.pdf", b"MZ no paper", "application/pdf")})
    assert wrong.status_code == 422
    assert read(wrong).select_one("input[name=name]")["value"] == "Paul Lambert"
    kept = await ines.post(place, data=typed, files={"paper": ("signé.pdf", paper, "application/pdf")})
    assert kept.headers["location"].endswith("/certify")
    form = (await queries.list_forms(people.paul_patient))[0]
    assert (form.state, form.method, form.signed_on) == (State.SIGNED, Method.PAPER, day)
    assert await fetch_value("SELECT kind FROM file WHERE id = $1", form.paper) == "consent"


async def test_a_spoken_no_is_enough(browser_for, people):
    begun = {"purposes": ["contact"], "method": "spoken", "signer": "patient", "language": "fr"}
    await browser_for("ines").post(f"/patients/{people.paul_patient}/consents", data=begun)

    assert "contact" in await queries.withheld_of(people.paul_patient, queries.today())


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_one_decides_on_ones_own_pages(browser_for, people, language):
    paul, here = browser_for("paul", language=language), f"/me/consents/{people.paul_patient}"

    assert (await paul.get("/me/consents")).headers["location"] == here
    await paul.page(f"{here}/research")
    assert (await paul.post(f"{here}/research", data={"points": ["1"], "version": "1"})).status_code == 422
    odd = await paul.post(f"{here}/research", data={"points": ["1", "2", "3"], "version": "²"})
    assert odd.status_code == 409
    yes = await paul.post(f"{here}/research", data={"points": ["1", "2", "3"], "version": "1"})
    assert yes.headers["location"] == f"{here}?done=yes"
    asked = await paul.page(f"{here}/research/withdraw")
    assert len(asked.select("main ul li")) >= 3
    no = await paul.post(f"{here}/research/withdraw", data={"reason": ""})
    assert no.headers["location"] == f"{here}?done=no"
    assert len((await paul.page(here)).select("[aria-labelledby=history] li")) == 2
    assert (await paul.get(f"/me/consents/{people.yann_patient}")).status_code == 404
    assert (await paul.get(f"{here}/trial:none")).status_code == 404


async def test_who_may_not_sign_for_a_child_reads_and_does_not_decide(browser_for, people):
    await execute("UPDATE patient_link SET rights = '{view}' WHERE account = $1", people["claire"].account)
    claire, here = browser_for("claire"), f"/me/consents/{people.lea_patient}/research"

    page = await claire.page(here)

    assert page.select("main form") == []
    assert (await claire.post(here, data={"points": ["1", "2", "3"], "version": "1"})).status_code == 403


async def test_the_team_reads_on_its_day_who_said_no_by_code_if_closed(browser_for, people):
    await says(people, "paul", "care", yes=False)
    await says(people, "claire", "sharing", yes=False)
    await says(people, "yann", "contact", yes=False)
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)

    day = await browser_for("ines").page("/today")

    news = text_of(day.select_one("[aria-labelledby=consents]"))
    assert f"Record {code}" in news
    assert "MARTIN Léa" in news
    assert "Lambert" not in news
    assert "LE GOFF" not in news


async def test_home_asks_to_decide_again(browser_for, people):
    await says(people, "paul", "research", yes=True)
    until = queries.today() + timedelta(days=20)
    await texts.begin_draft(people["sacha"].account, "research", at=clock.now())
    await texts.publish(people["sacha"].account, "research", 1, ask_again_until=until, at=clock.now())

    home = await browser_for("paul").page("/home")

    assert f"/me/consents/{people.paul_patient}/research" in [one["href"] for one in home.select(".co-todo a")]
    assert "deciding" not in (await browser_for("claire").get("/home")).text


async def test_the_network_writes_the_next_version_and_two_writers_see_both(browser_for, people):
    sacha, base = browser_for("sacha"), "/administration/consents"
    await texts_in_use()
    await sacha.page(base)
    assert (await sacha.post(f"{base}/care/draft", data={})).headers["location"] == f"{base}/care/draft"
    form = await sacha.page(f"{base}/care/draft")
    boxes = form.select("[name^=fr-], [name^=en-]")
    fields = {one["name"]: one.get("value", one.get_text().strip("\n")) for one in boxes}
    fields |= {"seen": form.select_one("[name=seen]")["value"], "fr-title": "Un autre titre"}
    assert (await sacha.post(f"{base}/care/draft/write", data=fields | {"en-body": ""})).status_code == 422
    assert (await sacha.post(f"{base}/care/draft/write", data=fields)).headers["location"] == f"{base}/care/2"
    late = await browser_for("nour").post(f"{base}/care/draft/write", data=fields | {"fr-title": "Le mien"})
    assert late.status_code == 409
    assert "Un autre titre" in late.text
    assert "Le mien" in late.text
    await sacha.page(f"{base}/care/2")
    seen = {"seen": "2", "material": "no"}
    assert (await sacha.post(f"{base}/care/draft/publish", data={"seen": "2"})).status_code == 422
    assert (await sacha.post(f"{base}/care/draft/publish", data=seen)).headers["location"] == base
    assert (await queries.current_texts())["care"].contents["fr"].title == "Un autre titre"
    assert (await browser_for("odile").get(base)).status_code == 403


async def test_the_team_is_mailed_without_a_name(mailbox, db, people):
    from app.consents.jobs import tell_team

    await says(people, "paul", "care", yes=False)
    form = (await queries.list_forms(people.paul_patient))[0]
    await tell_team(str(form.id))
    await tell_team(str(form.id))
    await says(people, "paul", "contact", yes=False)
    await tell_team(str((await queries.list_forms(people.paul_patient))[0].id))

    letters = [path.read_text(errors="replace") for path in mailbox.rglob("*.eml")]
    told = {row["account"] for row in await fetch("SELECT account FROM consent_notice")}
    assert told == {people[who].account for who in ("ines", "marc", "tom")}
    assert len(letters) == len(told)
    assert not any("Lambert" in one for one in letters)
