"""What happened to a patient: every part of the record, the newest first, and nothing of another centre."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consents.queries import history_of
from app.dashboard.course.model import Happening, Part, newest_first, page_of
from app.lib import clock
from app.lib.db import execute
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import text_of

DAY = date(2026, 3, 1)
HAPPENED = st.lists(
    st.builds(
        Happening,
        st.sampled_from(Part),
        st.integers(0, 9).map(lambda back: DAY - timedelta(days=back)),
        st.just("something"),
        st.uuids().map(str),
        st.none() | st.integers(0, 23).map(lambda hour: datetime(2026, 3, 1, hour, tzinfo=UTC)),
    ),
    max_size=30,
    unique_by=lambda one: one.key,
)


@given(HAPPENED, st.sampled_from([None, *Part]), st.integers(1, 7))
def test_the_pages_together_are_the_list_and_lead_both_ways(happened, part, limit):
    ordered = newest_first(happened, part)
    assert {one.key for one in ordered} == {one.key for one in happened if part in {None, one.part}}
    assert all(one.day >= other.day for one, other in pairwise(ordered))
    seen, after, starts = [], "", []
    while True:
        shown, before, following = page_of(ordered, after, limit)
        assert before == (starts[-1] if starts else None)
        seen += shown
        starts.append(after)
        if following is None:
            break
        after = following
    assert seen == ordered


@pytest.mark.capability("E27")
async def test_the_page_holds_what_the_record_holds(browser_for, people, db):
    await phq9(people, SUFFERING)
    ines = browser_for("ines")
    page = await ines.page(f"/patients/{people.paul_patient}/course")
    said = text_of(page.select_one("[aria-labelledby=course]"))
    for words in ("PHQ-9 received", "Alert, PHQ-9", "To be taken up", "Centre expert de Lyon follows"):
        assert words in said
    alerts = await ines.page(f"/patients/{people.paul_patient}/course?part=alerts")
    assert [text_of(one) for one in alerts.select(".co-timeline a")] == ["Alert, PHQ-9"]
    assert text_of(alerts.select_one('.co-filters [aria-current="true"]')) == "Alerts"


async def test_the_course_is_there_for_the_own_centre_alone_and_its_reading_is_noted(browser_for, people, db):
    address = f"/patients/{people.paul_patient}/course"
    assert (await browser_for("zoe").get(address)).status_code == 404
    assert (await browser_for("paul").get(address)).status_code == 403
    assert (await browser_for("ines").get(address)).status_code == 200
    assert (await browser_for("ines").get("/patients/00000000-0000-7000-8000-000000000000/course")).status_code == 404
    _, said = await history_of(people.paul_patient)
    assert said == []
    noted = await browser_for("paul").page("/me/access-log")
    assert "Inès Moreau" in text_of(noted.main)


async def test_what_another_centre_wrote_is_not_told_where_sharing_is_withheld(browser_for, people, db):
    response = await phq9(people, SUFFERING)
    await execute("UPDATE response SET organisation = $2 WHERE id = $1", response, people.brest)
    await execute("UPDATE alert SET acknowledged_at = $2 WHERE response = $1", response, clock.now())
    address = f"/patients/{people.paul_patient}/course"
    assert "PHQ-9 received" in text_of((await browser_for("ines").page(address)).main)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.paul_patient)
    assert "PHQ-9" not in text_of((await browser_for("ines").page(address)).main)
