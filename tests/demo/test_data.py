"""The demonstration in the database: whole, real, and loaded once."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app.access.policy import Actor, Role
from app.accounts.proxies.queries import list_links_of_account, standing_of
from app.accounts.queries import email_hash
from app.alerts.queries import alerts_of_patient, list_open_alerts
from app.assignments.model import State, Timing, timing
from app.assignments.queries import list_of_patient
from app.cli.database import run_demo_load
from app.demo.data import load
from app.lib import clock, db
from app.lib.i18n import ZONE, gettext
from app.patients.model import Patient
from app.patients.queries import list_patients
from app.responses import queries
from app.responses.presenting import standings
from app.responses.screens import course

TABLES = ("organisation", "account", "patient", "assignment", "response", "answer", "score", "alert", "audit_event")


@pytest_asyncio.fixture
async def lyon(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Patient]:
    """The patients of the demonstration's first centre by family name, beside everything the cast has."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    await free_codes()
    assert await load() is True
    found = await list_patients(await ines(), limit=100)
    return {one.family_name if one.given_names != "Noé" else "Martin, Noé": one for one in found}


async def free_codes() -> None:
    """The cast's centres have the demonstration's codes: out of the way, for this transaction."""
    await db.execute("UPDATE organisation SET code = code || '-cast'")


async def ines() -> Actor:
    account = await account_of("ines.moreau@example.org")
    centre = await db.fetch_value("SELECT id FROM organisation WHERE code = 'LYO'")
    return Actor(account, Role.PRACTITIONER, organisation=centre)


async def account_of(email: str) -> UUID:
    account: UUID = await db.fetch_value("SELECT id FROM account WHERE email_hash = $1", email_hash(email))
    return account


async def counts() -> dict[str, Any]:
    return {table: await db.fetch_value(f"SELECT count(*) FROM {table}") for table in TABLES}


async def test_a_second_load_changes_nothing(lyon: dict[str, Patient]) -> None:
    before = await counts()
    assert await load() is False
    assert await counts() == before


async def test_a_load_that_breaks_leaves_nothing(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    await free_codes()
    await _take_address_of_the_last_account()
    before = await counts()
    with pytest.raises(Exception, match=r"account\.address_taken"):
        await load()
    assert await counts() == before


async def _take_address_of_the_last_account() -> None:
    await db.execute(
        "UPDATE account SET email_hash = $1 WHERE id = (SELECT id FROM account ORDER BY id LIMIT 1)",
        email_hash("nolwenn.kerjean@example.org"),
    )


async def scores_are_those_of_the_answers(lyon: dict[str, Patient]) -> None:
    paul = await queries.scores_of_patient(lyon["Lambert"].id)
    told = [one.score.value for one in paul if (one.questionnaire, one.score.score_id) == ("phq9", "total")]
    assert told == [21, 19, 17, 18, 14, 12, 13, 10, 8, 9]
    days = sorted({(clock.now() - one.submitted_at).days for one in paul})
    assert (days[0], days[-1]) == (pytest.approx(16, abs=1), pytest.approx(268, abs=1))


async def everything_sent_could_have_been_sent_from_the_page(lyon: dict[str, Patient]) -> None:
    for patient in lyon.values():
        for response in await queries.list_responses_of_patient(patient.id):
            if response.submitted_at is None:
                continue
            q, day = response.questionnaire, clock.day_in(ZONE, response.submitted_at)
            facts = await queries.facts_for(q, patient.id, day)
            walk = course(q, await queries.answers_of(response.id, q), facts)
            errors, warnings = standings(walk, gettext, "fr")
            assert (errors, warnings) == ([], []), f"{q.key} of {patient.full_name}"


async def one_alert_waits_and_one_was_taken_up(lyon: dict[str, Patient]) -> None:
    [waiting] = await list_open_alerts(await ines())
    assert (waiting.patient, waiting.flag) == (lyon["Benali"].id, "suicidal_thoughts")
    assert timedelta(minutes=38) < clock.now() - waiting.raised_at < timedelta(minutes=60)
    [former] = await alerts_of_patient(lyon["Lambert"].id)
    assert former.acknowledged_by == (await ines()).id


async def every_state_of_an_assignment_can_be_seen(lyon: dict[str, Patient]) -> None:
    today = clock.day_in(ZONE, clock.now())
    found: Counter[str] = Counter()
    for name in ("Lambert", "Clarke", "Martin", "Haddad"):
        for one in await list_of_patient(lyon[name].id):
            found[f"{name} {one.state if not one.waiting else timing(one, today)}"] += 1
            if one.state is State.IN_PROGRESS:
                draft = await queries.answers_of(one.response or one.id)
                found[f"{name} draft of {one.questionnaire}"] = len(draft.stamps)
    assert found[f"Lambert {Timing.OVERDUE}"] == 1
    assert found[f"Lambert {Timing.SOON}"] == 1
    assert found[f"Lambert {Timing.LATER}"] == 1
    assert found["Clarke draft of social"] == 30
    assert found[f"Martin {Timing.OPEN}"] == 1
    assert [name for name in found if name.startswith("Haddad")] == []


async def claire_answers_for_two_children_and_sylvie_is_paused(lyon: dict[str, Patient]) -> None:
    claire, sylvie = [await account_of(one) for one in ("claire.martin@example.org", "sylvie.vasseur@example.org")]
    links = await db.fetch("SELECT patient, relationship FROM patient_link WHERE account = $1", claire)
    children = {lyon["Martin"].id, lyon["Martin, Noé"].id}
    assert {tuple(link) for link in links} == {(child, "mother") for child in children}
    [standing] = await standing_of(await list_links_of_account(sylvie), clock.day_in(ZONE, clock.now()))
    assert (standing.holds, standing.paused) == (True, True)
    assert await db.fetch_value("SELECT patient FROM patient_invitation") == lyon["Vasseur"].id


async def nobody_of_brest_is_in_the_list_of_lyon(lyon: dict[str, Patient]) -> None:
    assert len(lyon) == 31
    assert {"Le Goff", "Kerjean"} & set(lyon) == set()


def test_the_demonstration_is_refused_elsewhere(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo_load(None) == 1  # type: ignore[arg-type]
    assert "COHORTE_ENV=demo" in capsys.readouterr().out


async def every_kind_of_account_is_there_and_some_are_on_the_way(lyon: dict[str, Patient]) -> None:
    waiting = "SELECT account FROM membership_request WHERE decided_at IS NULL"
    invited = "SELECT count(*) FROM invitation i JOIN organisation o ON o.id = i.organisation AND o.code = 'LYO'"
    assert await db.fetch_value(waiting) == await account_of("lucie.blanc@example.org")
    assert await db.fetch_value(invited) == 1
    kind = "SELECT kind FROM account WHERE id = $1"
    assert await db.fetch_value(kind, await account_of("sacha.vidal@example.org")) == "superadmin"
    role = "SELECT role FROM membership WHERE account = $1"
    assert await db.fetch_value(role, await account_of("odile.garnier@example.org")) == "administrator"


async def test_the_demonstration_is_whole(lyon: dict[str, Patient]) -> None:
    """Loading takes seconds, so one load is looked at from every side."""
    await scores_are_those_of_the_answers(lyon)
    await everything_sent_could_have_been_sent_from_the_page(lyon)
    await one_alert_waits_and_one_was_taken_up(lyon)
    await every_state_of_an_assignment_can_be_seen(lyon)
    await claire_answers_for_two_children_and_sylvie_is_paused(lyon)
    await nobody_of_brest_is_in_the_list_of_lyon(lyon)
    await every_kind_of_account_is_there_and_some_are_on_the_way(lyon)
