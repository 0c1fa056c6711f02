"""Who looked at my record: a patient sees every look at theirs, why it was allowed, and nobody else's."""

import ast
from datetime import timedelta

import pytest

from app.accounts.break_glass.actions import open_identity
from app.audit import actions as audit
from app.dashboard.access.queries import list_readers
from app.lib import clock, db, i18n
from app.lib.db import transaction
from app.patients.actions import note_reading
from app.portal.access.log import Pages, by_day
from app.portal.access.queries import list_looks
from app.portal.access.wording import page_words
from tests.browser import text_of

HERE = "/me/access-log"


def of(patient):
    return f"{HERE}/{patient}"


@pytest.mark.capability("A23")
async def test_each_look_says_who_what_and_why(browser_for, db, people):
    await browser_for("ines").page(f"/patients/{people.paul_patient}")
    await browser_for("marc").page(f"/patients/{people.paul_patient}/questionnaires")

    said = text_of(await browser_for("paul").page(HERE))

    assert "Inès Moreau Psychiatrist, Centre expert de Lyon" in said
    assert "Summary of the record, at " in said
    assert "Marc Petit Psychiatrist, Centre expert de Lyon" in said
    assert "List of questionnaires, at " in said
    assert "This centre has been in charge of the care since " in said


async def test_looks_of_one_person_on_one_day_stand_together(browser_for, db, people):
    at = clock.now().replace(hour=9, minute=2)
    for minutes in (0, 5, 12):
        await note_reading(people["ines"].actor, people.paul_patient, "summary", at=at + timedelta(minutes=minutes))
    await note_reading(people["ines"].actor, people.paul_patient, "summary", at=at - timedelta(days=1))

    page = await browser_for("paul").page(HERE)

    said = [text_of(line) for line in page.select(".co-card li li")]
    assert len(page.select("main .co-card")) == 2
    assert len(said) == 2
    assert said[0].startswith("Summary of the record, 3 times, between ")
    assert said[1].startswith("Summary of the record, at ")


async def test_an_opened_identity_shows_its_reason(browser_for, db, people):
    reason = "Two records may be of one person, to be compared"
    await open_identity(people["sacha"].actor, people.paul_patient, reason, [people.lyon], at=clock.now())

    said = text_of(await browser_for("paul").page(HERE))

    assert "Sacha Vidal Administration of the network Name, birth date and contact details, at " in said
    assert f"Exceptional access, for a few minutes. The reason given: “{reason}”" in said


async def test_a_number_shown_whole_is_a_look_of_its_own(browser_for, db, people):
    """Also where nothing else of the record was opened: whoever asks for the number alone is told of."""
    await browser_for("marc", htmx=True).post(f"/patients/{people.paul_patient}/identity/nir")

    said = text_of(await browser_for("paul").page(HERE))
    readers = await list_readers(people["ines"].actor, people.paul_patient, clock.now())

    assert "Marc Petit Psychiatrist, Centre expert de Lyon The whole social security number (NIR), at " in said
    assert [one.account for one in readers] == [people["marc"].account]


async def test_what_an_alert_showed_is_called_answers(db, people):
    async with transaction():
        await audit.record(
            audit.Action.ALERT_SEEN,
            by=people["ines"].account,
            at=clock.now(),
            subject=people.paul_patient,
            patient=people.paul_patient,
            organisation=people.lyon,
        )
    looks = await list_looks(people.paul_patient, before=None, most=1)
    token = i18n.locale.set("en")
    words = [page_words(seen) for _, visitors in by_day(looks) for one in visitors for seen in one.pages]
    i18n.locale.reset(token)

    assert words == ["Answers"]


async def test_nobody_elses_record_is_shown(browser_for, db, people):
    await note_reading(people["zoe"].actor, people.yann_patient, "summary", at=clock.now())

    assert "Caradec" in text_of(await browser_for("yann").page(HERE))
    assert "Caradec" not in text_of(await browser_for("paul").page(HERE))
    assert "Caradec" not in text_of(await browser_for("claire").page(HERE))


