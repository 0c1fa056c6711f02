"""The page of rights says what the policy does: every tick, every word in both languages, every reach."""

from itertools import product
from uuid import UUID

import pytest

from app.access.policy import (
    ADMINISTERING,
    GRANTS,
    NEEDS_TRAINING,
    Actor,
    Lent,
    Permission,
    Role,
    Scope,
    allows,
    permissions_of,
)
from app.administration import permission_wording as wording
from app.administration.permissions import GROUPS, Column, FreshProof, Reach, reach
from app.lib import i18n

ME, OTHER, HERE, ELSEWHERE, PATIENT, STRANGER, VISIT = (UUID(int=n) for n in range(1, 8))


def granted(column: Column) -> frozenset[Permission]:
    return ADMINISTERING if column is Column.ADMINISTERS else GRANTS[Role(column.value)]


@pytest.fixture
async def page(browser_for):
    return await browser_for("sacha").page("/permissions")


@pytest.mark.capability("E8")
@pytest.mark.capability("T21")
async def test_the_ticks_are_the_grants(page):
    shown = {
        column: frozenset(
            Permission(row["data-permission"])
            for row in page.select("tr[data-permission]")
            if row.select_one(f"td[data-column={column}] svg") is not None
        )
        for column in Column
    }
    assert shown == {column: granted(column) for column in Column}


async def test_marks_are_those_of_the_policy_and_of_the_pages(page):
    trained = {
        row["data-permission"] for row in page.select("tr[data-permission]") if "Training" in row.th.text.split("·")[-1]
    }
    fresh = {
        row["data-permission"]: row.th.text
        for row in page.select("tr[data-permission]")
        if "Fresh proof" in row.th.text
    }

    assert trained == {permission.value for permission in NEEDS_TRAINING}
    assert "identity:open" in fresh
    assert "for changes" in fresh["invitation:manage"]
    assert "patient:read" not in fresh


def test_every_permission_and_every_role_is_on_the_page():
    listed = [permission for permissions in GROUPS.values() for permission in permissions]
    assert sorted(listed) == sorted(Permission)
    assert {column.value for column in Column} == {role.value for role in Role} | {"administers"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_has_words_of_its_own(language):
    token = i18n.locale.set(language)
    try:
        words = [wording.permission_words(one) for one in Permission]
        words += [wording.column_words(one) for one in Column]
        words += [wording.reach_words(one) for one in Reach]
        words += [wording.group_words(one) for one in GROUPS]
        words += [wording.fresh_words(one) for one in FreshProof if one]
    finally:
        i18n.locale.reset(token)
    assert all(words)
    assert len(set(words)) == len(words)


CELLS = [(column, permission) for column, permission in product(Column, Permission) if permission in granted(column)]


def actor_of(column: Column) -> Actor:
    if column is Column.ADMINISTERS:
        return Actor(ME, Role.PRACTITIONER, organisation=HERE, administers=True)
    role = Role(column.value)
    if role is Role.TABLET:
        return Actor(ME, role, organisation=HERE, lent=Lent(OTHER, VISIT, "patient"))
    centre = None if role in {Role.PATIENT, Role.SUPERADMIN, Role.WAITING} else HERE
    patients = frozenset({PATIENT}) if role is Role.PATIENT else frozenset()
    return Actor(ME, role, organisation=centre, patients=patients)


@pytest.mark.parametrize(("column", "permission"), CELLS, ids=lambda one: str(one))
def test_a_cell_reaches_as_far_as_the_guard_lets_it(column, permission):
    """What is within reach is allowed; what lies just beyond it is not."""
    actor, far = actor_of(column), reach(column, permission)
    assert permission in permissions_of(actor)
    within = {
        Reach.OWN_ACCOUNT: (Scope(None, account=ME), Scope(None, account=OTHER)),
        Reach.OWN_ANSWERS: (Scope(PATIENT, frozenset({HERE})), Scope(STRANGER, frozenset({HERE}))),
        Reach.ONE_VISIT: (
            Scope(PATIENT, frozenset({HERE}), "patient", visits=frozenset({VISIT})),
            Scope(PATIENT, frozenset({HERE}), "patient", visits=frozenset({OTHER})),
        ),
        Reach.FOLLOWED: (Scope(PATIENT, frozenset({HERE})), Scope(PATIENT, frozenset({ELSEWHERE}))),
        Reach.OWN_CENTRE: (Scope(None, frozenset({HERE})), Scope(None, frozenset({ELSEWHERE}))),
        Reach.NETWORK: (Scope(None, frozenset({ELSEWHERE})), Scope(PATIENT, frozenset({HERE}))),
        Reach.CODES: (Scope(None), Scope(PATIENT, frozenset({HERE}))),
        Reach.WITH_REASON: (Scope(None), Scope(PATIENT, frozenset({HERE}))),
    }
    if far is Reach.ALL:
        return
    near, beyond = within[far]
    assert allows(actor, permission, near)
    assert not allows(actor, permission, beyond)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ines", 200), ("hugo", 200), ("lucie", 200), ("odile", 200), ("sacha", 200), ("paul", 403), ("victor", 303)],
)
async def test_who_reads_it(browser_for, who, status):
    assert (await browser_for(who).get("/permissions")).status_code == status
