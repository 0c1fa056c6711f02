"""A record that was removed: gone from every page, and no page breaks over it. One that was merged goes on."""

import pytest

from app.accounts.actions.places import link_patient
from app.accounts.proxies.model import Beyond, Terms
from app.alerts.queries import list_open_alerts, list_unmailed
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import execute, fetch_value
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import text_of
from tests.dashboard.test_pages import asked

GONE = {
    "removed": "UPDATE patient SET removed_at = now() WHERE id = $1",
}


@pytest.fixture(params=GONE)
async def gone(db, people, request):
    """Paul sent worrying answers and is late with another questionnaire, the team too; then his record goes.

    (response, alert, assignment)
    """
    response = await phq9(people, SUFFERING)
    await execute("UPDATE response SET submitted_at = now() WHERE id = $1", response)
    late = await asked(people, days=-3)
    await asked(people, key="madrs", answered_by="clinician")
    alert = await fetch_value("SELECT id FROM alert WHERE response = $1", response)
    assert alert in {one.id for one in await list_open_alerts(people["ines"].actor)}
    await execute(GONE[request.param], people.paul_patient)
    return response, alert, late


async def test_the_team_sees_nothing_of_it(browser_for, gone, people):
    ines = browser_for("ines")

    day, listed = await ines.page("/today"), await ines.page("/patients")

    assert "Nothing waits for you" in text_of(day.main)
    assert [text_of(name) for name in listed.select("tbody th")] == ["MARTIN Léa"]


async def test_its_addresses_are_not_there_for_anybody(browser_for, gone, people):
    response, alert, assignment = gone
    asks = [
        ("GET", f"/responses/{response}"),
        ("GET", f"/responses/{response}/sent"),
        ("GET", f"/responses/{response}/resume"),
        ("GET", f"/assignments/{assignment}"),
        ("POST", f"/assignments/{assignment}/open"),
        ("POST", f"/alerts/{alert}/acknowledge"),
    ]
    for who in ("ines", "paul"):
        found = {ask: (await browser_for(who).request(*ask)).status_code for ask in asks}
        assert set(found.values()) == {404}, (who, found)
    assert (await browser_for("ines").get(f"/patients/{people.paul_patient}")).status_code == 404


async def test_nobody_is_told_of_its_alert(gone):
    _, alert, _ = gone

    assert await list_unmailed(alert) == []


async def test_its_own_person_has_nothing_to_do(browser_for, gone):
    paul = browser_for("paul")

    home, answers = await paul.page("/home"), await paul.page("/answers")

    assert home.select(".co-todo") == []
    assert answers.select("main li a") == []


async def test_who_answers_for_others_too_goes_on_for_them(browser_for, gone, people):
    claire, since = people["claire"], clock.day_in("Europe/Paris", clock.now())
    agreed = Terms(beyond=Beyond.AGREED, beyond_on=since)
    await link_patient(NOBODY, claire.account, people.paul_patient, "sister", agreed, since=since, at=clock.now())

    home, answers = [await browser_for("claire").page(page) for page in ("/home", "/answers")]

    assert "Lambert" not in text_of(home) + text_of(answers)
    assert "Léa" in text_of(home)
