"""A centre leaves, a patient asks it to, and what each sees afterwards."""

import pytest

from app.audit.actions import WORKER
from app.lib import clock
from app.lib.clock import day_in
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.patients.affiliations.actions import ask_affiliation, telling
from app.patients.affiliations.actions.deciding import approve_request, note_objection
from app.patients.affiliations.actions.leaving import ask_to_leave, end_following
from app.patients.affiliations.model import End
from app.patients.affiliations.queries import leaves_of, list_followings
from app.patients.queries import get_patient, organisations_of_patient
from app.patients.removing.actions import ask_removal
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import read, text_of
from tests.consents.stories import says
from tests.patients.affiliations.stories import KERMARREC, asked_by_lyon, known_in_brest, question_of
from tests.trials.stories import text_of as trial_text
from tests.trials.visits.stories import follows_in_brest, in_trial

FOLLOW = """
INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES (gen_random_uuid(), $1, $2, now()::date)
"""
TODAY = day_in(ZONE, clock.now()).isoformat()


@pytest.mark.capability("E24")
async def test_a_centre_that_leaves_no_longer_finds_the_record_at_its_next_click(browser_for, people):
    record = await known_in_brest(people)
    zoe = browser_for("zoe")
    page = text_of((await zoe.page(f"/patients/{record}/access/end")).main)
    assert "No other centre follows this person" in page

    wrong = await zoe.post(f"/patients/{record}/access/end", data={"why": "moved", "day": "2020-01-01"})
    assert wrong.status_code == 422
    assert "Enter a day from the first day" in text_of(read(wrong).main)
    done = await zoe.post(f"/patients/{record}/access/end", data={"why": "moved", "day": TODAY})

    assert done.status_code == 303
    assert await organisations_of_patient(record) == frozenset()
    assert (await zoe.get(f"/patients/{record}")).status_code == 404
    assert (await zoe.get(f"/patients/{record}/access")).status_code == 404
    one = (await list_followings(record))[0]
    assert (one.ended_reason, one.until.isoformat()) == ("moved", TODAY)


async def test_a_centre_does_not_leave_while_an_alert_waits(browser_for, people):
    await phq9(people, SUFFERING, who="paul")
    ines, where = browser_for("ines"), f"/patients/{people.paul_patient}/access/end"

    assert "must take it up" in text_of((await ines.page(where)).main)
    refused = await ines.post(where, data={"why": "finished", "day": TODAY})

    assert refused.status_code == 409
    assert people.lyon in await organisations_of_patient(people.paul_patient)


async def test_a_centre_does_not_leave_whom_it_enrolled_in_a_trial(browser_for, people):
    """Lyon ends the enrolment first; that Paul is in a trial in Lyon does not keep Brest."""
    await follows_in_brest(people)
    enrolment = await in_trial(people, trial_text("small"))
    ines, where = browser_for("ines"), f"/patients/{people.paul_patient}/access/end"
    assert "takes part in a trial at your centre" in text_of((await ines.page(where)).main)
    assert (await ines.post(where, data={"why": "moved", "day": TODAY})).status_code == 409
    zoe = browser_for("zoe")
    assert "takes part" not in text_of((await zoe.page(where)).main)
    assert (await zoe.post(where, data={"why": "moved", "day": TODAY})).status_code == 303

    await ines.post(f"/enrolments/{enrolment}/end", data={"how": "withdrawn", "ended_on": TODAY, "note": "Moves away."})
    assert (await ines.post(where, data={"why": "moved", "day": TODAY})).status_code == 303


async def test_whom_a_closed_record_is_about_may_always_be_left(browser_for, people):
    await in_trial(people, trial_text("small"))
    await says(people, "paul", "care", yes=False)
    ines, where = browser_for("ines"), f"/patients/{people.paul_patient}/access/end"
    assert "takes part" not in text_of((await ines.page(where)).main)
    assert (await ines.post(where, data={"why": "finished", "day": TODAY})).status_code == 303


