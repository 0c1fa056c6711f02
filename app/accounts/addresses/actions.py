"""Changing where an account is reached: a code goes to the new address, and the former one is told."""

from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from app.access.policy import Actor
from app.accounts import queries as accounts
from app.accounts import tokens
from app.accounts.actions.notices import tell_owner
from app.accounts.addresses import queries
from app.accounts.addresses.model import BETWEEN, LASTS, TRIES, Change, Fault, Way
from app.accounts.notices import Notice
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import send_letter, send_text
from app.channels.model import Purpose
from app.channels.rendering import code_text, letter, text_message
from app.lib import jobs, throttle
from app.lib.crypto import PersonKey
from app.lib.db import Row, execute, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.origin import origin

# A code costs its receiver's patience, and as a text message money; and whoever holds several accounts could have many
# strangers written to.
CHANGES = throttle.Limit("address_change", 6, timedelta(hours=1))
FROM_ONE_PLACE = throttle.Limit("address_change_from", 30, timedelta(hours=1))

SEND_CODE = jobs.Job("accounts:send_address_code", queue="mail")
TELL_FORMER = jobs.Job("accounts:tell_former_address", queue="mail")

INSERT = """
INSERT INTO address_change (id, account, kind, value, value_hash, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
END_FORMER = "UPDATE address_change SET used_at = $3 WHERE account = $1 AND kind = $2 AND used_at IS NULL"
# A code that went to the former address opens nothing any more.
END_ATTEMPTS = "UPDATE sign_in_attempt SET used_at = $2 WHERE account = $1 AND used_at IS NULL"
NEW_EMAIL = "UPDATE account SET email = $2, email_hash = $3, email_verified_at = $4 WHERE id = $1"
NEW_PHONE = "UPDATE account SET phone = $2, phone_verified_at = $3 WHERE id = $1"


async def start_change(by: Actor, way: Way, value: str, *, at: datetime) -> Problem | Fault | None:
    """Have a code sent to a new address. An address that has an account takes the same steps."""
    async with transaction():
        row = await accounts.lock_account(by.id)
        if row is None:
            raise Refused("account.closed")
        key = ring().open(row["data_key"], by.id)
        if value == key.open_or_empty(row[way], by.id, f"account.{way}") and row[f"{way}_verified_at"]:
            return Fault.SAME_EMAIL if way is Way.EMAIL else Fault.SAME_PHONE
        problem, waits = await _too_much(by, way, value, at)
        if problem is not None or waits:
            return problem
        await execute(END_FORMER, by.id, way.value, at)
        change = new_id()
        sealed = key.seal(value, change, "address_change.value")
        await execute(INSERT, change, by.id, way.value, sealed, queries.value_hash(way, value), at, at + LASTS)
        await jobs.defer(SEND_CODE, change=str(change))
        await audit.record(audit.Action.ADDRESS_CHANGE_STARTED, by=by.id, at=at, subject=by.id, way=way)
    return None


async def _too_much(by: Actor, way: Way, value: str, at: datetime) -> tuple[Problem | None, bool]:
    """Why no other code is sent now; and whether one for this very address is on its way, as after a double click."""
    waiting = await queries.find_waiting(by.id, way, at)
    if waiting is not None and at - waiting.created_at < BETWEEN:
        return (None, True) if waiting.value == value else (Problem.TOO_SOON, False)
    allowed = await throttle.within(CHANGES, str(by.id), at)
    return (
        None if allowed and await throttle.within(FROM_ONE_PLACE, origin.get().address, at) else Problem.TOO_MANY_CODES
    ), False


async def send_again(by: Actor, waiting: Change, *, at: datetime) -> Problem | Fault | None:
    """The code did not come: another one, to the same address, in place of the first."""
    async with transaction():
        if at - waiting.created_at < BETWEEN:
            return Problem.TOO_SOON
        await audit.record(
            audit.Action.ADDRESS_CHANGE_STARTED, by=by.id, at=at, subject=by.id, way=waiting.way, again=1
        )
        return await start_change(by, waiting.way, waiting.value, at=at)


async def send_code(change: UUID, *, at: datetime) -> None:
    """Make the code of a change and send it. A second run sends a fresh one; the former stops working.

    Whoever has an account at that address is told instead that somebody tried, and no code will do.
    """
    async with transaction():
        row = await queries.lock_change(change)
        if row is None or row["used_at"] is not None or at >= row["valid_until"]:
            return
        await audit.record(
            audit.Action.ADDRESS_CHANGE_STARTED, by=audit.WORKER, at=at, subject=row["account"], step="code"
        )
        holder = await accounts.find_account_by_email(row["value_hash"]) if row["kind"] == Way.EMAIL else None
        if holder is not None:
            await tell_owner(holder["id"], Notice.ADDRESS_KNOWN, at=at)
            return
        code = tokens.new_code()
        await execute(
            "UPDATE address_change SET code_hash = $2, code_sent_at = $3 WHERE id = $1",
            change,
            _code_hash(change, code),
            at,
        )
        # Sent before the commit: if the server refuses, nothing changed and the job comes back.
        await _hand_over(row, code, at)


async def _hand_over(row: Row, code: str, at: datetime) -> None:
    key = ring().open(row["data_key"], row["account"])
    to = key.open(row["value"], row["id"], "address_change.value")
    purpose = Purpose("address_code", row["account"], row["id"])
    if row["kind"] == Way.EMAIL:
        await send_letter(to, letter("accounts/mail_address_code", row["language"], code=code), purpose, at=at)
    else:
        await send_text(to, code_text(row["language"], code), purpose, at=at)


def _code_hash(change: UUID, code: str) -> bytes:
    return ring().lookup("address_code", f"{change}:{code}")


async def complete_change(by: Actor, way: Way, code: str, *, at: datetime) -> Problem | None:
    """The right code makes the new address the account's; the former one is told."""
    async with transaction():
        row = await queries.lock_waiting(by.id, way, at)
        if row is None:
            return Problem.CODE_TOO_OLD
        if row["failures"] >= TRIES:
            return Problem.TOO_MANY_TRIES
        if not await _is_right(row, code):
            await execute("UPDATE address_change SET failures = failures + 1 WHERE id = $1", row["id"])
            return Problem.CODE_WRONG
        former = await _replace(row, way, at)
        await execute("UPDATE address_change SET used_at = $2, former = $3 WHERE id = $1", row["id"], at, former)
        await execute(END_ATTEMPTS, by.id, at)
        await audit.record(audit.Action.ADDRESS_CHANGED, by=by.id, at=at, subject=by.id, way=way)
        await tell_owner(by.id, Notice.ADDRESS_CHANGED, at=at)
        if former is not None:
            await jobs.defer(TELL_FORMER, change=str(row["id"]))
    return None


