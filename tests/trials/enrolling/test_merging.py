"""Two records merged, somebody enrolled in between, and the merge undone: the enrolment goes as a whole."""

from app.assignments.queries import list_of_visits
from app.dashboard.merging.queries import list_since
from app.lib import clock
from app.lib.db import fetch, fetch_value
from app.lib.i18n import ZONE
from app.patients.merging.model import Side
from app.patients.merging.queries import lock_merge
from app.trials.enrolling.actions import change_enrolment, end_enrolment, enrol, reopen_enrolment
from app.trials.enrolling.model import Joining, Screening
from app.trials.enrolling.queries import end_note_of
from app.trials.model import Ended
from app.trials.queries import find_enrolment, visits_of
from app.trials.visits.actions.holding import open_visit
from app.trials.visits.queries import key_of
from tests.consents.stories import says
from tests.patients.merging.stories import join, part, twin
from tests.trials.stories import applied, opened, text_of, visit_named

TODAY = clock.day_in(ZONE, clock.now())
HISTORY = "SELECT id, patient, reason, end_note FROM enrolment_history WHERE enrolment = $1 ORDER BY revision"
SAID = {"bipolar": True, "pregnant": False}


async def test_an_enrolment_made_in_between_goes_with_its_visits_and_what_they_ask(db, people):
    ines, at = people["ines"].actor, clock.now()
    await applied(text_of("rules"))
    await opened("rules", people.lyon)
    other = await twin(people)
    merge = await join(people, other, people.paul_patient)
    await says(people, "paul", "trial:rules", yes=True)
    considered = Screening(patient=other, trial="rules", answers=SAID)
    enrolment = await enrol(ines, considered, Joining(included_on=TODAY, arm="app"), at=at)
    start = await visit_named(enrolment, "start#0")
    await open_visit(ines, start.id, TODAY, at=at)
    await change_enrolment(ines, enrolment, Joining(included_on=TODAY, arm="usual"), "Allocated so.", at=at)
    await end_enrolment(ines, enrolment, Ended.WITHDRAWN, TODAY, "Moves abroad.", at=at)
    await reopen_enrolment(ines, enrolment, "Stays here.", at=at)
    await end_enrolment(ines, enrolment, Ended.LOST, TODAY, "Cannot be reached.", at=at)
    assert await fetch_value("SELECT patient FROM enrolment WHERE id = $1", enrolment) == other

    held = await lock_merge(merge)
    assert held is not None
    groups = await list_since(held)
    screening = await fetch_value("SELECT screening FROM enrolment WHERE id = $1", enrolment)
    [group] = [one for one in groups if ("screening", screening) in {row.node for row in one.rows}]
    asked = {one.id for one in await list_of_visits([start.id])}
    assert asked <= {row.node[1] for row in group.rows if row.node[0] == "assignment"}

    await part(people, merge, {group.id: Side.ABSORBED}, rest=Side.KEPT)

    whose = people.paul_patient
    for table in ("enrolment", "visit", "enrolment_history"):
        column = "id" if table == "enrolment" else "enrolment"
        found = await fetch(f"SELECT DISTINCT patient FROM {table} WHERE {column} = $1", enrolment)
        assert [row["patient"] for row in found] == [whose], table
    under = await fetch("SELECT DISTINCT patient FROM assignment WHERE origin_id = $1", start.id)
    assert [row["patient"] for row in under] == [whose]
    assert (await find_enrolment(enrolment)).patient == whose
    assert {one.patient for one in await visits_of([enrolment])} == {whose}
    assert await end_note_of(enrolment) == "Cannot be reached."
    key, told = await key_of(whose), []
    for row in await fetch(HISTORY, enrolment):
        for name in ("reason", "end_note"):
            told.append(key.open_or_empty(row[name], row["id"], f"enrolment_history.{name}"))
    assert [one for one in told if one] == ["Allocated so.", "Stays here.", "Moves abroad."]