async def test_foreign_records_are_not_there(browser_for, people):
    zoe, lyons = browser_for("zoe"), f"/patients/{people.paul_patient}/access"

    assert (await zoe.get(lyons)).status_code == 404
    assert (await zoe.get(f"{lyons}/end")).status_code == 404
    assert (await zoe.post(f"{lyons}/end", data={"why": "error", "day": TODAY})).status_code == 404
    assert (await zoe.post(f"{lyons}/practitioner", data={"practitioner": ""})).status_code == 404


async def test_the_practitioner_is_somebody_of_the_centre_and_is_told_to_the_patient(browser_for, people):
    ines, where = browser_for("ines"), f"/patients/{people.paul_patient}/access"

    assert (await ines.post(f"{where}/practitioner", data={"practitioner": people["zoe"].account})).status_code == 422
    await ines.post(f"{where}/practitioner", data={"practitioner": str(people["marc"].account)})

    assert "followed by Marc Petit" in text_of((await ines.page(where)).main)
    assert "Practitioner there: Marc Petit" in text_of((await browser_for("paul").page("/me/centres")).main)


async def test_a_patient_asks_a_centre_to_stop_and_reads_its_answer(browser_for, people):
    paul, ines = browser_for("paul"), browser_for("ines")
    following = (await list_followings(people.paul_patient))[0]
    where = f"/me/centres/of/{people.paul_patient}/leave"
    for _ in range(2):
        await paul.post(where, data={"affiliation": str(following.id), "note": "Je déménage"})
    (leave,) = await leaves_of(people.paul_patient)
    yann = browser_for("yann")
    assert (await yann.post(f"/me/centres/leaves/{leave.id}/withdraw")).status_code == 404
    assert (await yann.post(where, data={"affiliation": str(following.id)})).status_code == 404
    assert (await browser_for("zoe").get(f"/patients/requests/leaves/{leave.id}")).status_code == 404

    assert "LAMBERT Paul" in text_of((await ines.page("/patients/requests")).main)
    assert "Je déménage" in text_of((await ines.page(f"/patients/requests/leaves/{leave.id}")).main)
    silent = await ines.post(f"/patients/requests/leaves/{leave.id}/keep", data={"reply": ""})
    assert silent.status_code == 422
    await ines.post(f"/patients/requests/leaves/{leave.id}/keep", data={"reply": "Parlons-en mardi."})

    assert "Parlons-en mardi." in text_of((await paul.page("/me/centres")).main)
    assert people.lyon in await organisations_of_patient(people.paul_patient)


async def test_whoever_closed_their_record_is_named_nowhere(browser_for, people):
    """Followed no more, removed, and then closed: what waits for the centre is told by code."""
    paul = people["paul"].actor
    following = (await list_followings(people.paul_patient))[0]
    await ask_removal(paul, people.paul_patient, "Je ne veux plus", at=clock.now())
    await ask_to_leave(paul, people.paul_patient, following.id, "Je déménage", at=clock.now())
    await says(people, "paul", "care", yes=False)
    (leave,), ines = await leaves_of(people.paul_patient), browser_for("ines")
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)

    pages = [f"requests/leaves/{leave.id}", f"{people.paul_patient}/access/end", "requests"]
    for where in pages:
        page = await ines.page(f"/patients/{where}")
        assert code in page.text
        assert [word for word in ("lambert", "paul", "déménage") if word in page.text.lower()] == []
        links = [str(link["href"]) for link in page.select("main a[href]")]
        for link in links:
            assert (await ines.get(link)).status_code == 200, link
    assert f"/patients/{people.paul_patient}/consents" in links


