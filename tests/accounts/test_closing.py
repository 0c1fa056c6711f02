"""What ends with an account: every way in, what waits for a decision, and what it was let see."""

from datetime import date, timedelta

import pytest

from app.accounts.actions.opening import close_account, create_account
from app.accounts.actions.places import add_membership
from app.accounts.model import Kind, NewAccount, NewPlace
from app.accounts.oidc import actions as outside
from app.accounts.oidc.model import OidcProblem
from app.accounts.oidc.queries import rpps_hash
from app.accounts.own.queries import get_profile
from app.accounts.places.actions import request_place
from app.accounts.places.model import Wish
from app.accounts.recovery.actions import make_recovery_codes
from app.accounts.resets.actions import ask_for_reset
from app.accounts.resets.model import NewReset
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import execute, fetch_row, fetch_value
from app.lib.ids import new_id
from app.lib.openid import Vouched

pytestmark = pytest.mark.usefixtures("db")

HERE = Vouched("https://idp.example", "tom-there", True, "10001234567")


async def namesake(people, *, rpps: bool = False):
    """Another account in Lyon, perhaps with the number that the provider vouches for."""
    new = NewAccount(kind=Kind.PROFESSIONAL, email="tom2@example.org", given_name="Tom", family_name="Faure")
    account = await create_account(NOBODY, new, at=clock.now())
    await add_membership(NOBODY, account, NewPlace(people.lyon, "nurse"), since=date(2025, 1, 1), at=clock.now())
    if rpps:
        await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", account, rpps_hash(HERE.rpps))
    return account


async def test_nothing_that_opened_a_closed_account_is_left(people):
    tom, at = people["tom"], clock.now()
    await make_recovery_codes(tom.actor, at=at)
    await outside.link_identity(tom.account, HERE, at=at)
    passkey = "INSERT INTO passkey (id, account, credential_id, public_key, name, created_at)"
    await execute(f"{passkey} VALUES ($1, $2, 'x', '', '', now())", new_id(), tom.account)

    await close_account(people["sacha"].account, tom.account, at=at)

    await execute("UPDATE account SET closed_at = NULL WHERE id = $1", tom.account)  # what would come back with it
    found = await get_profile(tom.account, at)
    assert (found.has_password, found.has_authenticator) == (False, False)
    assert (found.passkeys, found.recovery_codes, found.identities, found.sessions) == (0, 0, 0, 0)


async def test_what_waited_for_a_decision_is_decided(people):
    at, sacha = clock.now(), people["sacha"].account
    request = await request_place(people["lucie"].account, Wish("nurse", people.lyon), at=at)
    reset = await ask_for_reset(people["sacha"].actor, NewReset(people["lucie"].account, "x" * 20), at=at)

    await close_account(sacha, people["lucie"].account, at=at)

    decided = await fetch_row("SELECT decided_by, decided_at FROM membership_request WHERE id = $1", request)
    refused = await fetch_row("SELECT refused_by, refused_at FROM account_reset WHERE id = $1", reset)
    assert tuple(decided.values()) == tuple(refused.values()) == (sacha, at)


async def test_an_identity_that_was_opened_is_closed_again(people):
    at, nour = clock.now(), people["nour"].account
    opened = new_id()
    columns = "id, account, patient, reason, opened_at, valid_until"
    await execute(
        f"INSERT INTO break_glass ({columns}) VALUES ($1, $2, $3, '', $4, $5)",
        opened,
        nour,
        people.paul_patient,
        at,
        at + timedelta(minutes=15),
    )

    await close_account(people["sacha"].account, nour, at=at)

    assert await fetch_value("SELECT valid_until FROM break_glass WHERE id = $1", opened) == at


async def test_the_identity_of_a_closed_account_opens_a_new_one(people):
    at = clock.now()
    await outside.link_identity(people["tom"].account, HERE, at=at)
    await close_account(NOBODY, people["tom"].account, at=at)

    new = await namesake(people)

    assert await outside.link_identity(new, HERE, at=at) is None
    assert (await outside.sign_in(HERE, None, at=at)).account == new


@pytest.mark.parametrize("way", ["by its owner", "by number"])
async def test_what_a_closed_account_kept_bars_nobody(people, way):
    """As accounts were closed before their identities were let go."""
    at = clock.now()
    await outside.link_identity(people["tom"].account, HERE, at=at)
    await execute("UPDATE account SET closed_at = now() WHERE id = $1", people["tom"].account)
    new = await namesake(people, rpps=True)

    if way == "by its owner":
        assert await outside.link_identity(new, HERE, at=at) is None

    assert (await outside.sign_in(HERE, None, at=at)).account == new


async def test_an_identity_of_somebody_else_is_not_taken_by_number(people):
    at = clock.now()
    await outside.link_identity(people["tom"].account, HERE, at=at)
    await execute("UPDATE account SET kind = 'patient' WHERE id = $1", people["tom"].account)
    await namesake(people, rpps=True)

    assert await outside.sign_in(HERE, None, at=at) is OidcProblem.UNKNOWN
