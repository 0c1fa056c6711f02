"""A reset, step by step: asked by one administrator, confirmed by another, used by the owner; or refused."""

import asyncio
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import passwords, tokens
from app.accounts import queries as accounts
from app.accounts.actions.notices import TEXT, tell_owner
from app.accounts.actions.ways_in import END_EVERY_WAY_IN
from app.accounts.judging import judged
from app.accounts.model import Kind
from app.accounts.notices import Notice
from app.accounts.problems import Problem
from app.accounts.resets import queries
from app.accounts.resets.hands import NEW_ADDRESS_WAITS
from app.accounts.resets.model import LINK_LASTS, WAITS_FOR_A_SECOND, Fault, NewReset, Reset
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import jobs
from app.lib.db import Row, execute, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.keys import ring
from app.settings import settings

MAIL_OBJECTION = jobs.Job("accounts:mail_reset_asked", queue="mail")
MAIL_LINK = jobs.Job("accounts:mail_reset_link", queue="mail")

INSERT = """
INSERT INTO account_reset (id, account, reason, email, asked_by, asked_at, valid_until, organisation)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REFUSE = "UPDATE account_reset SET refused_by = $2, refused_at = $3, token_hash = NULL WHERE id = $1"
CONFIRM = """
UPDATE account_reset SET confirmed_by = $2, confirmed_at = $3, valid_from = $4, valid_until = $5, token_hash = NULL
WHERE id = $1
"""
# One that another took the place of stops holding the former ways in back.
LIFT = """
UPDATE account_reset SET valid_until = $2
WHERE account = $1 AND refused_at IS NOT NULL AND refused_by IS NULL AND valid_until > $2
"""


async def ask_for_reset(by: Actor, new: NewReset, *, at: datetime) -> UUID | Fault:
    """The first administrator says how they checked who the person is. The owner is told at once."""
    async with transaction():
        account = await accounts.lock_account(new.account)
        if account is None:
            raise Refused("account.closed")
        _refuse_unfit(by, new.account, account["kind"])
        if new.email and not await _is_free(new.email, new.account):
            return Fault.EMAIL_UNUSABLE
        former = await queries.lock_open(new.account)
        if former is not None and former["confirmed_at"] is None and at < former["valid_until"]:
            return Fault.ALREADY_ASKED
        if former is not None:  # it ran out, or its link was lost
            await execute(REFUSE, former["id"], None, at)
        reset, key = new_id(), ring().open(account["data_key"], new.account)
        reason = key.seal(new.reason.strip(), reset, "account_reset.reason")
        email = key.seal(new.email, reset, "account_reset.email") if new.email else None
        values = (reset, new.account, reason, email, by.id, at, at + WAITS_FOR_A_SECOND)
        await execute(INSERT, *values, _acts_in(by))
        await jobs.defer(MAIL_OBJECTION, reset=str(reset))
        if sms_available():
            told = {"account": str(new.account), "notice": Notice.RESET_ASKED.value, "at": at.isoformat()}
            await jobs.defer(TEXT, **told)
        await audit.record(audit.Action.RESET_ASKED, by=by.id, at=at, subject=new.account, reset=str(reset))
    return reset


def _refuse_unfit(by: Actor, account: UUID, kind: str) -> None:
    """Nobody has a hand in the reset of their own account; those of the network look after one another."""
    if by.id == account:
        raise Refused("reset.own_account")
    if kind == Kind.SUPERADMIN and by.role is not Role.SUPERADMIN:
        raise Refused("reset.of_the_network")


def _acts_in(by: Actor) -> UUID | None:
    """The centre, or none for the network."""
    return None if by.role is Role.SUPERADMIN else by.organisation


async def _is_free(email: str, account: UUID) -> bool:
    holder = await accounts.find_account_by_email(accounts.email_hash(email))
    return holder is None or holder["id"] == account


async def confirm_reset(by: Actor, reset: UUID, *, at: datetime) -> None:
    """The second administrator agrees: every way in is gone from this moment, and a link is mailed."""
    async with transaction():
        row = await _undecided(reset, at)
        if by.id == row["asked_by"]:
            raise Refused("reset.same_person")
        _refuse_unfit(by, row["account"], row["kind"])
        bar = await queries.bar_for(by, row, at)
        if bar is not None:
            raise Refused(f"reset.{bar}")
        for statement in END_EVERY_WAY_IN:
            await execute(statement, row["account"], at)
        # To an address that one centre alone vouches for it works later: the owner, told at the known one, has time.
        alone = row["email"] is not None and row["organisation"] is not None and row["organisation"] == _acts_in(by)
        since = at + NEW_ADDRESS_WAITS if alone else at
        await execute(CONFIRM, reset, by.id, at, since, since + LINK_LASTS)
        await jobs.defer(MAIL_LINK, reset=str(reset))
        await tell_owner(row["account"], Notice.RESET_DONE, at=at)
        await audit.record(audit.Action.RESET_CONFIRMED, by=by.id, at=at, subject=row["account"], reset=str(reset))


async def refuse_reset(by: Actor, reset: UUID, *, at: datetime) -> None:
    """An administrator disagrees, or takes back what was asked for or confirmed; the owner may too.

    Once confirmed, it gives the account back to its known address: the new one may have been mistyped.
    """
    async with transaction():
        row = await _unused(reset, at)
        await execute(REFUSE, reset, by.id, at)
        await execute(LIFT, row["account"], at)
        await audit.record(audit.Action.RESET_REFUSED, by=by.id, at=at, subject=row["account"], reset=str(reset))


async def _undecided(reset: UUID, at: datetime) -> Row:
    row = await _unused(reset, at)
    if row["confirmed_at"]:
        raise Refused("reset.decided")
    return row


async def _unused(reset: UUID, at: datetime) -> Row:
    row = await queries.lock_reset(reset)
    if row is None or row["refused_at"] or row["used_at"] or at >= row["valid_until"]:
        raise Refused("reset.decided")
    return row


async def object_to_reset(token: str, *, at: datetime) -> bool:
    """The owner says from the mail that it was not they who asked. Whether the link still stood for anything."""
    async with transaction():
        row = await queries.lock_by_link(tokens.hash_of(token), at)
        if row is None or row["confirmed_at"] is not None:
            return False
        await execute(REFUSE, row["id"], row["account"], at)
        await audit.record(
            audit.Action.RESET_REFUSED, by=row["account"], at=at, subject=row["account"], reset=str(row["id"]), owner=1
        )
    return True


async def use_reset(token: str, password: str, *, at: datetime) -> Reset | Problem | Fault | None:
    """The owner opens the mailed link: staff choose a password, everybody's address is proven. None: it is spent."""
    digest = tokens.hash_of(token)
    found = await queries.find_by_link(digest, at)
    if found is None or found.confirmed_at is None:
        return None
    if found.works_from(at) is not None:
        return Fault.TOO_EARLY
    staff = found.kind is not Kind.PATIENT
    fault = await _password_fault(found, password, at) if staff else None
    if fault is not None:
        return fault
    hashed = await asyncio.to_thread(passwords.hashed, password) if staff else None
    async with transaction():
        row = await queries.lock_by_link(digest, at)
        if row is None:
            return None
        if found.new_email and not await _is_free(found.new_email, found.account):
            return Fault.EMAIL_UNUSABLE
        for statement in END_EVERY_WAY_IN:  # again: what was under way when it was confirmed may have ended since
            await execute(statement, found.account, at)
        await _let_in(found, hashed, at)
        await execute("UPDATE account_reset SET used_at = $2, token_hash = NULL WHERE id = $1", found.id, at)
        await execute(LIFT, found.account, at)
        await audit.record(audit.Action.RESET_USED, by=found.account, at=at, subject=found.account, reset=str(found.id))
    return found


