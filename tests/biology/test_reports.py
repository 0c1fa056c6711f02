"""Reports are kept as they were entered and as they are shown; nothing that stood is lost."""

from datetime import date
from decimal import Decimal

import pytest

from app.biology.actions import correct_report, enter_report, remove_report, restore_report
from app.biology.model import About, Standing
from app.biology.queries import find_report, former_of, list_reports, scope_of_report, series_of
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from tests.biology.stories import CREATININE, LITHIUM, entry, report


async def test_a_result_is_kept_as_entered_and_as_shown(db, people):
    made = await find_report(await report(people, comment="Prélevé avant la prise du matin."))

    lithium, creatinine = sorted(made.results, key=lambda one: one.analyte, reverse=True)
    assert (lithium.entered, lithium.value, lithium.unit) == (Decimal("0.72"), Decimal("0.72"), "mmol/L")
    assert (creatinine.entered, creatinine.entered_unit) == (Decimal("14.5"), "mg/L")
    assert (creatinine.value, creatinine.unit) == (Decimal("128.182461103"), "umol/L")
    assert [lithium.standing, creatinine.standing] == [Standing.WITHIN, Standing.ABOVE]
    assert made.about.comment == "Prélevé avant la prise du matin."
    assert b"matin" not in await fetch_value("SELECT comment FROM lab_report WHERE id = $1", made.id)


async def test_a_form_sent_twice_is_one_report(db, people):
    by, form, about = people["ines"].actor, new_id(), About(taken_on=date(2026, 11, 2))
    for _ in range(2):
        await enter_report(by, people.paul_patient, form, about, [LITHIUM], at=clock.now())

    assert len((await find_report(form)).results) == 1
    with pytest.raises(Refused, match=r"lab_report\.taken"):
        await enter_report(people["marc"].actor, people.lea_patient, form, about, [LITHIUM], at=clock.now())
    for other in ((about, [CREATININE]), (About(taken_on=date(2026, 11, 3)), [LITHIUM])):
        with pytest.raises(Refused, match=r"lab_report\.taken"):
            await enter_report(by, people.paul_patient, form, *other, at=clock.now())
    assert [one.analyte for one in (await find_report(form)).results] == ["lithium"]


async def test_a_correction_keeps_what_stood_and_why(db, people):
    by, made = people["ines"].actor, await report(people)
    right, about = entry("lithium", "0.27", "mmol/L"), About(taken_on=date(2026, 11, 3), laboratory="Biolab")

    await correct_report(by, made, about, [right, CREATININE], "Chiffres inversés.", 1, at=clock.now())

    now, (former,) = await find_report(made), await former_of(made)
    assert {one.entered for one in now.results} == {Decimal("0.27"), Decimal("14.5")}
    assert {one.entered for one in former.results} == {Decimal("0.72"), Decimal("14.5")}
    assert (former.about.taken_on, former.reason) == (date(2026, 11, 2), "Chiffres inversés.")
    assert (now.about.laboratory, now.revision) == ("Biolab", 2)
    with pytest.raises(Refused, match=r"lab_report\.changed"):
        await correct_report(by, made, about, [LITHIUM], "Encore", 1, at=clock.now())


async def test_what_is_taken_out_comes_back(db, people):
    by, made = people["ines"].actor, await report(people)

    await remove_report(by, made, "D’une autre personne.", at=clock.now())
    await remove_report(by, made, "Encore", at=clock.now())

    assert await list_reports(by, people.paul_patient) == []
    assert await series_of(by, people.paul_patient) == []
    (gone,) = await list_reports(by, people.paul_patient, removed=True)
    assert gone.removed_reason == "D’une autre personne."
    with pytest.raises(Refused, match=r"lab_report\.gone"):
        await correct_report(by, made, gone.about, [LITHIUM], "Pourquoi", 1, at=clock.now())
    await restore_report(by, made, at=clock.now())
    assert len(await list_reports(by, people.paul_patient)) == 1


async def test_a_series_holds_what_was_written_under_either_id_and_no_other_person(db, people):
    """What was written before two records became one stands in the series of both, without a word of Yann's."""
    by = people["ines"].actor
    await report(people, LITHIUM, day=date(2026, 3, 1))
    await report(people, entry("lithium", "0.4", "meq/L"), patient=people.lea_patient, day=date(2026, 2, 1))
    await report(people, entry("lithium", "1.1", "mmol/L"), who="zoe", patient=people.yann_patient)
    await execute(
        "UPDATE patient SET merged_into = $1, root = $1 WHERE id = $2", people.paul_patient, people.lea_patient
    )

    (series,) = await series_of(by, people.paul_patient)

    assert [(one.day.month, one.result.value) for one in series.measures] == [(2, Decimal("0.4")), (3, Decimal("0.72"))]
    assert series.range is None
    assert await series_of(by, people.yann_patient) == []


async def test_without_sharing_a_centre_sees_what_it_wrote(db, people):
    made = await report(people)
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) VALUES ($1, $2, $3, 'active', $4)",
        new_id(), people.paul_patient, people.brest, date(2026, 1, 1),
    )  # fmt: skip
    zoe = people["zoe"].actor
    assert len(await list_reports(zoe, people.paul_patient)) == 1

    await execute("UPDATE patient SET withheld = withheld || '{sharing}' WHERE id = $1", people.paul_patient)

    assert await list_reports(zoe, people.paul_patient) == []
    assert (await scope_of_report(made)).organisations == {people.lyon}


async def test_the_trail_tells_what_was_done_without_values(db, people):
    made = await report(people)

    (event,) = await fetch("SELECT action, details, patient FROM audit_event WHERE subject = $1", made)
    assert (event["action"], event["patient"]) == ("lab_report.entered", people.paul_patient)
    assert "0.72" not in str(event["details"])
