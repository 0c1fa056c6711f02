"""Bringing a database to the newest schema, and giving the application's role what it may do. Run as the owner."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from app.settings import Settings

FOLDER = Path(__file__).parents[2] / "piccolo_migrations"
LOCK = 0x636F686F727465  # "cohorte": one migrator at a time

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_chain, answer_history FROM {role};
REVOKE INSERT ON answer_history FROM {role};
REVOKE DELETE, TRUNCATE ON adverse_effect_history, contact_history, file_history, lab_report_history, lab_result,
    patient_identity_history, prescription_history FROM {role};
REVOKE INSERT, UPDATE, DELETE ON migration FROM {role};
"""

# The rights are given in one go: where one table lacks them, or keeps what is taken back last, none were.
RIGHTS_MISSING = """
SELECT has_table_privilege($1::name, 'audit_event', 'UPDATE') OR EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT has_table_privilege($1::name, c.oid, 'SELECT'))
"""


def newest() -> str:
    """The id of the last migration in the folder."""
    last = max(FOLDER.glob("app_*.py"))
    found = re.search(r'^ID = "(.+)"$', last.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{last.name} has no ID line")
    return found[1]


async def applied(link: asyncpg.Connection) -> str | None:
    """The id of the last migration that ran in this database; None in an empty one."""
    if await link.fetchval("SELECT to_regclass('public.migration')") is None:
        return None
    found: str | None = await link.fetchval("SELECT max(name) FROM migration WHERE app_name = 'app'")
    return found


def role_of(url: str) -> str | None:
    """The role a database address signs in as."""
    parts = urlsplit(url)
    return unquote(parts.username) if parts.username else next(iter(parse_qs(parts.query).get("user", [])), None)


async def migrate(settings: Settings) -> bool:
    """Run what is missing, also the rights if a former run broke off before them; whether a migration ran.

    Two at once wait for each other.
    """
    link = await asyncpg.connect(settings.migration_database_url)
    try:
        if await applied(link) == newest() and not await lacks_rights(link, settings):
            return False
        await link.execute("SET lock_timeout = '10s'")
        await link.execute("SELECT pg_advisory_lock($1)", LOCK)
        old = await applied(link) != newest()
        if old:
            await _run_forwards(settings)
        await grant(link, settings)
        return old
    finally:
        await link.close()


def granted_role(settings: Settings) -> str | None:
    """The application's role; None where one role does both."""
    role = role_of(settings.database_url)
    return None if role == role_of(settings.migration_database_url) else role


async def lacks_rights(link: asyncpg.Connection, settings: Settings) -> bool:
    """Whether the application's role was not given its rights on what is there."""
    role = granted_role(settings)
    return role is not None and bool(await link.fetchval(RIGHTS_MISSING, role))


async def grant(link: asyncpg.Connection, settings: Settings) -> None:
    """Give the application's role its rights."""
    role = granted_role(settings)
    if role is None:
        return
    quoted = await link.fetchval("SELECT quote_ident($1)", role)
    await link.execute(GRANTS.format(role=quoted))


async def _run_forwards(settings: Settings) -> None:
    # Imported here: Piccolo's command line is slow to load and only needed when something is to be done.
    from piccolo.apps.migrations.commands.forwards import run_forwards  # noqa: PLC0415

    from app.lib.db import DB  # noqa: PLC0415

    os.environ["PICCOLO_CONF"] = "app.piccolo_conf"  # noqa: TID251 - the one way to tell Piccolo
    own = DB.config["dsn"]
    DB.config["dsn"] = settings.migration_database_url
    DB.config["server_settings"] = {"lock_timeout": "10s", "statement_timeout": "10min"}
    try:
        result = await run_forwards(app_name="app")
    finally:
        DB.config["dsn"] = own
        del DB.config["server_settings"]
    if not result.success:
        raise RuntimeError(result.message or "the migrations did not run")
