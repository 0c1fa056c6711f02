"""A database of each landed version, with people in it, runs forward and loses nobody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from app.lib.db import fetch, fetch_row
from app.lib.ids import new_id
from app.lib.migrations import migrate, newest
from app.lib.postgres import APP, OWNER, Postgres
from app.settings import settings
from tests.live import run, speaking_to

# The last migration of each version that was ever released, the oldest first.
LANDED = ["2026-11-22T02:10:00:000000", "2026-11-22T05:00:00:000000", "2026-11-22T08:66:00:000000"]
ANNE, PAUL, CENTRE, PLACE, EVENT, RECORD, TWIN, LATER = (new_id() for _ in range(8))
IDS = {
    "anne": ANNE,
    "paul": PAUL,
    "centre": CENTRE,
    "place": PLACE,
    "event": EVENT,
    "record": RECORD,
    "twin": TWIN,
    "later": LATER,
    "answered": new_id(),
}

CENTRES = """
INSERT INTO organisation (id, code, name, city, created_at) VALUES (%(centre)s, 'LYO', 'Lyon', 'Lyon', now());
"""
WITHHELD = ["genetics", "research"]
ROOTS = """
SELECT array_agg(s.root) AS roots FROM patient_link l JOIN patient_scope s ON s.patient = l.patient WHERE l.account = $1
"""
# Accounts as they have looked since they hold people of every kind.
OF_EVERY_KIND = """
INSERT INTO account (id, kind, data_key, email_hash, email, given_name, family_name, created_at, trained_until)
VALUES (%(anne)s, 'professional', 'k', 'anne', 'e', 'g', 'f', '2026-01-05', current_date + 30),
       (%(paul)s, 'patient', 'k', 'paul', 'e', 'g', 'f', '2026-01-06', NULL);
"""
# How accounts looked then.
ACCOUNTS = {
    "2026-11-22T02:10:00:000000": """
INSERT INTO account (id, role, data_key, email_hash, email, given_name, family_name, created_at)
VALUES (%(anne)s, 'practitioner', 'k', 'anne', 'e', 'g', 'f', '2026-01-05'),
       (%(paul)s, 'patient', 'k', 'paul', 'e', 'g', 'f', '2026-01-06');
""",
    "2026-11-22T05:00:00:000000": OF_EVERY_KIND,
    "2026-11-22T08:66:00:000000": OF_EVERY_KIND,
}
# Somebody who had two records, and somebody who came later.
RECORDS = """
INSERT INTO patient (id, code, data_key, given_names, family_name, birth_date, sex, created_at, merged_into)
VALUES (%(record)s, 'A', 'k', 'g', 'f', 'b', 'male', '2026-01-06', NULL),
       (%(twin)s, 'B', 'k', 'g', 'f', 'b', 'male', '2026-01-07', %(record)s),
       (%(later)s, 'C', 'k', 'g', 'f', 'b', 'female', '2026-01-08', NULL);
INSERT INTO affiliation (id, patient, organisation, valid_from)
SELECT gen_random_uuid(), id, %(centre)s, '2026-01-06' FROM patient;
"""
# The same, once a record knew which one stands for its person, and a centre when it last saw them.
ROOTED = """
INSERT INTO patient (id, code, data_key, given_names, family_name, birth_date, sex, created_at, merged_into, root)
VALUES (%(record)s, 'A', 'k', 'g', 'f', 'b', 'male', '2026-01-06', NULL, %(record)s),
       (%(twin)s, 'B', 'k', 'g', 'f', 'b', 'male', '2026-01-07', %(record)s, %(record)s),
       (%(later)s, 'C', 'k', 'g', 'f', 'b', 'female', '2026-01-08', NULL, %(later)s);
