"""Undoing a merge: who each was, whose what came since is, and what must come off first."""

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.dashboard.merging.queries import list_since
from app.dashboard.merging.sorting import Rule
from app.lib.db import fetch, fetch_value
from app.lib.errors import Refused
from app.patients.merging.model import Side
from app.patients.merging.queries import last_merge, lock_merge
from app.patients.queries import record_as_written
from tests.alerts.stories import AT, SUFFERING, draft, phq9
from tests.patients.merging.stories import THEIRS, join, part, twin


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
