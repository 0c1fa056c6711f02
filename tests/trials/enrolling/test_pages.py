"""Enrolling through the pages: rules, consent, calendar, log; what changes, ends and comes back; who sees what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.assignments.queries import list_of_visits
from app.consents.actions.copying import make_copy
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.model import NewPatient
from app.trials.enrolling.actions import Screening, note_screening
from app.trials.enrolling.arms import ARMS, Drawing
from app.trials.enrolling.model import Outcome
from app.trials.enrolling.queries import screening_counts, screening_log
from app.trials.model import Ended
from app.trials.queries import enrolments_of, find_enrolment, visits_of
from app.trials.sites.actions import close_site
from tests.browser import read
from tests.browser import text_of as words_of
from tests.consents.stories import says
from tests.trials.stories import applied, joined, opened, text_of
from tests.trials.visits.stories import follows_in_brest

TODAY = clock.day_in(ZONE, clock.now())
FINE = {"rule-bipolar": "yes", "rule-pregnant": "no", "arm": "app", "included_on": TODAY.isoformat()}


@pytest.fixture
async def trial(db, people):
    """The trial with rules, open in both centres."""
    await applied(text_of("rules"))
    return await opened("rules", people.lyon, people.brest)


def screening_of(patient: UUID) -> str:
    return f"/patients/{patient}/trials/rules/screening"


async def active(patient: UUID) -> list[Any]:
    return [one for one in await enrolments_of(patient) if one.active]


@pytest.mark.capability("E30")
async def test_somebody_is_checked_shown_the_calendar_and_enrolled_once(browser_for, people, trial):
    ines, here = browser_for("ines"), screening_of(people.paul_patient)
    await says(people, "paul", "trial:rules", yes=True)
    choice = await ines.page(f"/patients/{people.paul_patient}/trials/new")
    assert f"{here}" in {one["href"] for one in choice.select("main a")}

    page = await ines.page(here)
    assert "years old: yes" in words_of(page.select_one("#rule-aged"))
    assert words_of(page.select_one("#calendar-said")).startswith("One visit")

    drawn = await ines.post(f"{here}/calendar", data=FINE | {"event-diagnosis": "2026-01-15"})
    rows = [words_of(row) for row in read(drawn).select("#calendar tbody tr")]
    assert [one.split(" ")[0] for one in rows] == ["Start", "Call", "After"]
    assert await active(people.paul_patient) == []

    for _ in range(2):
        reply = await ines.post(here, data=FINE | {"event-diagnosis": "2026-01-15"})
        assert reply.headers["location"].endswith("/trials?done=enrolled")
    [enrolment] = await active(people.paul_patient)
    assert (enrolment.arm, str(enrolment.events["diagnosis"])) == ("app", "2026-01-15")
    assert await fetch_value("SELECT count(*) FROM screening") == 1

    tab = await ines.page(f"/patients/{people.paul_patient}/trials?done=enrolled")
    said = words_of(tab.select_one("main"))
    assert "3 visits are planned" in said
    assert "2 questionnaires wait now" in said
    assert "Visits held 0 of 3" in said
    assert len(tab.select("a[href^='/visits/']")) == 3


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"rule-bipolar": "unknown"}, "rule-bipolar"),
        ({"rule-pregnant": "yes"}, "rule-pregnant"),
        ({"arm": ""}, "arm"),
        ({"included_on": "2026-02-30"}, "included_on"),
        ({"included_on": (TODAY + timedelta(days=91)).isoformat()}, "included_on"),
        ({"event-diagnosis": (TODAY + timedelta(days=1)).isoformat()}, "event-diagnosis"),
    ],
)
async def test_what_stands_in_the_way_is_said_beside_it_and_nothing_typed_is_lost(
    browser_for, people, trial, typed, fault
):
    await says(people, "paul", "trial:rules", yes=True)
    sent = FINE | {"note": "Comes on Monday."} | typed
    reply = await browser_for("ines").post(screening_of(people.paul_patient), data=sent)
    assert reply.status_code == 422
    page = read(reply)
    assert [one["href"] for one in page.select(".nhsuk-error-summary a")] == [f"#{fault}"]
    assert "Comes on Monday." in words_of(page.select_one("#note"))
    assert await active(people.paul_patient) == []


async def test_without_the_consent_nobody_joins_and_whoever_takes_it_back_is_asked_no_more(browser_for, people, trial):
    ines, here = browser_for("ines"), screening_of(people.paul_patient)
    reply = await ines.post(here, data=FINE)
    assert reply.status_code == 422
    assert [one["href"] for one in read(reply).select(".nhsuk-error-summary a")] == ["#consent-main"]
    assert f"/patients/{people.paul_patient}/consents/new?purpose=trial:rules" in str(read(reply))

    await says(people, "paul", "trial:rules", yes=True)
    await ines.post(here, data=FINE)
    [enrolment] = await active(people.paul_patient)
    await says(people, "paul", "trial:rules", yes=False)

    tab = words_of((await ines.page(f"/patients/{people.paul_patient}/trials")).select_one("main"))
    assert "The consent for this trial does not hold" in tab
    moved = {"included_on": (TODAY - timedelta(days=1)).isoformat(), "arm": "app", "reason": "x", "revision": "1"}
    await ines.post(f"/enrolments/{enrolment.id}/change", data=moved | {"seen": f"{moved['included_on']} app"})
    asked = await list_of_visits([one.id for one in await visits_of([enrolment.id])])
    assert asked == []


async def test_a_child_joins_when_both_who_hold_authority_have_signed(browser_for, people, trial):
    here = screening_of(people.lea_patient)
    await says(people, "claire", "trial:rules", yes=True)
    reply = await browser_for("ines").post(here, data=FINE)
    assert [one["href"] for one in read(reply).select(".nhsuk-error-summary a")] == ["#consent-parents"]
    assert "Signed by somebody else" in words_of(read(reply).select_one("#consent-parents"))

    await execute("UPDATE consent SET signer = 'both_parents' WHERE patient = $1", people.lea_patient)
    await browser_for("ines").post(here, data=FINE)
    assert len(await active(people.lea_patient)) == 1


async def test_an_age_that_is_not_wholly_known_lets_nobody_join(browser_for, people, trial):
    new = NewPatient(given_names="Ada", family_name="Roy", birth_date=PartialDate(1960), sex="female")
    patient = await create_patient(people["ines"].actor, new, at=clock.now())
    reply = await browser_for("ines").post(screening_of(patient), data=FINE)
    faults = {one["href"] for one in read(reply).select(".nhsuk-error-summary a")}
    assert faults == {"#rule-aged", "#consent-main", "#consent-parents"}
    assert "the whole birth date is not known" in words_of(read(reply).select_one("#rule-aged"))


async def test_whoever_does_not_join_stands_in_the_log_of_their_centre_alone(browser_for, people, trial):
    await joined(people, "rules", who="yann", by="zoe", arm="app", answers={"bipolar": True, "pregnant": False})
    ines, here = browser_for("ines"), screening_of(people.paul_patient)
    typed = FINE | {"line": str(new_id()), "rule-bipolar": "no", "outcome": "not_eligible", "note": "=Diagnosis open"}
    for _ in range(2):
        reply = await ines.post(f"{here}/log", data=typed)
        assert reply.headers["location"].endswith("done=screened")
    assert (await ines.post(f"{here}/log", data=FINE)).status_code == 422

    log = await ines.page("/trials/rules/screening-log")
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)
    yanns = await fetch_value("SELECT code FROM patient WHERE id = $1", people.yann_patient)
    rows = [words_of(row) for row in log.select("table tbody tr")]
    assert len(rows) == 1
    assert code in rows[0]
    assert "Bipolar disorder" in rows[0]
    assert "Diagnosis open" not in words_of(log.select_one("main"))
    sheet = (await ines.get("/trials/rules/screening-log/export.csv")).text
    assert code in sheet
    assert yanns not in sheet
    assert sheet.splitlines()[1].split(";")[2:4] == ["Not eligible", "Bipolar disorder"]
    trial_id = await fetch_value("SELECT id FROM trial WHERE key = 'rules'")
    counts = await screening_counts(people.lyon, trial_id)
    assert (counts.screened, counts.enrolled, counts.not_eligible, counts.reasons) == (1, 0, 1, {"bipolar": 1})
    assert (await screening_counts(people.brest, trial_id)).enrolled == 1
    assert "Diagnosis open" in words_of((await ines.page(f"/patients/{people.paul_patient}/trials")).select_one("main"))
    assert (await ines.get("/trials/nothing/screening-log")).status_code == 404


async def test_the_log_is_read_page_by_page_the_newest_first(db, people, trial):
    lines, considered = [], Screening(patient=people.paul_patient, trial="rules", answers={})
    for _ in range(3):
        lines.append(await note_screening(people["ines"].actor, considered, Outcome.DECLINED, at=clock.now()))
    trial_id = await fetch_value("SELECT id FROM trial WHERE key = 'rules'")
    first = await screening_log(people.lyon, trial_id, limit=2)
    rest = await screening_log(people.lyon, trial_id, before=(first[-1].screened_at, first[-1].id), limit=2)
    assert [one.id for one in (*first, *rest)] == lines[::-1]
    assert (await screening_counts(people.lyon, trial_id)).screened == 1


async def test_a_trial_that_the_centre_does_not_enrol_in_is_not_offered(browser_for, people, trial):
    lyon, _ = trial
    ines, zoe = browser_for("ines"), browser_for("zoe")
    await close_site(people["sacha"].account, lyon, "Target reached", at=clock.now())
    choice = await ines.page(f"/patients/{people.paul_patient}/trials/new")
    assert "No trial is open in your centre" in words_of(choice.select_one("main"))
    await says(people, "paul", "trial:rules", yes=True)
    for reply in (
        await ines.get(screening_of(people.paul_patient)),
        await ines.post(screening_of(people.paul_patient), data=FINE),
    ):
        assert reply.status_code == 409
        assert "does not enrol" in reply.text
    assert await active(people.paul_patient) == []
    assert (await zoe.get(screening_of(people.yann_patient))).status_code == 200
    assert (await ines.get(f"/patients/{people.paul_patient}/trials/nothing/screening")).status_code == 404


@pytest.mark.parametrize("what", ["", "/new", "/rules/screening"])
async def test_no_other_centre_finds_the_trials_of_a_record(browser_for, people, trial, what):
    assert (await browser_for("zoe").get(f"/patients/{people.paul_patient}/trials{what}")).status_code == 404


@pytest.mark.parametrize("what", ["change", "events", "end", "reopen"])
async def test_only_the_centre_that_enrolled_changes_something(browser_for, people, trial, what):
    enrolment = await joined(people, "rules", arm="app", answers={"bipolar": True, "pregnant": False})
    address = f"/enrolments/{enrolment}/{what}"
    assert (await browser_for("zoe").get(address)).status_code == 404
    assert (await browser_for("zoe").post(address, data={"reason": "x"})).status_code == 404
    follow = "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($1, $2, $3, now()::date)"
    await execute(follow, new_id(), people.paul_patient, people.brest)
    # Brest follows Paul too now: it reads along.
    tab = await browser_for("zoe").page(f"/patients/{people.paul_patient}/trials")
    assert "you read along" in words_of(tab.select_one("main"))
    assert tab.select("a[href^='/enrolments/']") == []
    assert (await browser_for("zoe").post(address, data={"reason": "x"})).status_code == 404
    await says(people, "paul", "sharing", yes=False)
    tab = await browser_for("zoe").page(f"/patients/{people.paul_patient}/trials")
    assert "In no trial" in words_of(tab.select_one("main"))


async def test_another_day_is_shown_before_it_is_written_and_an_old_page_writes_nothing(browser_for, people, trial):
    enrolment = await joined(people, "rules", arm="app", answers={"bipolar": True, "pregnant": False})
    ines, address = browser_for("ines"), f"/enrolments/{enrolment}/change"
    day = TODAY - timedelta(days=3)
    typed = {"included_on": day.isoformat(), "arm": "usual", "reason": "Typed wrongly.", "revision": "1"}
    seen = read(await ines.post(address, data=typed))
    assert "Call is taken away" in words_of(seen.select_one(".co-note"))
    assert (await find_enrolment(enrolment)).included_on == TODAY

    sent = typed | {"seen": seen.select_one("input[name=seen]")["value"]}
    for _ in range(2):
        reply = await ines.post(address, data=sent)
        assert reply.headers["location"].endswith("done=changed")
    held = await find_enrolment(enrolment)
    assert (held.included_on, held.arm, held.revision) == (day, "usual", 2)
    assert {one.visit for one in await visits_of([enrolment])} == {"start"}

    late = await ines.post(address, data=sent | {"included_on": TODAY.isoformat()})
    assert late.status_code == 409
    assert "Somebody else changed this meanwhile" in late.text
    assert (await find_enrolment(enrolment)).included_on == day
    assert (await ines.post(address, data=typed | {"reason": " "})).status_code == 422


async def test_a_date_that_visits_wait_for_is_noted_corrected_and_taken_away(browser_for, people, trial):
    enrolment = await joined(people, "rules", arm="usual", answers={"bipolar": True, "pregnant": False})
    ines, address = browser_for("ines"), f"/enrolments/{enrolment}/events"
    for day in ("2026-03-01", "2026-04-01", ""):
        typed = {"event-diagnosis": day}
        seen = read(await ines.post(address, data=typed)).select_one("input[name=seen]")["value"]
        await ines.post(address, data=typed | {"seen": seen})
        planned = {one.visit: str(one.target) for one in await visits_of([enrolment])}
        assert planned.get("after") == (day.replace("2026", "2027") if day else None)


async def test_an_end_stops_what_is_asked_and_an_end_in_error_brings_it_back(browser_for, people, trial):
    enrolment = await joined(people, "rules", arm="app", answers={"bipolar": True, "pregnant": False})
    ines, address = browser_for("ines"), f"/enrolments/{enrolment}/end"
    page = words_of((await ines.page(address)).select_one("main"))
    assert "2 visits are stopped" in page
    assert "2 questionnaires that nobody has begun are taken back" in page
    assert (await ines.post(address, data={"how": "withdrawn", "ended_on": TODAY.isoformat()})).status_code == 422

    sent = {"how": "withdrawn", "ended_on": TODAY.isoformat(), "note": "Moves abroad."}
    for _ in range(2):
        assert (await ines.post(address, data=sent)).headers["location"].endswith("done=ended")
    assert (await find_enrolment(enrolment)).state is Ended.WITHDRAWN
    visits = [one.id for one in await visits_of([enrolment])]
    assert await list_of_visits(visits) == []
    assert "Moves abroad." in words_of((await ines.page(f"/patients/{people.paul_patient}/trials")).select_one("main"))

    again = f"/enrolments/{enrolment}/reopen"
    assert (await ines.post(again, data={"reason": ""})).status_code == 422
    for _ in range(2):
        reply = await ines.post(again, data={"reason": "The wrong person."})
        assert reply.headers["location"].endswith("done=reopened")
    held = await find_enrolment(enrolment)
    assert (held.state, held.ended_on) == (Ended.ACTIVE, None)
    waiting = [one for one in await list_of_visits(visits) if one.waiting]
    assert [one.questionnaire for one in waiting] == ["phq9", "gad7"]
    kept = await fetch(
        "SELECT state, end_note IS NOT NULL AS noted, reason IS NOT NULL AS why FROM enrolment_history "
        "WHERE enrolment = $1 ORDER BY revision",
        enrolment,
    )
    assert [tuple(row) for row in kept] == [("active", False, False), ("withdrawn", True, True)]


@pytest.mark.capability("E38")
async def test_an_answer_that_counts_for_two_trials_is_said_so(browser_for, people, trial):
    await applied(text_of("small"))
    await opened("small", people.lyon)
    await joined(people, "small")
    page = await browser_for("ines").page(screening_of(people.paul_patient))
    said = words_of(page.select_one("#calendar"))
    assert "what is answered for Small trial counts here too (PHQ-9)" in said


async def test_an_arm_that_is_drawn_is_known_only_afterwards(browser_for, people, trial, monkeypatch):
    asked: list[Drawing] = []

    async def draw(drawing: Drawing) -> str:
        asked.append(drawing)
        return "usual"

    monkeypatch.setitem(ARMS, "rules", draw)
    await says(people, "paul", "trial:rules", yes=True)
    ines, here = browser_for("ines"), screening_of(people.paul_patient)
    assert (await ines.page(here)).select("input[name=arm]") == []
    await ines.post(f"{here}/calendar", data=FINE)
    assert asked == []
    await ines.post(here, data=FINE | {"arm": "app"})
    [enrolment] = await active(people.paul_patient)
    assert (enrolment.arm, [one.enrolment for one in asked]) == ("usual", [enrolment.id])


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_htmx_is_given_the_calendar_alone(browser_for, people, trial, language):
    reply = await browser_for("ines", htmx=True, language=language).post(
        f"{screening_of(people.paul_patient)}/calendar", data=FINE
    )
    page = read(reply)
    assert page.select("h1") == []
    assert len(page.select("tbody tr")) == 2
    assert page.select_one("#calendar-said")["hx-swap-oob"] == "innerHTML"


async def test_an_enrolment_that_is_not_shared_is_named_only_to_keep_from_a_second_one(browser_for, people, trial):
    await follows_in_brest(people)
    yesterday = TODAY - timedelta(days=1)
    await joined(people, "rules", on=yesterday, arm="app", answers={"bipolar": True, "pregnant": False})
    zoe, choice = browser_for("zoe"), f"/patients/{people.paul_patient}/trials/new"
    assert "Takes part since" in words_of((await zoe.page(choice)).select_one("main"))
    assert "Since " in words_of((await zoe.page(screening_of(people.paul_patient))).select_one("main"))

    await says(people, "paul", "sharing", yes=False)

    assert "Takes part" not in words_of((await zoe.page(choice)).select_one("main"))
    page = words_of((await zoe.page(screening_of(people.paul_patient))).select_one("main"))
    assert "This person takes part already Nobody is enrolled twice" in page
    assert (await zoe.post(screening_of(people.paul_patient), data=FINE)).status_code == 409
    assert len(await active(people.paul_patient)) == 1


async def test_that_somebody_was_asked_about_a_trial_concerns_its_centres(browser_for, people, db):
    """A trial of Lyon alone, and Paul who does not let centres share: Brest does not read of it anywhere."""
    await applied(text_of("small"))
    await opened("small", people.lyon)
    await follows_in_brest(people)
    await joined(people, "small")
    record = f"/patients/{people.paul_patient}"
    pages = [record, f"{record}/consents", f"{record}/course", f"{record}/consents/new", "/today"]

    async def naming(who: str) -> list[str]:
        browser = browser_for(who)
        return [page for page in pages if "Small trial" in words_of((await browser.page(page)).select_one("main"))]

    form = await fetch_value("SELECT id FROM consent ORDER BY begun_at LIMIT 1")
    await make_copy(form, at=clock.now())
    copy = await fetch_value("SELECT copy FROM consent WHERE id = $1", form)
    assert await naming("zoe") == pages[:4]
    assert (await browser_for("zoe").get(f"/documents/{copy}/content")).status_code == 200
    await says(people, "paul", "sharing", yes=False)
    assert await naming("zoe") == []
    ways = [f"/documents/{copy}{how}" for how in ("", "/content", "/download")]
    assert [(await browser_for("zoe").get(one)).status_code for one in ways] == [404, 404, 404]
    assert str(copy) not in (await browser_for("zoe").get(f"{record}/documents")).text
    assert {(await browser_for(who).get(ways[1])).status_code for who in ("ines", "paul")} == {200}
    await says(people, "paul", "trial:small", yes=False)
    assert await naming("zoe") == []
    assert "/today" in await naming("ines")
    await says(people, "paul", "care", yes=False)
    assert "Small trial" not in (await browser_for("zoe").get(pages[1])).text
    assert "Small trial" in (await browser_for("ines").get(pages[1])).text