async def _is_right(row: Row, code: str) -> bool:
    if row["code_hash"] is None or not compare_digest(row["code_hash"], _code_hash(row["id"], code)):
        return False
    # Somebody else may have opened an account there since the code was sent.
    return row["kind"] != Way.EMAIL or await accounts.find_account_by_email(row["value_hash"]) is None


async def _replace(row: Row, way: Way, at: datetime) -> bytes | None:
    """Write the new address into the account; the former one, sealed for the letter that it is still owed."""
    account = await accounts.lock_account(row["account"])
    if account is None:
        raise Refused("account.closed")
    owner, key = row["account"], ring().open(account["data_key"], row["account"])
    value = key.open(row["value"], row["id"], "address_change.value")
    sealed = key.seal(value, owner, f"account.{way}")
    if way is Way.EMAIL:
        await execute(NEW_EMAIL, owner, sealed, row["value_hash"], at)
    else:
        await execute(NEW_PHONE, owner, sealed, at)
    return _former(account, way, row["id"], key)


def _former(account: Row, way: Way, change: UUID, key: PersonKey) -> bytes | None:
    if account[way] is None or (way is Way.PHONE and account["phone_verified_at"] is None):
        return None  # a number that nobody proved may be a stranger's
    return key.seal(key.open(account[way], account["id"], f"account.{way}"), change, "address_change.former")


async def tell_former(change: UUID, *, at: datetime) -> None:
    """Write to the address that was left, and forget it."""
    async with transaction():
        row = await queries.lock_change(change)
        if row is None or row["former"] is None:
            return
        await execute("UPDATE address_change SET former = NULL WHERE id = $1", change)
        await audit.record(
            audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=row["account"], notice="former_address"
        )
        to = ring().open(row["data_key"], row["account"]).open(row["former"], change, "address_change.former")
        purpose = Purpose("notice:former_address", row["account"], change)
        if row["kind"] == Way.EMAIL:
            written = letter("accounts/mail_address_former", row["language"], happened_at=row["used_at"])
            await send_letter(to, written, purpose, at=at)
        elif sms_available():
            await send_text(to, text_message("accounts/text_address_former", row["language"]), purpose, at=at)


async def remove_phone(by: Actor, *, at: datetime) -> None:
    """No text messages from now on."""
    async with transaction():
        tag = await execute(
            "UPDATE account SET phone = NULL, phone_verified_at = NULL WHERE id = $1 AND phone IS NOT NULL", by.id
        )
        await execute(END_FORMER, by.id, Way.PHONE.value, at)
        if tag != "UPDATE 0":
            await execute(END_ATTEMPTS, by.id, at)
            await audit.record(audit.Action.ADDRESS_CHANGED, by=by.id, at=at, subject=by.id, way=Way.PHONE, removed=1)
            await tell_owner(by.id, Notice.ADDRESS_CHANGED, at=at)


async def forget_changes(*, before: datetime, at: datetime) -> None:
    """Remove changes that ended before then, completed or not."""
    async with transaction():
        tag = await execute("DELETE FROM address_change WHERE valid_until < $1", before)
        if tag != "DELETE 0":
            removed = tag.removeprefix("DELETE ")
            await audit.record(
                audit.Action.SIGN_INS_FORGOTTEN, by=audit.WORKER, at=at, subject=audit.WORKER, changes=removed
            )
