"""The pages of a trial's progress: who is on them and who never is, what they say, and the file that is taken away."""

import csv
import io
from datetime import timedelta

import pytest

from app.dashboard.progress.model import Order, Show, Wanted
from app.dashboard.progress.queries import every_line, figures_of, list_lines, list_overdue
from app.dashboard.progress.sheet import COLUMNS, csv_of
from app.lib import clock
from app.lib.db import DB, Transaction, execute, fetch_value
from app.lib.i18n import ZONE
from app.trials.enrolling.actions import end_enrolment
from app.trials.library import find_trial
from app.trials.model import Ended
from app.trials.queries import visits_of
from app.trials.sites.model import Hope
from app.trials.visits.actions.holding import complete_visit, open_visit, skip_visit
from app.trials.visits.model import SkipReason
from tests.browser import read, text_of
from tests.consents.stories import says
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text

TODAY = clock.day_in(ZONE, clock.now())
HERE = "/trials/small/progress"


@pytest.fixture
async def small(db, people):
    """Paul takes part in Lyon since 60 days, his first visit overdue; Yann, in Brest, since 50."""
    await applied(trial_text("small"))
    await opened("small", people.lyon, people.brest, hope=Hope(target=60, by=TODAY + timedelta(days=200)))
    paul = await joined(people, "small", on=TODAY - timedelta(days=60))
    yann = await joined(people, "small", who="yann", by="zoe", on=TODAY - timedelta(days=50))
    return paul, yann


async def code_of(patient) -> str:
    return await fetch_value("SELECT code FROM patient WHERE id = $1", patient)


async def lines(people, who="ines", **wanted):
    trial = await find_trial("small")
    return [one for one, _ in await list_lines(people[who].actor, trial.id, Wanted("small", **wanted), TODAY, 50)]


async def shown(people, who="ines", **wanted) -> set:
    return {one.patient for one in await lines(people, who, **wanted)}


@pytest.mark.parametrize("order", Order)
async def test_each_centre_sees_its_own_participants_in_every_part(small, people, order):
    for who, own in (("ines", people.paul_patient), ("zoe", people.yann_patient)):
        expected = {show: {own} if show in {Show.ALL, Show.OVERDUE, Show.ACTIVE} else set() for show in Show}
        assert {show: await shown(people, who, show=show, order=order) for show in Show} == expected


async def test_who_was_enrolled_elsewhere_is_not_there_though_the_centre_follows_them(small, people):
    await execute("UPDATE affiliation SET organisation = $2 WHERE patient = $1", people.yann_patient, people.lyon)
    assert await shown(people) == {people.paul_patient}
    assert await shown(people, "zoe") == set()


async def test_who_left_the_centre_closed_their_record_or_lost_it_is_counted_and_not_listed(small, people):
    trial, ines = await find_trial("small"), people["ines"].actor
    for change in (
        "UPDATE patient SET withheld = '{care}' WHERE id = $1",
        "UPDATE affiliation SET valid_to = current_date, status = 'ended' WHERE patient = $1",
    ):
        async with Transaction(DB) as outer:
            point = await outer.savepoint()
            await execute(change, people.paul_patient)
            figures = await figures_of(ines, trial.id, TODAY)
            assert (figures.included, figures.shows[Show.ALL], figures.overdue) == (1, 0, 0)
            assert await list_overdue(ines, trial.id, TODAY, None, 10) == []
            assert [one async for one in every_line(ines, trial.id, Wanted("small"), TODAY)] == []
            await point.rollback_to()


async def test_a_merged_record_stands_under_the_one_that_took_it_in(small, people):
    await execute(
        "UPDATE patient SET merged_into = $2, root = $2 WHERE id = $1", people.paul_patient, people.lea_patient
    )
    assert [(one.patient, one.code) for one in await lines(people)] == [
        (people.lea_patient, await code_of(people.lea_patient))
    ]


async def test_the_parts_follow_what_happens(small, people):
    paul, _ = small
    ines, at = people["ines"].actor, clock.now()
    start = await visit_named(paul, "start#0")
    await open_visit(ines, start.id, TODAY, at=at)
    assert await shown(people, show=Show.IN_PROGRESS) == {people.paul_patient}
    await complete_visit(ines, start.id, TODAY, "Ill that day.", at=at)
    assert await shown(people, show=Show.TO_SIGN) == {people.paul_patient}
    await end_enrolment(ines, paul, Ended.WITHDRAWN, TODAY, "Moved away.", at=at)
    assert await shown(people, show=Show.ENDED) == {people.paul_patient}
    for show in (Show.ACTIVE, Show.OVERDUE, Show.IN_PROGRESS):
        assert await shown(people, show=show) == set()


@pytest.mark.parametrize("order", Order)
async def test_pages_turn_both_ways(small, people, order):
    trial, ines = await find_trial("small"), people["ines"].actor
    await end_enrolment(ines, small[0], Ended.COMPLETED, TODAY, "", at=clock.now())
    again = await joined(people, "small", on=TODAY)
    [(first, key)] = await list_lines(ines, trial.id, Wanted("small", order=order), TODAY, 1)
    [(second, beyond)] = await list_lines(ines, trial.id, Wanted("small", order=order, after=key), TODAY, 5)
    assert {first.enrolment, second.enrolment} == {small[0], again}
    assert await list_lines(ines, trial.id, Wanted("small", order=order, before=beyond), TODAY, 5) == [(first, key)]