@pytest.mark.parametrize(
    ("who", "status"),
    [("paul", 200), ("claire", 404), ("yann", 404), ("zoe", 404), ("ines", 403), ("odile", 404), ("sacha", 404)],
)
async def test_only_whoever_it_is_about_and_their_relatives_read_it(browser_for, db, people, who, status):
    assert (await browser_for(who).get(of(people.paul_patient))).status_code == status


async def test_staff_have_no_log_of_their_own(browser_for, db):
    for who in ("ines", "odile", "sacha"):
        assert (await browser_for(who).get(HERE)).status_code == 403


async def test_a_relative_reads_it_for_somebody(browser_for, db, people):
    await note_reading(people["ines"].actor, people.lea_patient, "answers", at=clock.now())

    page = await browser_for("claire").page(HERE)

    assert text_of(page.h1) == "Who looked at the record of Léa Martin"
    assert "Inès Moreau" in text_of(page)


async def test_of_several_one_chooses(browser_for, db, people):
    await link(people["claire"].account, people.paul_patient)

    page = await browser_for("claire").page(HERE)

    found = {text_of(row): row["href"] for row in page.select("main .co-rows a")}
    assert found == {
        "The record of Léa Martin": of(people.lea_patient),
        "The record of Paul Lambert": of(people.paul_patient),
    }


async def link(account, patient):
    from app.accounts.actions.places import link_patient
    from app.accounts.proxies.model import Beyond, Terms

    day = clock.day_in(i18n.ZONE, clock.now())
    agreed = Terms(beyond=Beyond.AGREED, beyond_on=day)
    await link_patient(audit.NOBODY, account, patient, "other", agreed, since=day, at=clock.now())


async def test_who_has_no_record_is_told(browser_for, db, people):
    await db_execute("UPDATE patient_link SET valid_to = valid_from - 1 WHERE account = $1", people["paul"].account)

    assert "No record yet" in text_of(await browser_for("paul").page(HERE))


async def db_execute(sql, *values):
    await db.execute(sql, *values)


async def test_nobody_looked_yet(browser_for, db, people):
    assert "Nobody has looked yet" in text_of(await browser_for("claire").page(HERE))


async def test_it_is_read_a_page_at_a_time(browser_for, db, people):
    at = clock.now()
    for number in range(130):
        await note_reading(people["ines"].actor, people.paul_patient, f"p{number}", at=at - timedelta(hours=number))
    lines, where = 0, HERE

    while where:
        page = await browser_for("paul").page(where)
        lines += len(page.select("main .co-card li li"))
        after = page.select_one("a[rel=next]")
        where = after and after["href"]

    assert lines == 130


async def test_reading_it_is_an_event_and_no_look(browser_for, db, people):
    await browser_for("paul").page(HERE)

    found = await db_fetch(people["paul"].account)
    assert found == [("access_log.read", people.paul_patient)]
    assert await list_looks(people.paul_patient, before=None, most=10) == []


async def db_fetch(actor):
    rows = await db.fetch("SELECT action, patient FROM audit_event WHERE actor = $1 AND action ~ 'log'", actor)
    return [tuple(row) for row in rows]


def test_every_page_that_notes_a_reading_has_words(root):
    """Whatever name a handler gives to the page of a record it shows."""
    noted = set()
    for folder in ("dashboard", "portal", "responses"):
        for path in (root / "app" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
                if name in {"note_reading", "_note", "_reading", "common_to"}:
                    noted |= {one.value for one in node.args if isinstance(one, ast.Constant)}
                if isinstance(node, ast.keyword) and node.arg == "page" and isinstance(node.value, ast.Constant):
                    noted.add(node.value.value)
    at = clock.now()
    token = i18n.locale.set("en")
    unsaid = {page for page in noted if page_words(Pages("patient.read", page, at, at)) == "A page of the record"}
    i18n.locale.reset(token)

    assert {"summary", "answers", "print", "today", "scores"} <= noted
    assert unsaid == set()
