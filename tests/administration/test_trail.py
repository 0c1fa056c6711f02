"""The trail's page: a centre's administrators see what is theirs and nothing else, the network's see codes."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.break_glass.actions import open_identity
from app.administration.queries.trail import list_events
from app.administration.trail import Asked, read
from app.administration.trail_wording import detail_words
from app.audit import actions as audit
from app.audit.wording import action_words, actions_of, groups
from app.lib import clock, db, i18n
from app.lib.cursors import read_cursor
from app.lib.db import execute as db_execute
from app.lib.db import transaction
from app.lib.ids import new_id
from app.lib.origin import Origin, origin
from app.patients.queries import get_patient
from tests.browser import read as page_of
from tests.browser import text_of
from tests.patients.merging.stories import join, twin

HERE = "/administration/audit"
REASON = "Two records may be of one person, to be compared"


async def happened(action, by, **more):
    """One event, just now."""
    async with transaction():
        await audit.record(action, by=by, at=clock.now(), **{"subject": by, **more})


def rows(page):
    return [text_of(row) for row in page.select("tbody tr")]


@pytest.fixture
async def events(db, people):
    """What happened in Lyon, in Brest, to people of each and of neither."""
    read_, opened = audit.Action.PATIENT_READ, audit.Action.SESSION_OPENED
    ines, marc, zoe = (people[name].account for name in ("ines", "marc", "zoe"))
    await happened(read_, ines, subject=people.paul_patient, patient=people.paul_patient, organisation=people.lyon)
    await happened(
        read_,
        marc,
        subject=people.yann_patient,
        patient=people.yann_patient,
        organisation=people.brest,
        page="in_brest",
    )
    await happened(opened, zoe, method="of_zoe")
    await happened(opened, ines, method="of_ines")
    await happened(opened, people["paul"].account, method="of_paul")
    await happened(
        audit.Action.IDENTITY_OPENED, people["sacha"].account, patient=people.paul_patient, opened="for_paul"
    )
    await happened(
        audit.Action.IDENTITY_OPENED, people["sacha"].account, patient=people.yann_patient, opened="for_yann"
    )


@pytest.mark.capability("T23")
async def test_a_centre_sees_its_own_events_and_no_others(browser_for, events, people):
    said = text_of(await browser_for("odile").page(HERE))

    assert "Inès Moreau" in said
    assert "of_ines" in said
    assert "for_paul" in said, "somebody of the network opened the identity of a patient of Lyon"
    for foreign in ("in_brest", "of_zoe", "of_paul", "for_yann"):
        assert foreign not in said
    assert (await get_patient(people.yann_patient)).code not in said


async def test_a_centre_that_follows_a_merged_record_sees_that_somebody_opened_the_identity(browser_for, db, people):
    """Brest follows the record that was taken in; the identity is opened of the one that stands for both."""
    other = await twin(people, "zoe")
    await db_execute(
        "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($1, $2, $3, current_date)",
        new_id(),
        other,
        people.lyon,
    )
    await join(people, people.paul_patient, other)
    for one in (people.paul_patient, people.lea_patient):
        await open_identity(people["sacha"].actor, one, REASON, [people.lyon], at=clock.now())

    opened = await list_events(people.brest, read({"action": "identity.opened"}), before=None, most=50)
    assert [event.patient for event in opened] == [people.paul_patient]


async def test_what_one_of_several_places_did_elsewhere_is_not_theirs(browser_for, events, people):
    reply = await browser_for("odile").get(f"{HERE}?person={people['marc'].account}")

    assert "in_brest" not in reply.text
    assert "in_brest" in (await browser_for("zoe").get(f"{HERE}?person={people['marc'].account}")).text


async def test_the_network_sees_all_and_patients_by_code_alone(browser_for, events, people):
    found = await browser_for("sacha").page(HERE)

    said = text_of(found.select_one("table"))
    for seen in ("in_brest", "of_zoe", "of_ines", "of_paul", "for_yann"):
        assert seen in said
    for name in ("Lambert", "Le Goff", "Paul", "Yann"):
        assert name not in said
    assert "Account of a patient or relative" in said
    assert f"Patient {(await get_patient(people.paul_patient)).code}" not in said


async def of_paul(people):
    """Paul does something about his record, from a network, and an administrator something about his account."""
    paul, centre = people["paul"].account, people.lyon
    token = origin.set(Origin(request="request-of-paul", network="198.51.100.0/24", role="patient"))
    await happened(audit.Action.RESPONSE_SAVED, paul, patient=people.paul_patient, organisation=centre)
    origin.reset(token)
    await happened(audit.Action.RESET_ASKED, people["odile"].account, subject=paul, organisation=centre)
    return str(paul), (await get_patient(people.paul_patient)).code


@pytest.mark.capability("E40")
@pytest.mark.parametrize("who", ["sacha", "odile"])
async def test_no_code_leads_to_an_account_and_no_account_to_a_code(browser_for, db, people, who):
    await db_execute("UPDATE session SET second_factor_at = now()")
    paul, code = await of_paul(people)
    browser, blank = browser_for(who), dict.fromkeys(("patient", "action", "first", "last", "centre"), "")

    coded = await browser.get(f"{HERE}?patient={people.paul_patient}")
    asked = await browser.page(f"{HERE}?action=reset.asked")
    files = [(await browser.get(f"{HERE}/export.csv{part}")).text for part in ("", f"?patient={people.paul_patient}")]

    assert code in coded.text
    assert "Account of a patient or relative" in coded.text
    assert [code in row for row in rows(asked)] == [False]
    for said in (coded.text, text_of(asked), *files):
        assert paul not in said
        assert f"Patient {code}" not in said
        assert "198.51.100.0" not in said
        assert "request-of-paul" not in said
    assert "patient-account" in files[1]
    for path in (HERE, f"{HERE}/export.csv"):
        assert (await browser.get(f"{path}?person={paul}")).status_code == 404
    assert (await browser.post(HERE, data=blank | {"person": paul})).status_code == 422


async def test_who_follows_the_patient_reads_both(browser_for, db, people):
    await db_execute("UPDATE session SET second_factor_at = now()")
    paul, code = await of_paul(people)

    said = text_of(await browser_for("ines").page(f"{HERE}?person={paul}"))

    assert f"Patient {code}" in said
    assert (await browser_for("zoe").get(f"{HERE}?person={paul}")).status_code == 404


async def test_whoever_broke_the_glass_reads_both_until_it_closes(browser_for, db, people):
    paul, code = await of_paul(people)
    await open_identity(people["sacha"].actor, people.paul_patient, REASON, [], at=clock.now())

    assert f"Patient {code}" in text_of(await browser_for("sacha").page(f"{HERE}?person={paul}"))
    assert (await browser_for("nour").get(f"{HERE}?person={paul}")).status_code == 404
    await db_execute("UPDATE break_glass SET valid_until = now()")
    assert (await browser_for("sacha").get(f"{HERE}?person={paul}")).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("paul", 403), ("marc", 403), ("hugo", 403), ("lucie", 403), (None, 303)])
async def test_nobody_else_reads_it(browser_for, db, who, status):
    for path in (HERE, f"{HERE}/export.csv"):
        assert (await browser_for(who).get(path)).status_code == status
    assert (await browser_for(who).post(HERE)).status_code == status


async def test_a_search_leads_to_an_address_without_names(browser_for, events, people):
    code = (await get_patient(people.paul_patient)).code
    typed = {"person": " INES@example.org ", "patient": code.lower(), "action": "patient.read", "centre": ""}
    days = {"first": "2020-01-01", "last": "2099-12-31"}

    reply = await browser_for("odile").post(HERE, data=typed | days)

    assert reply.status_code == 303
    where = reply.headers["location"]
    assert "example" not in where
    assert code not in where
    found = await browser_for("odile").page(where)
    assert len(rows(found)) >= 1
    assert all("Inès Moreau" in row and code in row for row in rows(found))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("person", "nobody@example.org"),
        ("person", "zoe@example.org"),
        ("person", "paul@example.org"),
        ("person", "Inès"),
        ("patient", "ZZZZ-ZZZW"),
        ("patient", "Lambert"),
        ("first", "22/11/2026"),
    ],
)
async def test_what_cannot_be_found_keeps_what_was_typed(browser_for, db, field, typed):
    blank = dict.fromkeys(("person", "patient", "action", "first", "last", "centre"), "")

    reply = await browser_for("odile").post(HERE, data=blank | {field: typed, "action": "alerts"})

    assert reply.status_code == 422
    page = page_of(reply)
    assert page.select_one(f"#{field}")["value"] == typed
    assert page.select_one("#action option[selected]")["value"] == "alerts"
    assert page.select_one(f"#error-summary a[href='#{field}']")
    assert page.title.text.startswith("Error: ")


async def test_a_foreign_patients_code_is_no_code_of_this_centre(browser_for, db, people):
    blank = dict.fromkeys(("person", "action", "first", "last", "centre"), "")
    code = (await get_patient(people.yann_patient)).code

    assert (await browser_for("odile").post(HERE, data=blank | {"patient": code})).status_code == 422
    assert (await browser_for("zoe").post(HERE, data=blank | {"patient": code})).status_code == 303


async def test_days_in_the_wrong_order_are_said(browser_for, db):
    blank = dict.fromkeys(("person", "patient", "action", "centre"), "")
    reply = await browser_for("odile").post(HERE, data=blank | {"first": "2026-11-22", "last": "2026-11-21"})

    assert reply.status_code == 422
    assert "The last day must not be before the first" in reply.text


async def test_it_is_read_a_page_at_a_time(browser_for, db, people):
    for number in range(120):
        await happened(audit.Action.ALERT_SEEN, people["odile"].account, organisation=people.lyon, number=number)
    seen, where = [], f"{HERE}?action=alert.seen&person={people['odile'].account}"

    while where:
        found = await browser_for("odile").page(where)
        seen += [int(text_of(row.select("td")[3]).split()[-1]) for row in found.select("tbody tr")]
        after = found.select_one("a[rel=next]")
        where = after and after["href"]

    assert seen == list(range(119, -1, -1))


async def test_reading_it_is_an_event(browser_for, db, people):
    await browser_for("odile").page(f"{HERE}?action=alerts&patient={people.paul_patient}")

    found = await db_events(people["odile"].account)
    assert found == [("audit.searched", people.paul_patient, '{"form": "page", "by_fields": "patient action"}')]


async def db_events(actor):
    rows = await db.fetch(
        "SELECT action, patient, details FROM audit_event WHERE actor = $1 AND action LIKE 'audit.%'", actor
    )
    return [tuple(row) for row in rows]


async def test_the_file_holds_codes_and_no_names(browser_for, events, people):
    reply = await browser_for("odile").get(f"{HERE}/export.csv?first=2020-01-01")

    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(reply.text)))
    assert {row["organisation"] for row in found} <= {str(people.lyon), ""}
    assert (await get_patient(people.paul_patient)).code in {row["patient"] for row in found}
    assert not any(name in reply.text for name in ("Lambert", "Moreau", "in_brest", "of_zoe", "example.org"))
    assert ("audit.searched", None, '{"form": "csv", "by_fields": "first"}') in await db_events(people["odile"].account)


async def test_it_says_how_far_it_is_sealed(browser_for, events, people):
    assert "Nothing is sealed yet" in text_of(await browser_for("odile").page(HERE))

    await audit.seal(at=clock.now())

    count = await db.fetch_value("SELECT count(*) FROM audit_chain")
    assert f"sealed up to entry {count:,}" in text_of(await browser_for("odile").page(HERE))


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_action_has_words_of_its_own(language):
    token = i18n.locale.set(language)
    words = {action: action_words(action) for action in audit.Action}
    i18n.locale.reset(token)

    assert [action for action, said in words.items() if said == action] == []
    assert len(set(words.values())) == len(words)
    assert {action for _, _, offered in groups() for action in offered} == set(audit.Action)


APP = Path(clock.__file__).parents[1]
OF_EVERY_EVENT = {"by", "at", "subject", "patient", "organisation"}


def details_written() -> set[str]:
    """By what names any part of the product adds details to an event."""
    calls = (
        node
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "record", "note_search"}
    )
    return {keyword.arg for call in calls for keyword in call.keywords if keyword.arg} - OF_EVERY_EVENT


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_detail_has_words(language):
    token = i18n.locale.set(language)
    bare = {name for name in details_written() if detail_words(name) == name}
    i18n.locale.reset(token)

    assert {"page", "step", "reset"} <= details_written()
    assert bare == set()


def test_a_choice_is_a_group_or_one_action():
    assert "alert.seen" in actions_of("alerts")
    assert actions_of("alert.seen") == {"alert.seen"}
    assert actions_of("made.up") == set()


def test_an_address_is_read_back(people):
    asked = Asked(people.lyon, people.paul_patient, "alerts", None, None, people.brest)
    place = (clock.now() - timedelta(days=1), people.lyon)

    values = dict(part.split("=") for part in asked.address("", place).removeprefix("?").split("&"))

    assert read(values) == asked
    assert read_cursor(values["before"]) == place
    assert read({"person": "nonsense", "first": "nonsense"}) == Asked()