async def test_a_patient_sees_who_asks_and_an_objection_stops_it(browser_for, people):
    from app.patients.affiliations.actions import ask_affiliation
    from app.patients.queries import get_patient

    known = (await get_patient(people.paul_patient)).known
    await ask_affiliation(people["zoe"].actor, known, "", at=clock.now())
    paul, ines = browser_for("paul"), browser_for("ines")
    page = text_of((await paul.page("/me/centres")).main)
    assert "Centre expert de Brest (Brest)" in page
    assert "Zoé" not in page
    question = await fetch_value("SELECT id FROM affiliation_request_record WHERE patient = $1", people.paul_patient)
    assert (await browser_for("yann").post(f"/me/centres/objections/{question}")).status_code == 404

    await paul.post(f"/me/centres/objections/{question}", data={"objects": "yes"})
    where = f"/patients/requests/questions/{question}"
    assert "The patient objects" in text_of((await ines.page(where)).main)
    refused = await ines.post(f"{where}/approve", data={"informed": "yes"})

    assert refused.status_code == 409
    assert await organisations_of_patient(people.paul_patient) == {people.lyon}
    await paul.post(f"/me/centres/objections/{question}", data={"objects": "no"})
    await ines.post(f"{where}/approve", data={"informed": "yes"})
    assert await organisations_of_patient(people.paul_patient) == {people.lyon, people.brest}


async def test_who_read_is_named_in_the_own_centre_alone(browser_for, people):
    await execute(FOLLOW, people.paul_patient, people.brest)
    await browser_for("zoe").page(f"/patients/{people.paul_patient}")
    await browser_for("ines").page(f"/patients/{people.paul_patient}")

    page = text_of((await browser_for("marc").page(f"/patients/{people.paul_patient}/access")).main)

    assert "Inès Moreau" in page
    assert "Centre expert de Brest" in page
    assert "Zoé" not in page


async def test_a_stranger_is_in_no_list(browser_for, people):
    await known_in_brest(people)

    page = text_of((await browser_for("ines").page("/patients/requests")).main)

    assert KERMARREC.family_name not in page
    assert "Nothing to decide on" in page


async def test_about_a_record_that_nobody_follows_the_network_decides_by_code(browser_for, people):
    record = await known_in_brest(people)
    await browser_for("zoe").post(f"/patients/{record}/access/end", data={"why": "moved", "day": TODAY})
    request = await asked_by_lyon(people)
    question = await fetch_value("SELECT id FROM affiliation_request_record WHERE request = $1", request)
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", record)
    sacha, where = browser_for("sacha"), f"/administration/affiliations/{question}"
    for who in ("ines", "zoe", "odile"):
        assert (await browser_for(who).post(where, data={"informed": "yes"})).status_code == 404
        assert (await browser_for(who).get("/administration/affiliations")).status_code == 403

    page = (await sacha.get("/administration/affiliations")).text
    assert code in page
    assert KERMARREC.family_name not in page
    assert (await sacha.post(where, data={"decision": "approve"})).status_code == 422
    await sacha.post(where, data={"decision": "approve", "informed": "yes"})

    assert await organisations_of_patient(record) == {people.lyon}
    assert (await browser_for("ines").get(f"/patients/{record}")).status_code == 200


async def test_whoever_nobody_follows_is_told_that_a_centre_asks_and_so_is_the_network(db, people):
    """Lyon leaves Paul, Brest asks: he is told and may object; no centre's trail tells whom Brest asked about."""
    paul = people.paul_patient
    await end_following(people["ines"].actor, paul, End.MOVED, day_in(ZONE, clock.now()), at=clock.now())
    await execute("DELETE FROM procrastinate_jobs")
    known = (await get_patient(paul)).known
    request = await ask_affiliation(people["zoe"].actor, known, "", at=clock.now())
    question = await question_of(request)
    await telling.ask_network(question, at=clock.now())

    jobs = await fetch(
        "SELECT task_name, args->>'account' AS account, args->>'notice' AS notice FROM procrastinate_jobs"
    )
    told = {(row["notice"], row["account"]) for row in jobs if row["task_name"] == "affiliations:tell"}
    wanted = {"paul": "centre_asks", "sacha": "orphan", "nour": "orphan"}
    assert told == {(notice, str(people[who].account)) for who, notice in wanted.items()}
    assert [row["task_name"] for row in jobs].count("affiliations:ask_network") == 1
    event = "SELECT actor, organisation FROM audit_event WHERE patient = $1 AND subject = $2"
    assert [tuple(row) for row in await fetch(event, paul, question)] == [(WORKER, None)]
    await note_objection(people["paul"].actor, question, objects=True, at=clock.now())
    with pytest.raises(Refused, match="objected"):
        await approve_request(people["sacha"].actor, question, at=clock.now())
