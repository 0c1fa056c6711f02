"""Undoing a merge: who each was, whose what came since is, and what must come off first."""

from dataclasses import replace

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.consents.actions import collecting
from app.consents.model import Method
from app.consents.queries import today
from app.consents.rendering import texts_in_use
from app.dashboard.merging.queries import list_since
from app.dashboard.merging.sorting import Rule
from app.files.actions import keep_file
from app.files.model import Kind, Upload
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.identity.actions import add_identifier, change_identity, remove_identifier
from app.patients.identity.queries import identifiers_of
from app.patients.merging.model import Owner, Side
from app.patients.merging.queries import last_merge, lock_merge
from app.patients.queries import get_patient, ids_of, record_as_written
from app.patients.removing.actions import ask_removal
from tests.alerts.stories import AT, SUFFERING, draft, phq9
from tests.consents.stories import consent_form, says
from tests.patients.merging.stories import THEIRS, TWIN, join, part, twin

PASCALS_NIR = "180056925900167"
CODE = "0102030405"
FOLLOW = "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($1, $2, $3, now()::date)"


async def since(merge):
    held = await lock_merge(merge)
    assert held is not None
    return await list_since(held)


async def test_both_are_who_they_were_and_have_what_they_had(db, people):
    response = await phq9(people, SUFFERING)
    other = await twin(people)
    before = [(await record_as_written(one)).known for one in (people.paul_patient, other)]
    tokens = await fetch("SELECT patient, token FROM patient_token ORDER BY patient, token")
    merge = await join(people, other, people.paul_patient, choices=THEIRS)
    assert (await record_as_written(other)).known == before[0]

    await part(people, merge)

    assert [(await record_as_written(one)).known for one in (people.paul_patient, other)] == before
    assert await fetch("SELECT patient, token FROM patient_token ORDER BY patient, token") == tokens
    assert await fetch_value("SELECT patient FROM response WHERE id = $1", response) == people.paul_patient
    assert await fetch_value("SELECT count(*) FROM patient WHERE root <> id OR merged_into IS NOT NULL") == 0


async def test_what_nobody_knows_is_asked_and_nothing_is_done_before(db, people):
    other = await twin(people)
    merge = await join(people, other, people.paul_patient)
    asked = await ask(people, other)

    [group] = await since(merge)
    assert (group.side, [row.node for row in group.rows]) == (None, [("assignment", asked)])
    with pytest.raises(Refused, match="moved_on"):
        await part(people, merge)
    assert await last_merge(other) == merge

    await part(people, merge, {group.id: Side.ABSORBED})

    assert await fetch_value("SELECT patient FROM assignment WHERE id = $1", asked) == people.paul_patient


async def ask(people, patient):
    new = NewAssignment(
        patient=patient, questionnaire="gad7", answered_by="patient", organisation=people.lyon, opens_on=AT.date()
    )
    return await assign_questionnaire(people["ines"].actor, new, at=AT)


async def test_what_its_own_account_answered_goes_with_all_that_hangs_on_it(db, people):
    other = await twin(people)
    merge = await join(people, other, people.paul_patient)
    response = await draft(people, {"q1": 1}, record=other)
    await phq9(people, SUFFERING, response=response)

    [group] = await since(merge)
    assert (group.side, group.rule) == (Side.ABSORBED, Rule.OWN_ACCOUNT)
    await part(people, merge)

    for table in ("response", "answer", "answer_history", "assignment", "alert", "score"):
        where = "id" if table == "response" else "response"
        found = await fetch(f"SELECT DISTINCT patient FROM {table} WHERE {where} = $1", response)
        assert [row["patient"] for row in found] in ([people.paul_patient], []), table


async def test_merges_come_off_the_latest_first(db, people):
    middle, last = await twin(people), await twin(people)
    responses = [await draft(people, {"q1": 1}, record=one) for one in (people.paul_patient, middle, last)]
    before = [(await record_as_written(one)).known for one in (people.paul_patient, middle, last)]
    first = await join(people, middle, last)
    second = await join(people, people.paul_patient, middle)
    assert {row["root"] for row in await fetch("SELECT root FROM patient WHERE id = ANY($1)", [middle, last])} == {
        people.paul_patient
    }

    with pytest.raises(Refused, match="not_the_last"):
        await part(people, first)
    with pytest.raises(Refused, match="not_the_last"):
        await part(people, new_id())
    await part(people, second)
    assert await last_merge(middle) == first
    await part(people, first)
    with pytest.raises(Refused, match="not_the_last"):
        await part(people, first)

    assert [(await record_as_written(one)).known for one in (people.paul_patient, middle, last)] == before
    rows = await fetch("SELECT id, patient FROM response WHERE id = ANY($1) ORDER BY id", responses)
    assert [row["patient"] for row in rows] == [people.paul_patient, middle, last]


async def test_a_record_that_took_one_in_is_merged_and_parted_as_a_whole(db, people):
    one, two, three = [await twin(people) for _ in range(3)]
    await join(people, one, two)
    late = await ask(people, one)
    other = await join(people, three, one)
    since_then = await ask(people, three)

    [group] = await since(other)
    assert [row.node[1] for row in group.rows] == [since_then]
    await part(people, other, {group.id: Side.ABSORBED})

    assert await ids_of(three) == [three]
    assert set(await ids_of(one)) == {one, two}
    assert await fetch_value("SELECT count(*) FROM assignment WHERE patient = $1", one) == 2
    assert await fetch_value("SELECT patient FROM assignment WHERE id = $1", late) == one