async def test_what_is_overdue_is_what_the_visits_say(small, people):
    trial, ines = await find_trial("small"), people["ines"].actor
    paul, _ = small
    for day in range(0, 240, 3):
        then = TODAY + timedelta(days=day)
        late = {one.id for one in await visits_of([paul]) if one.overdue(then)}
        assert {one.visit.id for one in await list_overdue(ines, trial.id, then, None, 50)} == late
        assert (await figures_of(ines, trial.id, then)).overdue == len(late)


@pytest.mark.capability("E31")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("view", ["", "?view=list"])
async def test_the_matrix_shows_codes_states_and_nobody_of_another_centre(small, people, browser_for, language, view):
    browser = browser_for("ines", language=language)
    page = await browser.page(HERE + view)
    words = text_of(page.find("main"))
    assert await code_of(people.paul_patient) in words
    assert "Lambert" not in words
    assert await code_of(people.yann_patient) not in words
    start = await visit_named(small[0], "start#0")
    late = (TODAY - start.window.permitted[1]).days
    link = page.select_one(f"a[href='/visits/{start.id}']")
    assert link is not None
    assert str(late) in link.get_text()


async def test_consent_taken_back_and_an_end_are_said(small, people, browser_for):
    await says(people, "paul", "trial:small", yes=False)
    await end_enrolment(people["ines"].actor, small[0], Ended.WITHDRAWN, TODAY, "As they wished.", at=clock.now())
    words = text_of((await browser_for("ines").page(HERE)).find("tbody"))
    assert "Withdrew" in words
    assert "No consent to the trial now" in words
    assert "Stopped" in words


async def test_a_participant_is_found_by_a_part_of_a_code_and_a_foreign_one_is_not(small, people, browser_for):
    browser = browser_for("ines")
    own, foreign = await code_of(people.paul_patient), await code_of(people.yann_patient)
    for typed, found in ((own, True), (own.lower()[2:7], True), (foreign, False), ("%", False)):
        page = read(await browser.post(f"{HERE}/search", data={"code": typed}))
        codes = {text_of(one) for one in page.select("tbody th a")}
        assert codes == ({own} if found else set()), typed


async def test_the_overdue_visits_and_the_completeness_are_of_this_centre(small, people, browser_for):
    ines, at = people["ines"].actor, clock.now()
    start = await visit_named(small[0], "start#0")
    browser = browser_for("ines")
    words = text_of((await browser.page(f"{HERE}/overdue")).find("main"))
    assert await code_of(people.paul_patient) in words
    assert await code_of(people.yann_patient) not in words
    tables = (await browser.page(f"{HERE}/completeness")).select("tbody")
    first = [text_of(one) for one in tables[0].select("tr:first-child > *")]
    assert first == ["Start", "0/1", "1", "0", "0", "0", "0", "0"]
    modules = [[text_of(cell) for cell in row.select("th, td")] for row in tables[1].select("tr")]
    assert modules[:2] == [["Start", "Self-report", "0/2", "0%"], ["Start", "Doctor", "0/1", "0%"]]
    await skip_visit(ines, start.id, SkipReason.ILL, "", at=at)
    tables = (await browser.page(f"{HERE}/completeness")).select("tbody")
    assert [text_of(one) for one in tables[0].select("tr:first-child > *")][5] == "1"
    assert "Start" not in text_of(tables[1])


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_file_holds_codes_and_states_and_no_name(small, people, browser_for, language):
    reply = await browser_for("ines", language=language).get(f"{HERE}/export.csv?show=overdue")
    assert reply.status_code == 200
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["patient"] for row in rows} == {await code_of(people.paul_patient)}
    assert (rows[0]["visit"], rows[0]["state"]) == ("start", "overdue")
    assert rows[0]["state_words"] == {"en": "Overdue", "fr": "En retard"}[language]
    assert "Lambert" not in reply.text
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'progress.exported'") == 1


def test_no_cell_is_a_formula():
    cells = ("=1", "+1", "-1", "@x", "\t=1", "\r=1", "fine")
    [row] = csv.reader(io.StringIO(csv_of([cells])))
    assert [one[0] == "'" for one in row] == [True] * 6 + [False]


async def test_the_network_reads_numbers_of_centres_and_no_participant(small, people, browser_for):
    page = await browser_for("sacha").page("/trials/small/centres")
    rows = {text_of(row.th): [text_of(cell) for cell in row.select("td")] for row in page.select("tbody tr")}
    assert rows["Centre expert de Brest"][1] == rows["Centre expert de Lyon"][1] == "1"
    assert await code_of(people.paul_patient) not in text_of(page)
    assert (await browser_for("ines").get("/trials/small/centres")).status_code == 403
    assert (await browser_for("sacha").get(HERE)).status_code == 403


async def test_a_trial_that_was_never_applied_is_not_there(small, browser_for):
    for page in ("progress", "progress/overdue", "progress/completeness", "progress/export.csv"):
        assert (await browser_for("ines").get(f"/trials/unknown/{page}")).status_code == 404
        assert (await browser_for("ines").get(f"/trials/no%00thing/{page}")).status_code == 404
