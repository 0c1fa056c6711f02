"""The pages of trials: what everybody reads, and where those who look after the network open and close them."""

import pytest

from app.consents.model import LANGUAGES
from app.lib import clock
from app.lib.i18n import ZONE
from app.trials.applying.texts import model_texts
from app.trials.format.library import read_file, trial_files
from app.trials.library import find_trial
from app.trials.queries import sites_of_trial
from app.trials.sites.queries import reasons_of
from tests.browser import read, text_of
from tests.consents.stories import says
from tests.trials import stories
from tests.trials.stories import applied, joined, opened

TODAY = clock.day_in(ZONE, clock.now())
SITES = "/administration/trials/small/sites"
DAY = {"opened-day": str(TODAY.day), "opened-month": str(TODAY.month), "opened-year": str(TODAY.year)}


@pytest.fixture
async def small(db, people):
    await applied(stories.text_of("small"))


async def sites():
    trial = await find_trial("small")
    assert trial is not None
    return await sites_of_trial(trial.id)


@pytest.mark.capability("E21")
@pytest.mark.parametrize("who", ["ines", "hugo", "odile", "lucie", "sacha"])
async def test_every_professional_reads_what_a_trial_asks_and_when(browser_for, small, people, who):
    await opened("small", people.lyon)
    browser = browser_for(who)
    rows = [text_of(row) for row in (await browser.page("/trials")).select("tbody tr")]
    stands = {"ines": "Open in my centre", "hugo": "Open in my centre", "odile": "Open in my centre"}
    assert rows == [f"Small trial {stands.get(who, 'Open for enrolment')} 1 Example hospital 1.0.0"]

    page = await browser.page("/trials/small")
    assert [text_of(row) for row in page.select("section[aria-labelledby=calendar] tbody tr")] == [
        "Start D0 up to 1 week later up to 3 weeks later At the centre 4",
        "At home M1, then every month, 6 times in all ±\u00a03 days −1 week up to +10 days Remote 1",
    ]
    assert "critical values are compared" in text_of(page.select_one("section[aria-labelledby=checked]"))
    links = {link["href"] for link in page.select("#visit-start a")}
    assert ("/questionnaires/madrs" in links) == (who in {"ines", "hugo", "sacha"})


async def test_patients_have_no_page_of_trials(browser_for, small):
    for path in ("/trials", "/trials/small"):
        assert (await browser_for("paul").get(path)).status_code == 403
    assert (await browser_for("ines").get("/trials/none")).status_code == 404


@pytest.mark.capability("E19")
@pytest.mark.capability("E38")
async def test_a_trial_is_opened_in_a_centre_changed_closed_and_opened_again(browser_for, small, people):
    sacha = browser_for("sacha")
    assert "Open in no centre yet" in text_of((await sacha.page(SITES)).main)
    wrong = await sacha.post(SITES, data={"organisation": str(people.lyon), "target": "0", **DAY})
    assert wrong.status_code == 422
    assert read(wrong).select_one("#target")["value"] == "0"

    data = {"organisation": str(people.lyon), "target": "12", **DAY}
    assert (await sacha.post(SITES, data=data)).status_code == 303
    twice = await sacha.post(SITES, data=data)
    assert (twice.status_code, "is open in this centre already" in twice.text) == (422, True)
    [site] = await sites()
    assert (site.organisation, site.target, site.opened_on) == (people.lyon, 12, TODAY)

    target = f"/administration/trial-sites/{site.id}/target"
    assert (await sacha.post(target, data={"revision": "1", "target": "20"})).status_code == 303
    late = await sacha.post(target, data={"revision": "1", "target": "15"})
    assert late.status_code == 409
    assert read(late).select_one("#target")["value"] == "15"
    assert "20" in text_of(read(late).select_one(".co-dl"))

    close = f"/administration/trial-sites/{site.id}/close"
    assert (await sacha.post(close, data={"reason": " "})).status_code == 422
    assert (await sacha.post(close, data={"reason": "Enough people"})).status_code == 303
    assert (await sites())[0].closed_on == TODAY
    assert await reasons_of(site.trial) == {site.id: "Enough people"}
    assert "Enough people" in text_of((await sacha.page(SITES)).main)
    assert (await sacha.post(SITES, data=data)).status_code == 303
    assert [one.closed_on for one in await sites()] == [TODAY, None]


async def test_only_the_network_opens_and_closes(browser_for, small, people):
    [site] = await opened("small", people.lyon)
    for who in ("ines", "odile", "hugo", "paul"):
        for path in (SITES, f"{SITES}/new", f"/administration/trial-sites/{site}/target"):
            assert (await browser_for(who).get(path)).status_code in {403, 404}, (who, path)
    assert "Open and close in centres" not in (await browser_for("ines").get("/trials/small")).text


async def test_a_text_is_put_before_those_alone_whom_the_trial_concerns(browser_for, small, people):
    await opened("small", people.brest)
    new, own = f"/patients/{people.paul_patient}/consents/new", f"/me/consents/{people.paul_patient}/trial:small"
    assert "Small trial" not in (await browser_for("ines").get(new)).text
    assert (await browser_for("paul").get(own)).status_code == 404

    await opened("small", people.lyon)
    assert "Taking part in the study “Small trial”" in (await browser_for("ines").get(new)).text
    assert "Small trial" not in (await browser_for("paul").get(f"/me/consents/{people.paul_patient}")).text
    assert "Sponsor: Example hospital" in (await browser_for("paul").get(own)).text

    await joined(people, "small")
    shown = {"paul": f"/me/consents/{people.paul_patient}", "ines": f"/patients/{people.paul_patient}/consents"}
    for who, path in shown.items():
        page = text_of((await browser_for(who).page(path)).main)
        assert ("Taking part in the study “Small trial”" in page, "trial:" in page) == (True, False)
    await says(people, "paul", "trial:small", yes=False)
    assert "Taking part in the study “Small trial”" in (await browser_for("ines").get("/today")).text


def test_the_texts_of_the_trials_that_ship_say_as_much_in_both_languages():
    for path in trial_files():
        for purpose, version, contents in model_texts(read_file(path)):
            assert (version, set(contents)) == (1, set(LANGUAGES)), purpose
            assert len(contents["fr"].points) == len(contents["en"].points)
            for content in contents.values():
                said = " ".join((content.title, content.summary, content.body, content.refusing, content.rights))
                assert "{controller}" in said
                assert "To be filled in" not in said
