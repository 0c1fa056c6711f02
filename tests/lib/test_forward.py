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
LANDED = ["2026-11-22T02:10:00:000000"]
ANNE, PAUL, CENTRE, PLACE, EVENT = (new_id() for _ in range(5))

PEOPLE = """
INSERT INTO organisation (id, code, name, city, created_at) VALUES (%(centre)s, 'LYO', 'Lyon', 'Lyon', now());
INSERT INTO account (id, role, data_key, email_hash, email, given_name, family_name, created_at)
VALUES (%(anne)s, 'practitioner', 'k', 'anne', 'e', 'g', 'f', '2026-01-05'),
       (%(paul)s, 'patient', 'k', 'paul', 'e', 'g', 'f', '2026-01-06');
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
    event = await fetch_row("SELECT version, role, request FROM audit_event WHERE id = $1", EVENT)
    assert place is not None
    assert event is not None
    return {
        "kinds": {row["id"]: (row["kind"], row["trained"]) for row in accounts},
        "place": tuple(place),
        "event": tuple(event),
    }


@pytest.mark.parametrize("landed", LANDED)
def test_a_database_of_before_runs_forward(server, database, landed):
    with scratch(server, "cohorte_before"):
        run(_forward_to(landed))
        with psycopg.connect(server.dsn(OWNER, "cohorte_before")) as link:
            values = {"anne": ANNE, "paul": PAUL, "centre": CENTRE, "place": PLACE, "event": EVENT}
            for statement in PEOPLE.strip().split(";\n"):
                link.execute(statement, values)

        owner, app = server.dsn(OWNER, "cohorte_before"), server.dsn(APP, "cohorte_before")
        assert run(migrate(replace(settings(), database_url=app, migration_database_url=owner)))

        assert run(_found()) == {
            "kinds": {ANNE: ("professional", True), PAUL: ("patient", None)},
            "place": ("practitioner", False),
            "event": (1, None, None),
        }


def test_the_landed_versions_are_older_than_the_newest():
    assert sorted(LANDED) == LANDED
    assert max(LANDED) < newest()
