"""After a merge everything of both is on the pages and lists of the one record, under its name and code, once."""

from datetime import timedelta

import pytest

from app.accounts.actions.places import link_patient
from app.alerts.queries import list_open_alerts, list_unmailed
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import fetch_value
from app.patients.actions import note_reading
from app.patients.queries import facts_of_patient, find_patient, get_patient, patients_by_id
from app.responses.actions import score_response
from tests.alerts.stories import AT, SUFFERING, draft, phq9
from tests.answering import form_of
from tests.browser import read, text_of
from tests.dashboard.test_pages import search
from tests.patients.merging.stories import THEIRS, join, twin


@pytest.fixture
async def joined(db, people):
    """Paul answered in his own record, which was then merged into another of Lyon: (root, response, draft, late)."""
    response = await phq9(people, SUFFERING)
    begun = await draft(people, {"q1": 1})
    late = await assign_questionnaire(
        people["ines"].actor,
        NewAssignment(
            patient=people.paul_patient,
            questionnaire="gad7",
            answered_by="patient",
            organisation=people.lyon,
            opens_on=AT.date() - timedelta(days=9),
            due_on=AT.date() - timedelta(days=8),
        ),
        at=AT,
    )
    root = await twin(people)
    await join(people, root, people.paul_patient, choices={})
    return root, response, begun, late


async def test_any_id_leads_to_the_person(joined, people):
    root = joined[0]
    former = people.paul_patient

    assert (await get_patient(former)).id == (await get_patient(root)).id == root
    assert {asked: one.id for asked, one in (await patients_by_id([former, root])).items()} == {
        former: root,
        root: root,
    }
    assert (await find_patient(former)).list_name == "LAMBERT-ROY Paul Henri"
    assert await facts_of_patient(former, AT.date()) == await facts_of_patient(root, AT.date())


async def test_the_team_reads_everything_in_the_one_record(browser_for, joined, people):
    root, response, _, _ = joined
    ines = browser_for("ines")

    day, listed = await ines.page("/today"), await ines.page("/patients")
    record, asked = await ines.page(f"/patients/{root}"), await ines.page(f"/patients/{root}/questionnaires")

    assert "LAMBERT-ROY Paul Henri" in text_of(day.main)
    assert str(people.paul_patient) not in str(day)
    assert sorted(text_of(name) for name in listed.select("tbody th")) == ["LAMBERT-ROY Paul Henri", "MARTIN Léa"]
    assert len(record.select(".co-flag")) == 1
    assert str(response) in str(asked)
    assert "GAD-7" in text_of(asked.main)
    for page in (f"/responses/{response}", f"/responses/{response}/scores", f"/responses/{response}/print"):
        await score_response(response, at=clock.now())
        shown = await ines.page(page)
        assert "Lambert-Roy" in text_of(shown.body)
        assert str(people.paul_patient) not in str(shown)


async def test_former_names_and_codes_find_it_once(browser_for, joined, people):
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)

    for typed in ("lambert", "lambert-roy", "paul lambert", "henri", code):
        found = read(await search(browser_for("ines"), typed))
        assert [text_of(name) for name in found.select("tbody th")] == ["LAMBERT-ROY Paul Henri"], typed
    assert read(await search(browser_for("zoe"), code)).select("tbody th") == []


async def test_old_addresses_lead_to_it_for_those_who_may(browser_for, joined, people):
    root, former = joined[0], people.paul_patient

    for page in ("", "/questionnaires", "/assignments/new"):
        reply = await browser_for("ines").get(f"/patients/{former}{page}")
        assert (reply.status_code, reply.headers["location"]) == (303, f"/patients/{root}{page}")
    sent = await browser_for("ines").post(f"/patients/{former}/assignments", data={"chosen": "gad7:patient"})
    assert sent.status_code == 409
    assert "merged with another" in text_of(read(sent).main)
    assert (await browser_for("zoe").get(f"/patients/{former}")).status_code == 404
    assert (await browser_for("yann").get(f"/me/access-log/{former}")).status_code == 404


async def test_its_own_person_goes_on_with_what_was_begun(browser_for, joined, people):
    _root, response, begun, _ = joined
    paul = browser_for("paul")

    home, answers = await paul.page("/home"), await paul.page("/answers")
    url = f"/responses/{begun}/pages/problems"
    saved = await paul.post(url, data=await form_of(paul, url) | {f"q{n}": "1" for n in range(1, 10)})

    assert len(home.select(".co-todo")) == 2
    assert str(response) in str(answers)
    assert saved.status_code == 303
    assert await fetch_value("SELECT count(*) FROM answer WHERE response = $1", begun) == 9
    assert await fetch_value("SELECT DISTINCT patient FROM answer WHERE response = $1", begun) == people.paul_patient


async def test_who_answered_for_both_sees_the_person_once(browser_for, joined, people):
    root = joined[0]
    since = clock.now().date()
    await link_patient(NOBODY, people["paul"].account, root, "self", since=since, at=clock.now())

    home = await browser_for("paul").page("/home")

    assert len(home.select(".co-todo")) == 2


async def test_alerts_are_told_and_shown_under_it(joined, people):
    alert = await fetch_value("SELECT id FROM alert WHERE response = $1", joined[1])

    assert {one.patient for one in await list_open_alerts(people["ines"].actor)} == {joined[0]}
    assert {one.account for one in await list_unmailed(alert)} >= {people["ines"].account}
    assert await list_open_alerts(people["zoe"].actor) == []


async def test_the_access_log_tells_of_both(browser_for, joined, people):
    root, former = joined[0], people.paul_patient
    await note_reading(people["marc"].actor, former, "summary", at=clock.now())
    await note_reading(people["ines"].actor, root, "summary", at=clock.now())
    await note_reading(people["zoe"].actor, people.yann_patient, "summary", at=clock.now())

    log = text_of((await browser_for("paul").page("/me/access-log")).main)

    assert "Marc Petit" in log
    assert "Inès Moreau" in log
    assert "Caradec" not in log


async def test_it_is_counted_once(browser_for, joined, people):
    coded = await browser_for("sacha").page(f"/administration/patients?centre={people.lyon}")

    assert len(coded.select("tbody tr")) == 2


async def test_what_the_absorbed_record_brought_is_scored_as_the_one_person(joined, people):
    before = await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'responses:score'")

    await join_another(people, joined[0])

    after = await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'responses:score'")
    assert after > before or after >= 1


async def join_another(people, root):
    other = await twin(people)
    await join(people, root, other, choices=THEIRS)
