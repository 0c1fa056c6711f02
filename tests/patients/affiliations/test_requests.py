"""A centre asks to follow somebody whom another one knows: what each learns, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.lib import clock
from app.lib.db import fetch, fetch_value
from app.lib.errors import Refused
from app.patients.affiliations import queries
from app.patients.affiliations.actions import ask_affiliation, asking, deciding, telling, upkeep
from app.patients.affiliations.model import Refusal, State
from app.patients.queries import get_patient, organisations_of_patient
from tests.browser import read, text_of
from tests.patients.affiliations.stories import KERMARREC, TYPED, asked_by_lyon, known_in_brest, question_of


@pytest.mark.capability("E37")
async def test_an_accepted_request_opens_the_record_to_the_centre_that_asked(browser_for, people):
    record = await known_in_brest(people)
    ines, zoe = browser_for("ines"), browser_for("zoe")
    request = await asked_by_lyon(people)
    question = await question_of(request)
    assert (await ines.get(f"/patients/{record}")).status_code == 404

    page = await zoe.page(f"/patients/requests/questions/{question}")
    assert "KERMAREC" in text_of(page.main)
    assert "Kermarrec" in text_of(page.main)
    assert "Inès Moreau" in text_of(page.main)
    untold = await zoe.post(f"/patients/requests/questions/{question}/approve", data={})
    assert untold.status_code == 422
    again = await zoe.get(f"/patients/requests/questions/{question}/approve")
    assert again.headers["location"] == f"/patients/requests/questions/{question}"
    assert "Tick this once the person was told" in text_of(read(untold).main)
    done = await zoe.post(f"/patients/requests/questions/{question}/approve", data={"informed": "yes"})

    assert done.status_code == 303
    assert await organisations_of_patient(record) == {people.lyon, people.brest}
    ours = text_of((await ines.page(f"/patients/requests/ours/{request}")).main)
    assert "Your centre follows this person now" in ours
    access = text_of((await ines.page(f"/patients/{record}/access")).main)
    assert "At its request, accepted by another centre" in access
    assert "The centre opened the record" in access


async def test_a_refusal_says_its_reason_and_nothing_else(browser_for, people):
    await known_in_brest(people)
    request = await asked_by_lyon(people)
    here = f"/patients/requests/questions/{await question_of(request)}"
    zoe = browser_for("zoe")

    missing = await zoe.post(f"{here}/refuse", data={"why": "", "words": "Elle a dit non"})
    assert missing.status_code == 422
    assert "Elle a dit non" in missing.text
    await zoe.post(f"{here}/refuse", data={"why": "not_same", "words": "Ce n’est pas elle : autre lieu."})

    page = (await browser_for("ines").get(f"/patients/requests/ours/{request}")).text
    assert "It is not the same person" in page
    for secret in ("Brest", "Zoé", "Caradec", "autre lieu"):
        assert secret not in page
    assert "autre lieu" in (await zoe.get(here)).text
    again = await zoe.post(f"{here}/refuse", data={"why": "objects"})
    assert again.status_code == 409


async def test_of_several_records_the_first_acceptance_settles_the_others(db, people):
    records = [await known_in_brest(people), await known_in_brest(people)]
    request = await asked_by_lyon(people)
    questions = await queries.list_to_decide(people["zoe"].actor)
    one, other = questions
    assert {one.record, other.record} == set(records)

    await deciding.refuse_request(people["zoe"].actor, one.id, Refusal.NOT_SAME, "", at=clock.now())
    found = await queries.find_request(request)
    assert found is not None
    assert found.state is State.PENDING
    await deciding.approve_request(people["zoe"].actor, other.id, at=clock.now())

    found = await queries.find_request(request)
    assert found is not None
    assert (found.state, found.patient) == (State.APPROVED, other.record)
    assert await organisations_of_patient(one.record) == {people.brest}
    with pytest.raises(Refused, match="decided"):
        await deciding.approve_request(people["zoe"].actor, one.id, at=clock.now())


async def test_an_objection_that_comes_as_somebody_decides_is_told_that_it_is_late(db, people, monkeypatch):
    await known_in_brest(people)
    question = await question_of(await asked_by_lyon(people))
    hold = deciding.lock_request

    async def hold_after_the_other(request):
        monkeypatch.setattr(deciding, "lock_request", hold)
        await deciding.approve_request(people["zoe"].actor, question, at=clock.now())
        return await hold(request)

    monkeypatch.setattr(deciding, "lock_request", hold_after_the_other)
    with pytest.raises(Refused, match="decided"):
        await deciding.note_objection(people["paul"].actor, question, objects=True, at=clock.now())


async def test_asking_twice_is_asking_once_and_nobody_may_ask_on_and_on(db, people, monkeypatch):
    await known_in_brest(people)
    first = await asked_by_lyon(people)

    assert await asked_by_lyon(people) == first
    monkeypatch.setattr(asking, "BY_ONE_PERSON", asking.Limit("affiliation.request", 1, timedelta(days=1)))
    with pytest.raises(Refused, match="too_many"):
        await asked_by_lyon(people, KERMARREC)


async def test_nobody_is_asked_about_a_person_nobody_else_knows(db, people):
    with pytest.raises(Refused, match=r"affiliation_request\.none"):
        await asked_by_lyon(people)
    assert await fetch_value("SELECT count(*) FROM affiliation_request") == 0


async def test_nobody_decides_on_what_they_asked_for_elsewhere(db, people):
    """Marc works in both centres."""
    await known_in_brest(people)
    marc = people["marc"].actor
    request = await ask_affiliation(marc, TYPED, "", at=clock.now())
    in_brest = replace(marc, organisation=people.brest)

    with pytest.raises(Refused, match="own"):
        await deciding.approve_request(in_brest, await question_of(request), at=clock.now())


async def test_what_nobody_decides_ends_after_thirty_days_and_is_forgotten_later(db, people):
    await known_in_brest(people)
    request, at = await asked_by_lyon(people), clock.now()

    assert await upkeep.expire_requests(at=at + timedelta(days=29)) == 0
    assert await upkeep.expire_requests(at=at + timedelta(days=31)) == 1
    await upkeep.expire_requests(at=at + timedelta(days=130))

    found = await queries.find_request(request)
    assert found is not None
    assert (found.state, found.typed) == (State.EXPIRED, None)
    assert await fetch_value("SELECT data_key FROM affiliation_request WHERE id = $1", request) == b""


async def test_letters_name_nobody(db, people, mailbox):
    await known_in_brest(people)
    request = await asked_by_lyon(people)
    jobs = await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'affiliations:tell'")
    assert jobs
    await telling.send_notice(people["zoe"].account, telling.Notice.QUESTION, at=clock.now())
    await telling.answer_asker(request, at=clock.now())

    letters = " ".join(one.read_text() for one in mailbox.rglob("*") if one.is_file()).replace("=\n", "")
    assert "/patients/requests" in letters
    assert "ermar" not in letters
    assert "Lyon" not in letters


async def test_a_withdrawn_request_waits_for_nobody_and_opens_a_record_of_ones_own(browser_for, people):
    record = await known_in_brest(people)
    request = await asked_by_lyon(people)
    question = await question_of(request)
    ines, zoe, ours = browser_for("ines"), browser_for("zoe"), f"/patients/requests/ours/{request}"
    assert (await zoe.get(ours)).status_code == 404
    assert (await zoe.post(f"{ours}/withdraw")).status_code == 404

    assert (await ines.post(f"{ours}/withdraw")).status_code == 303

    late = await zoe.post(f"/patients/requests/questions/{question}/approve", data={"informed": "yes"})
    assert late.status_code == 409
    assert await organisations_of_patient(record) == {people.brest}
    first, again = [await ines.post(f"{ours}/open") for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    entry = first.headers["location"]
    created = await ines.post(f"{entry}/create", data={"reason": "Autre personne, vue avec sa carte."})
    assert created.headers["location"].endswith("/created")


@pytest.mark.parametrize("who", ["lea", "yann"])
async def test_requests_of_others_are_in_no_list(db, people, who):
    """What Brest asks about Léa is for Lyon to decide; about Yann, whom it follows itself, nothing is asked of Lyon."""
    patient = getattr(people, f"{who}_patient")
    known = (await get_patient(patient)).known
    asking = people["zoe" if who == "lea" else "ines"].actor
    await ask_affiliation(asking, known, "", at=clock.now())

    waiting = {
        name: [one.record for one in await queries.list_to_decide(people[name].actor)] for name in ("ines", "zoe")
    }

    assert waiting == ({"ines": [patient], "zoe": []} if who == "lea" else {"ines": [], "zoe": [patient]})
