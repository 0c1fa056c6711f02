"""What a team reads: the day, the list, the record, scores. Paul answers, Inès reads, Zoé must not know."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.lib import clock, db
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.responses.actions import score_response
from tests.alerts.stories import CALM, SUFFERING, phq9
from tests.browser import read, text_of

NEVER = UUID(int=7)


@pytest.fixture
def record(people):
    return f"/patients/{people.paul_patient}"


async def asked(people, *, days: int = 7, key: str = "gad7", answered_by: str = "patient", opens: int = 0) -> UUID:
    today = day_in(ZONE, clock.now())
    new = NewAssignment(
        patient=people.paul_patient,
        questionnaire=key,
        answered_by=answered_by,
        organisation=people.lyon,
        opens_on=today + timedelta(days=opens),
        due_on=today + timedelta(days=days),
    )
    return await assign_questionnaire(people["ines"].actor, new, at=clock.now())


async def events(action: str) -> int:
    return await db.fetch_value("SELECT count(*) FROM audit_event WHERE action = $1", action)


def row_of(table, words: str) -> list[str]:
    [row] = [row for row in table.select("tbody tr") if words in text_of(row)]
    return [text_of(cell) for cell in row.select("th, td")]


@pytest.mark.parametrize("page", ["/today", "/patients"])
async def test_lists_are_for_teams(browser_for, page):
    replies = {who: (await browser_for(who).get(page)).status_code for who in (None, "paul", "ines", "zoe")}

    assert replies == {None: 303, "paul": 403, "ines": 200, "zoe": 200}


async def test_searching_is_for_teams(browser_for):
    replies = {who: (await search(browser_for(who), "lambert")).status_code for who in (None, "paul", "ines", "zoe")}

    assert replies == {None: 303, "paul": 403, "ines": 200, "zoe": 200}


async def search(browser, typed: str):
    return await browser.post("/patients/search", data={"q": typed})


async def test_what_is_searched_stands_in_no_address(browser_for):
    ines = browser_for("ines")
    form = (await ines.page("/today")).select_one("form[role=search]")

    found = read(await search(ines, "lambert"))
    in_address = await ines.page("/patients?q=lambert")
    opened_again = await ines.get("/patients/search")

    assert (form["method"], form["action"]) == ("post", "/patients/search")
    assert [text_of(name) for name in found.select("tbody th")] == ["LAMBERT Paul"]
    assert [link["href"] for link in found.select("a") if "ambert" in link["href"].casefold()] == []
    assert len(in_address.select("tbody th")) == 2
    assert (opened_again.status_code, opened_again.headers["location"]) == (303, "/patients")


async def test_an_empty_search_leads_to_the_list(browser_for):
    reply = await search(browser_for("ines"), "  ")

    assert (reply.status_code, reply.headers["location"]) == (303, "/patients")


@pytest.mark.parametrize("page", ["", "/questionnaires", "/assignments/new"])
async def test_a_record_is_unknown_in_another_centre(browser_for, record, page):
    replies = {
        who: (await browser_for(who).get(record + page)).status_code for who in (None, "zoe", "paul", "claire", "ines")
    }

    assert replies == {None: 303, "zoe": 404, "paul": 403, "claire": 404, "ines": 200}


async def test_scores_are_unknown_in_another_centre(browser_for, people):
    response = await phq9(people, CALM)
    await score_response(response, at=clock.now())

    for page in (f"/responses/{response}/scores", f"/responses/{response}/scores/total"):
        replies = {
            who: (await browser_for(who).get(page)).status_code for who in (None, "zoe", "paul", "claire", "ines")
        }
        assert replies == {None: 303, "zoe": 404, "paul": 403, "claire": 404, "ines": 200}


@pytest.mark.parametrize("page", [f"/patients/{NEVER}", f"/responses/{NEVER}/scores", f"/assignments/{NEVER}/cancel"])
async def test_what_is_not_there_is_404(browser_for, page):
    assert (await browser_for("ines").get(page)).status_code == 404


async def test_the_list_shows_the_centre_s_patients_alone(browser_for, people):
    page = await browser_for("ines").page("/patients")

    assert sorted(text_of(name) for name in page.select("tbody th")) == ["LAMBERT Paul", "MARTIN Léa"]


@pytest.mark.parametrize("typed", ["lam", "PAUL", "lambert paul", "  Lambért "])
async def test_a_name_finds_its_patient(browser_for, typed):
    page = read(await search(browser_for("ines"), typed))

    assert [text_of(name) for name in page.select("tbody th")] == ["LAMBERT Paul"]


async def test_a_code_finds_its_patient_and_the_search_is_noted_without_it(browser_for, people):
    code = await db.fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)

    page = read(await search(browser_for("ines"), code.lower()))

    assert [text_of(name) for name in page.select("tbody th")] == ["LAMBERT Paul"]
    [noted] = await db.fetch("SELECT details FROM audit_event WHERE action = 'patients.searched'")
    assert code not in noted["details"]


@pytest.mark.parametrize("typed", ["le goff", "zzz", "';--", "lambert martin"])
async def test_nobody_else_is_found(browser_for, typed):
    page = read(await search(browser_for("ines"), typed))

    assert page.select("tbody tr") == []
    assert "Nobody found" in text_of(page.select_one("main"))


async def test_the_list_counts_what_waits(browser_for, people):
    await asked(people)
    await asked(people, days=-1)
    await phq9(people, SUFFERING)

    page = await browser_for("ines").page("/patients")

    cells = row_of(page, "LAMBERT")
    yesterday = day_in(ZONE, clock.now()) - timedelta(days=1)
    due = f"{yesterday.day}\N{NO-BREAK SPACE}{yesterday:%b}\N{NO-BREAK SPACE}{yesterday.year}"
    assert cells[5:] == ["1 to take up", f"2, of which 1 overdue due {due}"]
    assert row_of(page, "MARTIN")[5:] == ["–", "–"]


async def test_the_list_turns_its_pages_both_ways(browser_for, people):
    for number in range(28):
        new = NewPatient(given_names=f"N{number}", family_name="Page", birth_date=date(1990, 1, 1), sex="female")
        at = datetime(2026, 1, 1, 8, number, tzinfo=UTC)
        await create_patient(people["ines"].actor, new, at=at)
    ines = browser_for("ines")

    def names(page):
        return [text_of(name) for name in page.select("tbody th")]

    first = await ines.page("/patients")
    second = await ines.page(first.select_one("a[rel=next]")["href"])
    back = await ines.page(second.select_one("a[rel=prev]")["href"])

    assert (len(names(first)), len(names(second))) == (25, 5)
    assert len({*names(first), *names(second)}) == 30
    assert names(back) == names(first)
    assert first.select("a[rel=prev]") == []
    assert second.select("a[rel=next]") == []
    assert back.select("a[rel=prev]") == []


@pytest.mark.parametrize("place", ["x", "1_2", "9" * 40 + f"_{NEVER}", f"nan_{NEVER}"])
async def test_a_made_up_place_in_the_list_is_its_beginning(browser_for, place):
    page = await browser_for("ines").page(f"/patients?after={place}")

    assert len(page.select("tbody tr")) == 2


@pytest.mark.parametrize("address", ["/patients", "/today"])
async def test_three_patients_cost_as_many_questions_as_one(browser_for, people, address, monkeypatch):
    ines, asked_of_database = browser_for("ines"), []
    fetch = db.fetch

    async def counted(sql, *values):
        asked_of_database.append(sql)
        return await fetch(sql, *values)

    monkeypatch.setattr(db, "fetch", counted)
    await phq9(people, CALM)
    asked_of_database.clear()
    await ines.page(address)
    once = len(asked_of_database)
    for _ in range(2):
        await phq9(people, CALM)
        new = NewPatient(given_names="A", family_name="B", birth_date=date(1990, 1, 1), sex="male")
        await create_patient(people["ines"].actor, new, at=clock.now())
    asked_of_database.clear()
    await ines.page(address)

    assert len(asked_of_database) == once


async def test_the_day_puts_the_alert_first_with_the_exact_answer(browser_for, people):
    await phq9(people, SUFFERING)
    await phq9(people, SUFFERING, who="yann")

    page = await browser_for("ines").page("/today")

    [flag] = page.select(".co-flag")
    said = text_of(flag)
    assert "LAMBERT Paul" in said
    assert "better off dead or of hurting yourself in some way: “Several days”" in said
    assert "You can call 3114" in said
    assert "Not taken up for" in said
    assert text_of(flag.select_one("button")).startswith("I am taking this up")
    assert "Le Goff".upper() not in text_of(page)
    assert await events("alert.seen") == 1


async def test_who_opened_the_alert_is_said_to_the_next(browser_for, people):
    await phq9(people, SUFFERING)
    await browser_for("ines").page("/today")

    page = await browser_for("ines").page("/today")

    assert "Seen by Inès Moreau" in text_of(page.select_one(".co-flag__receipts"))
    assert await events("alert.seen") == 1


async def test_taking_up_an_alert_brings_back_the_page_without_it(browser_for, people, record):
    await phq9(people, SUFFERING)
    ines = browser_for("ines")
    form = (await ines.page(record)).select_one(".co-flag form")

    reply = await ines.post(form["action"], data={"next": record, "note": "Called."})

    assert (reply.status_code, reply.headers["location"]) == (303, record)
    page = await ines.page(record)
    assert page.select(".co-flag") == []
    assert "Alert taken up, PHQ-9" in text_of(page.select_one(".co-timeline"))


async def test_the_day_lists_what_is_late_and_what_the_team_has_to_fill_in(browser_for, people):
    await asked(people, days=-3)
    await asked(people, key="madrs", answered_by="clinician")

    page = await browser_for("ines").page("/today")

    late, team = page.select_one("[aria-labelledby=overdue]"), page.select_one("[aria-labelledby=for-team]")
    assert "LAMBERT Paul 3 days late GAD-7" in text_of(late)
    assert "MADRS – LAMBERT Paul Not started" in text_of(team)


async def test_an_empty_day_says_so(browser_for):
    page = await browser_for("ines").page("/today")

    assert "Nothing waits for you" in text_of(page.select_one("main"))


async def test_a_score_reaches_the_open_record_without_reloading(browser_for, people, record):
    response = await phq9(people, CALM | {"q1": 3, "q2": 3, "q3": 3, "q4": 3})
    before = await browser_for("ines").page(record)
    part = before.select_one("#record")
    assert "Score being computed" in text_of(before)
    assert part["hx-trigger"] == "every 2s"
    open_page = browser_for("ines", htmx=True)
    assert (await open_page.get(part["hx-get"])).status_code == 204

    await score_response(response, at=clock.now())
    reply = await open_page.get(part["hx-get"])

    after = read(reply)
    assert row_of(after.select_one("[aria-labelledby=results] table"), "PHQ-9")[2:] == ["12", "–", "Moderate"]
    assert after.select_one("#record").get("hx-trigger") is None
    assert after.select_one("#record-tags")["hx-swap-oob"] == "true"
    assert "Score being computed" not in text_of(after)


async def test_an_open_record_is_one_reading(browser_for, people, record):
    await asked(people)
    part = (await browser_for("ines").page(record)).select_one("#record")
    await browser_for("ines", htmx=True).get(part["hx-get"])

    assert part["hx-trigger"] == "every 10s"
    assert await events("patient.read") == 1


@pytest.mark.capability("E28")
async def test_the_record_draws_each_score_over_time_with_its_table(browser_for, people, record):
    for given in (CALM | {"q1": 3, "q2": 3}, SUFFERING):
        await score_response(await phq9(people, given), at=clock.now())

    page = await browser_for("ines").page(record)

    chart = page.select_one("#graphic")
    assert [svg["role"] for svg in chart.select("svg.co-chart__svg")] == ["img", "img"]
    assert "The score rose from 6 to 12 (moderate)" in text_of(chart.select_one("figcaption"))
    rows = [[text_of(cell) for cell in row.select("th, td")][1:] for row in chart.find_next("table").select("tbody tr")]
    assert rows == [["PHQ-9", "12", "moderate"], ["PHQ-9", "6", "mild"]]
    assert row_of(page.select_one("[aria-labelledby=results] table"), "PHQ-9")[2:] == ["12", "6", "Moderate, rising"]


async def test_the_record_speaks_french(browser_for, people, record):
    await score_response(await phq9(people, SUFFERING), at=clock.now())

    page = await browser_for("ines", language="fr").page(record)

    assert "Modérée" in text_of(page.select_one("[aria-labelledby=results]"))
    assert "Sans prise en charge depuis" in text_of(page.select_one(".co-flag"))
    assert text_of(page.select_one(".co-tabs [aria-current]")) == "Synthèse"


async def test_the_questionnaires_tab_parts_what_is_awaited_and_what_came(browser_for, people, record):
    await asked(people)
    await asked(people, key="madrs", answered_by="clinician")
    response = await phq9(people, CALM)
    await score_response(response, at=clock.now())

    page = await browser_for("ines").page(f"{record}/questionnaires")

    parts = {name: text_of(page.select_one(f"[aria-labelledby={name}]")) for name in ("asked", "for-team", "received")}
    assert "GAD-7" in parts["asked"]
    assert "MADRS" in parts["for-team"]
    assert "0, minimal" in parts["received"]
    assert page.select_one(f"a[href='/responses/{response}/print']")
    chips = [text_of(chip) for chip in page.select(".co-filters a")]
    assert chips == [
        "All 3",
        "Self-reports 2",
        "Clinician-rated 1",
        "Social 0",
        "Clinical documents 0",
        "Neuropsychology 0",
    ]


@pytest.mark.capability("E18")
async def test_a_sub_tab_shows_its_kind_alone(browser_for, people, record):
    await asked(people)
    await asked(people, key="madrs", answered_by="clinician")

    page = await browser_for("ines").page(f"{record}/questionnaires?kind=observed")

    assert [text_of(name).split()[0] for name in page.select("tbody th")] == ["MADRS"]


async def test_a_score_explains_itself(browser_for, people):
    response = await phq9(people, SUFFERING)
    await score_response(response, at=clock.now())

    page = await browser_for("ines").page(f"/responses/{response}/scores/total")

    said = text_of(page.select_one("main"))
    assert "sum(q1, ..., q9)" in said
    assert "from 0 to 27" in said
    assert "PHQ-9 1.0.0" in said
    assert "Kroenke" in said
    items = page.select("[aria-labelledby=items] tbody tr")
    values = [int(text_of(row.select("td")[1])) for row in items]
    assert len(items) == 9
    assert sum(values) == 12
    assert text_of(items[0].select("td")[0]) == "More than half the days"


async def test_an_unknown_score_is_404(browser_for, people):
    response = await phq9(people, CALM)
    await score_response(response, at=clock.now())

    assert (await browser_for("ines").get(f"/responses/{response}/scores/nothing")).status_code == 404


async def test_scores_say_that_they_are_being_computed_and_ask_again(browser_for, people):
    response = await phq9(people, CALM)

    part = read(await browser_for("ines", htmx=True).get(f"/responses/{response}/scores")).select_one("div")

    assert "Score being computed" in text_of(part)
    assert part["hx-trigger"] == "every 2s"
    await score_response(response, at=clock.now())
    final = read(await browser_for("ines", htmx=True).get(part["hx-get"])).select_one("div")
    assert row_of(final, "PHQ-9")[1:3] == ["0", "Minimal"]
    assert final.get("hx-trigger") is None
