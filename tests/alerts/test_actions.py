"""From a red flag to somebody who takes it up."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.alerts import actions, jobs, queries
from app.lib import db as database
from app.lib import mailbox as letters
from app.settings import settings
from tests.alerts.stories import AT, CALM, SUFFERING, phq9
from tests.people import Cast
from tests.refusing import refusing_server

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.capability("A8")
async def test_an_answer_raises_one_alert_for_the_own_centre_alone(people: Cast) -> None:
    response = await phq9(people, SUFFERING)
    elsewhere = await phq9(people, SUFFERING, who="yann")

    [alert] = await queries.list_open_alerts(people["ines"].actor)
    told = (alert.patient, alert.response, alert.flag, alert.urgency, alert.is_open)
    assert told == (people.paul_patient, response, "suicidal_thoughts", "now", True)
    assert [one.response for one in await queries.list_open_alerts(people["zoe"].actor)] == [elsewhere]


async def test_calm_answers_raise_none(people: Cast) -> None:
    await phq9(people, CALM)
    assert await queries.alerts_of_patient(people.paul_patient) == []


async def test_an_alert_is_audited_and_queues_its_mail(people: Cast) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    jobs_queued = await database.fetch(
        "SELECT queue_name, args->>'alert_id' AS alert FROM procrastinate_jobs WHERE task_name = 'alerts:mail'"
    )
    events = await database.fetch("SELECT action, details FROM audit_event WHERE subject = $1", alert.id)
    assert [tuple(job) for job in jobs_queued] == [("mail", str(alert.id))]
    assert [tuple(event) for event in events] == [("alert.raised", '{"flag": "suicidal_thoughts"}')]


async def test_the_team_is_mailed_once_without_name_or_finding(people: Cast, mailbox: Path) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    await jobs.mail(str(alert.id))
    await jobs.mail(str(alert.id))

    sent = [letters.read_message(mailbox, one.id) for one in letters.list_messages(mailbox)]
    assert sorted(one.to for one in sent if one) == ["ines@example.org", "marc@example.org", "tom@example.org"]
    for one in sent:
        assert one is not None
        assert f"{settings().base_url}/today" in one.text
        spoken = f"{one.subject} {one.text}".lower()
        told = [word for word in ("paul", "lambert", "phq", "suicid", "lyon") if word in spoken]
        assert told == []
    assert {one.subject for one in sent if one} == {"Une alerte vous attend dans Cohorte"}
    receipts = (await queries.receipts_of([alert.id]))[alert.id]
    assert {(one.account, one.kind) for one in receipts} == {
        (people["ines"].account, "mailed"),
        (people["marc"].account, "mailed"),
        (people["tom"].account, "mailed"),
    }


async def test_a_mail_that_fails_leaves_no_receipt(people: Cast) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    with pytest.raises(ExceptionGroup, match="not told"):
        await jobs.mail(str(alert.id))
    assert await queries.receipts_of([alert.id]) == {alert.id: []}


async def test_an_address_that_takes_no_mail_is_said_and_not_tried_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)

    async with refusing_server(monkeypatch):
        await jobs.mail(str(alert.id))

    assert {one.kind for one in (await queries.receipts_of([alert.id]))[alert.id]} == {"bounced"}
    assert await queries.list_unmailed(alert.id) == []


async def test_nobody_is_mailed_about_an_alert_that_was_taken_up(people: Cast, mailbox: Path) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    await actions.acknowledge_alert(people["ines"].actor, alert.id, "", at=AT)
    await jobs.mail(str(alert.id))
    assert letters.list_messages(mailbox) == []


async def test_the_first_to_take_an_alert_up_stays_named(people: Cast) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    later = AT + timedelta(minutes=20)
    first = await actions.acknowledge_alert(people["marc"].actor, alert.id, "I called.", at=later)
    second = await actions.acknowledge_alert(people["ines"].actor, alert.id, "Me too.", at=later)

    kept = await queries.get_alert(alert.id)
    assert (first, second) == (True, False)
    assert (kept.acknowledged_by, kept.note) == (people["marc"].account, "I called.")
    assert kept.waiting(later + timedelta(days=2)) == timedelta(minutes=24)  # the answer was saved at 8:56
    assert await queries.list_open_alerts(people["ines"].actor) == []


async def test_looking_leaves_one_receipt_a_person_and_closes_nothing(people: Cast) -> None:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    for minutes in (5, 9):
        await actions.note_seen(people["ines"].actor, [alert.id], at=AT + timedelta(minutes=minutes))
    receipts = (await queries.receipts_of([alert.id]))[alert.id]
    told = [(one.account, one.kind, one.at) for one in receipts]
    assert told == [(people["ines"].account, "seen", AT + timedelta(minutes=5))]
    assert await queries.list_open_alerts(people["ines"].actor) == [alert]


async def test_an_answer_taken_back_does_not_close_its_alert(people: Cast) -> None:
    response = await phq9(people, SUFFERING)
    await database.execute("UPDATE answer SET value = '0' WHERE response = $1 AND item = 'q9'", response)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    assert alert.is_open