async def test_what_was_changed_since_goes_to_its_owner(db, people):
    other = await twin(people)
    merge = await join(people, people.paul_patient, other)
    ines, now = people["ines"].actor, await get_patient(people.paul_patient)
    await change_identity(ines, now.id, replace(now.known, phone="+33799999999"), seen=now.revision, at=clock.now())

    with pytest.raises(Refused, match="moved_on"):
        await part(people, merge)
    await part(people, merge, owners={"phone": Owner.ABSORBED})

    assert (await record_as_written(people.paul_patient)).phone == ""
    assert (await record_as_written(other)).phone == "+33799999999"


async def test_nothing_of_the_other_person_stays_in_the_record(browser_for, people):
    """Brest follows Paul alone. Chosen by the merge, typed into it since, given to either: his own page tells his."""
    await execute(FOLLOW, new_id(), people.paul_patient, people.brest)
    other = await twin(people, new=replace(TWIN, given_names="Pascal", email="pascal@example.org", nir=PASCALS_NIR))
    ines = people["ines"].actor
    await add_identifier(ines, other, CODE, at=clock.now())
    merge = await join(people, people.paul_patient, other)
    await remove_identifier(
        ines, people.paul_patient, (await identifiers_of(people.paul_patient))[0].id, at=clock.now()
    )
    for typed in ({"birth_place": "Saint-Étrange"}, {"used_given_name": "Popaul"}, {"birth_place": "Quimperlé"}):
        now = await get_patient(people.paul_patient)
        await change_identity(ines, now.id, replace(now.known, **typed), seen=now.revision, at=clock.now())
    zoe, here = browser_for("zoe"), f"/patients/{people.paul_patient}/identity"
    assert [word in (await zoe.get(here)).text for word in ("Pascal", CODE)] == [True, True]

    await part(people, merge, owners={"birth_place": Owner.ABSORBED, "used_given_name": Owner.KEPT})

    page = (await zoe.get(here)).text
    assert "Popaul" in page
    secrets = ("Pascal", "pascal@", "Lambert-Roy", "Étrange", "Quimperlé", "12 34 56 78", "1 80 05 69", CODE)
    assert [word for word in secrets if word in page] == []
    assert (await zoe.get(f"/patients/{other}")).status_code == 404
    assert "Quimperlé" in (await browser_for("ines").get(f"/patients/{other}/identity")).text


async def test_what_each_refuses_is_refused_in_the_one_and_theirs_again_after(db, people):
    other = await twin(people)
    await says(people, "paul", "sharing", yes=False)
    merge = await join(people, other, people.paul_patient)
    query = "SELECT withheld FROM patient WHERE id = $1"
    assert "sharing" in await fetch_value(query, other)

    await part(people, merge)

    assert "sharing" in await fetch_value(query, people.paul_patient)
    assert "sharing" not in await fetch_value(query, other)


async def test_accounts_are_told_and_everything_is_in_the_trail(db, people):
    other = await twin(people)
    merge = await join(people, other, people.paul_patient)
    asked = await ask(people, other)
    await part(people, merge, {asked: Side.ABSORBED})

    told = await fetch("SELECT args->>'notice' AS notice, args->>'account' AS account FROM procrastinate_jobs")
    events = await fetch("SELECT action, subject, patient FROM audit_event WHERE subject = ANY($1)", [merge, asked])

    assert {(row["notice"], row["account"]) for row in told if (row["notice"] or "").startswith("records_")} == {
        ("records_merged", str(people["paul"].account)),
        ("records_separated", str(people["paul"].account)),
    }
    assert {row["action"] for row in events} == {
        "patients.merged",
        "merge.counted",
        "patients.separated",
        "merge.sorted",
        "row.attributed",
        "assignment.created",
    }
    assert {row["patient"] for row in events if row["action"] == "patients.merged"} == {other, people.paul_patient}


async def test_what_a_record_has_once_is_not_there_twice(db, people):
    other = await twin(people)
    paul, contact = people["paul"].actor, NewContact(given_name="Ada", family_name="Roy", kind="sister", language="fr")
    await ask_removal(paul, people.paul_patient, "", at=clock.now())
    merge = await join(people, other, people.paul_patient)
    await add_contact(people["ines"].actor, other, contact, at=clock.now())
    await execute("UPDATE removal_request SET state = 'withdrawn', decided_at = now()")
    await ask_removal(paul, other, "", at=clock.now())
    await execute("UPDATE removal_request SET state = 'asked', decided_at = NULL")

    await part(people, merge, rest=Side.ABSORBED)

    rows = await fetch("SELECT patient, state FROM removal_request ORDER BY id")
    assert [tuple(row) for row in rows] == [(people.paul_patient, "asked"), (people.paul_patient, "withdrawn")]
    assert await fetch_value("SELECT patient FROM relationship") == people.paul_patient


async def test_a_paper_that_came_since_goes_with_the_consent_that_was_there_before(db, people):
    ines, paul, at = people["ines"].actor, people.paul_patient, clock.now()
    texts = await texts_in_use()
    form = await collecting.begin(ines, paul, consent_form(people.lyon, method=Method.PAPER), at=at)
    other = await twin(people)
    merge = await join(people, other, paul)
    paper = await keep_file(ines, other, Upload("Signed.txt", "text/plain", b"Yes."), Kind.CONSENT, at=at)
    said = {"answers": {"research": True}, "versions": {"research": texts["research"].version}, "name": "Paul Lambert"}
    await collecting.sign(ines, form, collecting.Signature(**said, paper=paper, day=today()), at=at)

    [group] = await since(merge)
    assert (group.side, group.rule) == (Side.ABSORBED, Rule.HANGS_ON)
    await part(people, merge, rest=Side.KEPT)
    assert await fetch_value("SELECT patient FROM file WHERE id = $1", paper) == paul
