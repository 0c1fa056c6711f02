"""`cohorte migrate`, `cohorte demo load`, `cohorte check-config`: what is done to a database from outside."""

import argparse
import asyncio
from typing import Any

LEAST_POSTGRES = 150000


def add_commands(commands: Any) -> None:
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=run_migrate)
    demo = commands.add_parser("demo", help="the demonstration data")
    verbs = demo.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("load", help="load them; nothing happens where they are").set_defaults(run=run_demo_load)
    check = commands.add_parser("check-config", help="say what is wrong with the settings")
    check.set_defaults(run=run_check_config)


def run_migrate(_arguments: argparse.Namespace) -> int:
    from app.lib.migrations import migrate
    from app.settings import settings

    ran = asyncio.run(migrate(settings()))
    print("Migrated to the newest schema." if ran else "The schema is the newest.")
    return 0


def run_demo_load(_arguments: argparse.Namespace) -> int:
    from app.settings import settings

    if not settings().demo:
        print("Demonstration data are for COHORTE_ENV=demo alone.")
        return 1
    print("Loaded the demonstration data." if asyncio.run(_load_demo()) else "The demonstration data are there.")
    return 0


async def _load_demo() -> bool:
    """The drugs first: what is prescribed in the demonstration is among them."""
    from app.cli.drugs import import_shipped
    from app.demo.data import load

    await import_shipped()
    return await load()


def run_check_config(_arguments: argparse.Namespace) -> int:
    """Print every fault and its remedy; 0 when there is none."""
    from app.cli.storage import scanner_faults, storage_faults
    from app.settings import BadSettings, Environment, Settings

    try:
        found = Settings.from_env()
    except BadSettings as faults:
        print(faults)
        return 1
    production = found.environment is Environment.PRODUCTION
    lines = found.production_faults() if production else []
    lines += asyncio.run(_database_faults(found.database_url, production=production))
    lines += [*storage_faults(found), *scanner_faults(found)]
    if not lines:
        lines = asyncio.run(_keys_missing(found.database_url, set(found.identity_keys.wrapping)))
    print("\n".join(lines) or "The settings are good.")
    return 1 if lines else 0


async def _keys_missing(url: str, ring: set[str]) -> list[str]:
    """Which keys wrap rows and are not on the ring: what those rows hold would stay closed."""
    import asyncpg

    # Only now: what speaks to the database reads the settings, and does not load with unsafe ones.
    from app.lib.data_keys import COUNT, TABLES

    link = await asyncpg.connect(url, timeout=10)
    try:
        counts = [await link.fetch(COUNT.format(table=row["table_name"])) for row in await link.fetch(TABLES)]
    except asyncpg.InsufficientPrivilegeError:
        return ["DATABASE_URL names a role without rights on the tables: run `cohorte migrate`."]
    finally:
        await link.close()
    missing = {row["name"] for rows in counts for row in rows} - ring
    return [
        f"IDENTITY_KEYS lacks the key {name!r}, under which rows are sealed: put it back." for name in sorted(missing)
    ]


async def _database_faults(url: str, *, production: bool) -> list[str]:
    import asyncpg

    try:
        link = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as fault:
        return [f"DATABASE_URL cannot be reached: {fault}."]
    try:
        version, superuser, owns = await link.fetchrow(
            "SELECT current_setting('server_version_num')::int, rolsuper,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        unsafe = [
            f"PostgreSQL has {name}=off: an acknowledged answer could be lost."
            for name in ("fsync", "synchronous_commit")
            if await link.fetchval("SELECT current_setting($1)", name) == "off"
        ]
    finally:
        await link.close()
    faults = [f"PostgreSQL 15 or newer is needed; this is {version}."] if version < LEAST_POSTGRES else []
    if production and (superuser or owns):
        faults.append("DATABASE_URL must name a role that owns no table and is no superuser: see deploy/README.md.")
    return faults + (unsafe if production else [])