async def _password_fault(reset: Reset, password: str, at: datetime) -> Problem | Fault | None:
    if not password:
        return Fault.PASSWORD_MISSING
    about = (*reset.name.split(), reset.known_email, reset.new_email)
    return await judged(password, about, at=at)


async def _let_in(reset: Reset, hashed: str | None, at: datetime) -> None:
    """The link proves the address it was mailed to. The telephone, perhaps lost too, has to be proven anew."""
    account = await accounts.lock_account(reset.account)
    if account is None:
        raise Refused("account.closed")
    email = reset.new_email or reset.known_email
    key = ring().open(account["data_key"], reset.account)
    await execute(
        "UPDATE account SET email = $2, email_hash = $3, email_verified_at = $4, password_hash = $5,"
        " password_changed_at = $4, phone_verified_at = NULL WHERE id = $1",
        reset.account,
        key.seal(email, reset.account, "account.email"),
        accounts.email_hash(email),
        at,
        hashed,
    )


async def mail_objection(reset: UUID, *, at: datetime) -> None:
    """Tell the owner that a reset was asked for, with a link to object. A second run renews the link."""
    async with transaction():
        row = await queries.lock_reset(reset)
        if row is None or row["confirmed_at"] or row["refused_at"]:
            return
        link = await _new_link(reset)
        await audit.record(
            audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=row["account"], notice=Notice.RESET_ASKED
        )
        purpose, language = Purpose(f"notice:{Notice.RESET_ASKED}", row["account"], reset), row["language"]
        written = letter("accounts/mail_reset_asked", language, happened_at=row["asked_at"], link=link)
        await send_letter(await accounts.get_email(row["account"]), written, purpose, at=at)


async def mail_link(reset: UUID, *, at: datetime) -> None:
    """Send the link that gets the owner in again. A second run sends a fresh one; the former stops working."""
    async with transaction():
        row = await queries.lock_reset(reset)
        if row is None or not row["confirmed_at"] or row["used_at"] or row["refused_at"]:
            return
        found, link = await queries.get_reset(reset), await _new_link(reset)
        await audit.record(
            audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=row["account"], notice="reset_link"
        )
        staff = found.kind is not Kind.PATIENT
        written = letter(
            "accounts/mail_reset_link",
            row["language"],
            link=link,
            staff=staff,
            valid_until=found.valid_until,
            works_from=found.works_from(at),
        )
        purpose = Purpose("reset_link", found.account, reset)
        await send_letter(found.new_email or found.known_email, written, purpose, at=at)


async def _new_link(reset: UUID) -> str:
    """Made where it is mailed, so that the token itself is kept nowhere."""
    token = tokens.new_token()
    await execute("UPDATE account_reset SET token_hash = $2 WHERE id = $1", reset, tokens.hash_of(token))
    return f"{settings().base_url}/reset/{token}"