INSERT INTO affiliation (id, patient, organisation, valid_from, active_at)
SELECT gen_random_uuid(), id, %(centre)s, '2026-01-06', CASE code WHEN 'A' THEN '2026-03-01' ELSE created_at END
FROM patient;
"""
OF_RECORDS = dict.fromkeys(LANDED[:2], RECORDS) | {LANDED[2]: ROOTED}
PEOPLE = """
INSERT INTO patient_link (id, account, patient, relationship, valid_from)
VALUES (gen_random_uuid(), %(paul)s, %(twin)s, 'self', '2026-01-06');
INSERT INTO response (id, patient, questionnaire, version, answered_by, language, author, organisation, opened_at)
VALUES (%(answered)s, %(record)s, 'phq9', '1.0.0', 'patient', 'fr', %(paul)s, %(centre)s, '2026-03-01');
INSERT INTO membership (id, account, organisation, profession, role, valid_from)
VALUES (%(place)s, %(anne)s, %(centre)s, 'nurse', 'practitioner', '2026-01-05');
INSERT INTO audit_event (id, at, actor, action, subject, details, content_hash)
VALUES (%(event)s, now(), %(anne)s, 'account.created', %(paul)s, '{}', 'hash');
"""


@contextmanager
def scratch(server: Postgres, name: str) -> Iterator[None]:
    """A database of its own, which this process speaks to as its owner meanwhile."""
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        with speaking_to(server.dsn(OWNER, name)):
            yield
    finally:
        with psycopg.connect(server.admin_dsn, autocommit=True) as link:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _forward_to(migration: str) -> None:
    from piccolo.apps.migrations.commands.forwards import run_forwards

    os.environ["PICCOLO_CONF"] = "app.piccolo_conf"
    assert (await run_forwards(app_name="app", migration_id=migration)).success


async def _found() -> dict[str, Any]:
    accounts = await fetch("SELECT id, kind, trained_until > current_date AS trained FROM account")
    place = await fetch_row("SELECT role, administers FROM membership WHERE id = $1", PLACE)
    records = await fetch("SELECT id, root, merged_into, withheld FROM patient")
    active = await fetch("SELECT patient, active_at FROM affiliation")
    linked = await fetch_row(ROOTS, PAUL)
    event = await fetch_row("SELECT version, role, request FROM audit_event WHERE id = $1", EVENT)
    assert place is not None
    assert event is not None
    return {
        "kinds": {row["id"]: (row["kind"], row["trained"]) for row in accounts},
        "place": tuple(place),
        "event": tuple(event),
        "records": {row["id"]: (row["root"], row["merged_into"], row["withheld"]) for row in records},
        "active": {row["patient"]: row["active_at"].date().isoformat() for row in active},
        "patients": set(linked["roots"]) if linked else set(),
    }


@pytest.mark.parametrize("landed", LANDED)
def test_a_database_of_before_runs_forward(server, database, landed):
    with scratch(server, "cohorte_before"):
        run(_forward_to(landed))
        with psycopg.connect(server.dsn(OWNER, "cohorte_before")) as link:
            for statement in (CENTRES + ACCOUNTS[landed] + OF_RECORDS[landed] + PEOPLE).strip().split(";\n"):
                link.execute(statement, IDS)

        owner, app = server.dsn(OWNER, "cohorte_before"), server.dsn(APP, "cohorte_before")
        assert run(migrate(replace(settings(), database_url=app, migration_database_url=owner)))

        assert run(_found()) == {
            "kinds": {ANNE: ("professional", True), PAUL: ("patient", None)},
            "place": ("practitioner", False),
            "event": (1, None, None),
            "records": {
                RECORD: (RECORD, None, WITHHELD),
                TWIN: (RECORD, RECORD, WITHHELD),
                LATER: (LATER, None, WITHHELD),
            },
            "active": {RECORD: "2026-03-01", TWIN: "2026-01-07", LATER: "2026-01-08"},
            "patients": {RECORD},
        }


def test_the_landed_versions_are_older_than_the_newest():
    assert sorted(LANDED) == LANDED
    assert max(LANDED) < newest()
