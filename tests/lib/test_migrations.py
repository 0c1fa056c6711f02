"""Bringing a database to the newest schema, also after a run that broke off."""

import asyncpg
import pytest

from app.lib.migrations import GRANTS, lacks_rights, migrate, role_of
from app.settings import settings

MAY = "SELECT has_table_privilege($1::name, $2, $3)"


@pytest.fixture
async def owner(database):
    """The owner's connection; the application's role has its rights again afterwards."""
    link = await asyncpg.connect(settings().migration_database_url)
    yield link
    await link.execute(GRANTS.format(role=role_of(settings().database_url)))
    await link.close()


async def test_a_second_run_finds_nothing_to_do(owner):
    assert not await lacks_rights(owner, settings())
    assert not await migrate(settings())


@pytest.mark.parametrize(
    "left_behind",
    [
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "REVOKE ALL ON answer FROM {role}",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
    ],
    ids=["no table", "a table that came last", "nothing taken back"],
)
async def test_rights_that_a_broken_run_left_out_are_given(owner, left_behind):
    role = role_of(settings().database_url)
    await owner.execute(left_behind.format(role=role))

    ran = await migrate(settings())

    rights = [("answer", "INSERT"), ("audit_event", "INSERT"), ("audit_event", "UPDATE"), ("answer_history", "INSERT")]
    assert not ran
    assert [await owner.fetchval(MAY, role, *right) for right in rights] == [True, True, False, False]
