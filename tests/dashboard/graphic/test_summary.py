"""The summary’s graphic and course with everything of a record in them, and nothing of another centre."""

from datetime import date

import pytest

from app.lib import clock
from app.lib.db import execute
from app.responses.actions import score_response
from tests.alerts.stories import CALM, phq9
from tests.biology.stories import CREATININE, LITHIUM, entry, report
from tests.browser import text_of
from tests.treatments.stories import plan, prescribed


@pytest.fixture
async def full(db, people):
    """Paul has a score, three results of two days, a drug in words; Brest, which follows him too, wrote one more."""
    await score_response(await phq9(people, CALM), at=clock.now())
    await report(people, CREATININE, LITHIUM, day=date(2026, 10, 2))
    await report(people, entry("lithium", "0.91", "mmol/L", "0.6", "0.8"))
    await prescribed(people, "ines", people.paul_patient, plan("Lithium", "800", "mg"))


@pytest.mark.capability("E28")
async def test_scores_results_and_treatments_stand_on_one_drawing(browser_for, people, full):
    page = await browser_for("ines").page(f"/patients/{people.paul_patient}")
    drawing = page.select_one("#graphic svg.co-chart__svg--wide")
    said = text_of(drawing.select_one("desc"))
    for fact in ("PHQ-9", "Lithium", "0.72", "0.91", "800\N{NO-BREAK SPACE}mg"):
        assert fact in said
    assert len(drawing.select(".dot")) == 3
    assert len(drawing.select(".med-a")) == 1
    assert "Lithium" in text_of(page.select_one("[aria-labelledby=treatments-now]"))
    course = text_of(page.select_one("[aria-labelledby=course]"))
    assert "Lithium begun" in course
    assert "PHQ-9 received" in course


async def test_another_measure_or_none_can_be_chosen(browser_for, people, full):
    address = f"/patients/{people.paul_patient}"
    ines = browser_for("ines")
    creatinine = await ines.page(f"{address}?below=lab-creatinine")
    assert "Creatinine" in text_of(creatinine.select_one("#graphic desc"))
    alone = await ines.page(f"{address}?below=none&span=1y")
    assert "0.72" not in text_of(alone.select_one("#graphic desc"))
    assert text_of(alone.select('.co-filters [aria-current="true"]')[-1]) == "1 year"


async def test_what_another_centre_wrote_is_not_drawn_where_sharing_is_withheld(browser_for, people, full):
    for table in ("lab_report", "prescription", "response"):
        await execute(f"UPDATE {table} SET organisation = $1 WHERE patient = $2", people.brest, people.paul_patient)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.paul_patient)
    page = await browser_for("ines").page(f"/patients/{people.paul_patient}")
    for fact in ("Lithium", "PHQ-9 received", "0.72"):
        assert fact not in text_of(page.main)
