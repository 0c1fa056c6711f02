"""An alert reaches somebody: without a practitioner the administrators, without those the network; and that is said."""

from pathlib import Path

import pytest

from app.alerts import actions, jobs, queries
from app.lib import mailbox as letters
from app.lib.db import execute, fetch, fetch_value
from app.settings import settings
from tests.alerts.stories import AT, SUFFERING, phq9
from tests.browser import text_of
from tests.people import Cast
from tests.refusing import refusing_server

pytestmark = pytest.mark.usefixtures("db")
WORDS = "Alerts that no practitioner was told of"
LEAVE = "UPDATE membership SET valid_to = current_date - 1 WHERE organisation = $1 AND role = ANY($2)"


async def raised(people: Cast) -> str:
    await phq9(people, SUFFERING)
    return str(await fetch_value("SELECT id FROM alert WHERE patient = $1", people.paul_patient))


async def untold_events() -> int:
    found: int = await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'alert.untold'")
    return found


def told(mailbox: Path) -> list[str]:
    return sorted(one.to for one in letters.list_messages(mailbox))


async def test_without_a_practitioner_the_administrators_are_told(people: Cast, mailbox: Path) -> None:
    await execute(LEAVE, people.lyon, ["practitioner"])
    await execute("UPDATE account SET language = 'en'")
    alert = await raised(people)

    await jobs.mail(alert)
    events = await untold_events()
    await jobs.mail(alert)

    assert events == 1
    assert told(mailbox) == ["odile@example.org"]
    [letter] = [letters.read_message(mailbox, one.id) for one in letters.list_messages(mailbox)]
    assert letter is not None
    assert letter.subject == "An alert waits, and no practitioner was told"
    assert f"{settings().base_url}/administration" in letter.text
    assert [word for word in ("Paul", "Lambert", "PHQ", "Lyon") if word in letter.subject + letter.text] == []


async def test_without_an_administrator_the_network_is_told(people: Cast, mailbox: Path) -> None:
    await execute(LEAVE, people.lyon, ["practitioner", "administrator"])

    await jobs.mail(await raised(people))

    assert told(mailbox) == ["nour@example.org", "sacha@example.org"]


async def test_a_closed_centre_is_told_of_nothing(people: Cast, mailbox: Path) -> None:
    await execute("UPDATE organisation SET closed_at = now() WHERE id = $1", people.lyon)

    await jobs.mail(await raised(people))

    assert told(mailbox) == ["nour@example.org", "sacha@example.org"]


async def test_where_every_address_fails_all_are_tried_and_it_is_said(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = await raised(people)

    async with refusing_server(monkeypatch):
        await jobs.mail(alert)

    tried = {row["account"] for row in await fetch("SELECT account FROM alert_receipt WHERE kind = 'bounced'")}
    assert tried == {people[who].account for who in ("ines", "marc", "tom", "odile", "sacha", "nour")}
    assert await untold_events() == 1


async def test_whoever_is_told_is_not_passed_over(people: Cast, mailbox: Path) -> None:
    alert = await raised(people)
    await jobs.mail(alert)

    assert told(mailbox) == ["ines@example.org", "marc@example.org", "tom@example.org"]
    assert await untold_events() == 0


async def test_administrators_see_how_many_wait(people: Cast, browser_for, mailbox: Path) -> None:
    await execute(LEAVE, people.lyon, ["practitioner"])
    await jobs.mail(await raised(people))

    pages = {who: await browser_for(who).page("/administration") for who in ("odile", "zoe", "sacha")}
    seen = {who: WORDS in text_of(page.main) for who, page in pages.items()}
    await execute("UPDATE membership SET valid_to = NULL WHERE account = $1", people["ines"].account)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    await actions.note_seen(people["ines"].actor, [alert.id], at=AT)
    later = text_of((await browser_for("odile").page("/administration")).main)

    assert seen == {"odile": True, "zoe": False, "sacha": True}
    assert WORDS not in later


async def test_an_alert_that_was_told_or_taken_up_does_not_wait(people: Cast, browser_for, mailbox: Path) -> None:
    alert = await raised(people)
    before = text_of((await browser_for("odile").page("/administration")).main)
    await jobs.mail(alert)
    after = text_of((await browser_for("odile").page("/administration")).main)

    assert WORDS in before  # raised long ago in this test, and its job has not run
    assert WORDS not in after
