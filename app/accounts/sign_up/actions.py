"""Signing up: the form, the code in the mail, the account, the code by text message.

An address that has an account takes the same steps in the same time: whether it has one is first looked up by the
worker, which then writes to its owner in place of sending a code. Every code typed is then wrong.
"""

import asyncio
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from app.accounts import passwords, queries, tokens
from app.accounts.actions.notices import tell_owner
from app.accounts.actions.opening import create_account
from app.accounts.actions.sessions import open_session
from app.accounts.model import CODE_LASTS, TRIES_A_CODE, Kind, NewAccount, Session, SignedIn
from app.accounts.notices import Notice
from app.accounts.places.actions import request_place
from app.accounts.places.model import Wish
from app.accounts.places.queries import is_open
from app.accounts.problems import Problem
from app.accounts.sign_up.model import BY_SIGN_UP, SIGN_UP_LASTS, Identity
from app.accounts.sign_up.problems import Fault
from app.accounts.sign_up.proof import SOLVED_WITHIN
from app.accounts.sign_up.queries import (
    identity_of,
    is_rpps_known,
    lock_for_phone,
    lock_sign_up,
    lock_unused,
)
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import send_letter, send_text
from app.channels.model import Purpose
from app.channels.phones import PhoneProblem, as_mobile
from app.channels.rendering import code_text, letter
from app.lib import jobs
from app.lib.db import Row, execute, transaction
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.origin import origin
from app.lib.throttle import Limit, within

MAIL_CODE = jobs.Job("sign_up:mail_code", queue="mail")
TEXT_CODE = jobs.Job("sign_up:text_code", queue="mail")
HOUR = timedelta(hours=1)
PER_NETWORK = Limit("sign_up", 20, HOUR)
PER_NETWORK_UNPROVEN = Limit("sign_up_unproven", 3, HOUR)
PER_ADDRESS = Limit("sign_up_address", 5, HOUR)
BETWEEN_CODES = Limit("sign_up_again", 1, timedelta(seconds=30))
CODES_TRIED = Limit("sign_up_code", 60, HOUR)
CHALLENGES = Limit("sign_up_challenge", 120, HOUR)

INSERT = """
INSERT INTO sign_up (id, token_hash, kind, language, data_key, email_hash, identity, password_hash, created_at,
                     valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
SPEND = "INSERT INTO spent_challenge (digest, valid_until) VALUES ($1, $2) ON CONFLICT DO NOTHING"
COMPLETE = """
UPDATE account SET password_hash = $2, password_changed_at = CASE WHEN $2::text IS NOT NULL THEN $3::timestamptz END,
    phone = $4, birth_date = $5, sex = $6, nir = $7, nir_hash = $8, rpps = $9, rpps_hash = $10
WHERE id = $1
"""


async def start_sign_up(
    kind: Kind, identity: Identity, password: str, language: str, *, proof: bytes | None, at: datetime
) -> str | Fault:
    """Keep what was typed and have a code mailed; the token for the browser. `proof`: by what its work is known."""
    fault = await _too_often(identity.email, proof is not None, at)
    if fault is not None:
        return fault
    hashed = await asyncio.to_thread(passwords.hashed, password) if password else None
    token, sign_up = tokens.new_token(), new_id()
    wrapped = ring().new_key(sign_up)
    sealed = ring().open(wrapped, sign_up).seal(identity.as_text(), sign_up, "sign_up.identity")
    async with transaction():
        if proof is not None and await execute(SPEND, proof, at + SOLVED_WITHIN) == "INSERT 0 0":
            return Fault.PROOF_WRONG
        known_by = (sign_up, tokens.hash_of(token), kind.value, language, wrapped, queries.email_hash(identity.email))
        await execute(INSERT, *known_by, sealed, hashed, at, at + SIGN_UP_LASTS)
        await jobs.defer(MAIL_CODE, sign_up=str(sign_up))
        await audit.record(
            audit.Action.ACCOUNT_SIGN_UP_STARTED,
            by=audit.NOBODY,
            at=at,
            subject=sign_up,
            kind=kind,
            proven=int(proof is not None),
        )
    await within(BETWEEN_CODES, str(sign_up), at)
    return token


async def _too_often(email: str, proven: bool, at: datetime) -> Fault | None:
    """Whether so many sign-ups came lately. Counted before anything is looked up, so that it says nothing of it."""
    address = origin.get().address
    if not proven and not await within(PER_NETWORK_UNPROVEN, address, at):
        return Fault.TOO_MANY_UNPROVEN
    if not await within(PER_NETWORK, address, at):
        return Fault.TOO_MANY
    return None if await within(PER_ADDRESS, email, at) else Fault.TOO_MANY_FOR_ADDRESS


async def ask_for_another_code(token: str, *, at: datetime) -> Problem | None:
    """The mail did not come: have another sent to the same address."""
    async with transaction():
        row = await lock_sign_up(tokens.hash_of(token))
        if row is None or at >= row["valid_until"]:
            return Problem.CODE_TOO_OLD
        if not await within(BETWEEN_CODES, str(row["id"]), at):
            return Problem.TOO_SOON
        if not await within(PER_ADDRESS, identity_of(row).email, at):
            return Problem.TOO_MANY_CODES
        await execute("UPDATE sign_up SET failures = 0 WHERE id = $1", row["id"])
        await jobs.defer(MAIL_CODE, sign_up=str(row["id"]))
        await audit.record(audit.Action.ACCOUNT_SIGN_UP_STARTED, by=audit.NOBODY, at=at, subject=row["id"], again=1)
    return None


async def mail_code(sign_up: UUID, *, at: datetime) -> None:
    """Make the code and send it; to the owner of an account a notice instead, once. A second run sends a fresh code."""
    async with transaction():
        row = await lock_unused(sign_up)
        if row is None or at >= row["valid_until"]:
            return
        owner = await queries.find_account_by_email(row["email_hash"])
        code = tokens.new_code()
        kept = None if owner else _code_hash(sign_up, code)
        await execute("UPDATE sign_up SET code_hash = $2, code_sent_at = $3 WHERE id = $1", sign_up, kept, at)
        if owner is None:
            written = letter("accounts/mail_sign_up", row["language"], code=code)
            await send_letter(identity_of(row).email, written, Purpose("sign_up", subject=sign_up), at=at)
        elif row["code_sent_at"] is None:
            await tell_owner(owner["id"], Notice.ADDRESS_KNOWN, at=at)
        await audit.record(audit.Action.SIGN_IN_CODE_SENT, by=audit.WORKER, at=at, subject=sign_up, step=BY_SIGN_UP)


def _code_hash(sign_up: UUID, code: str) -> bytes:
    return ring().lookup("sign_up_code", f"{sign_up}:{code}")


async def confirm_address(token: str, code: str, former: Session | None, *, at: datetime) -> SignedIn | Problem:
    """The right code opens the account and a session; a professional's also asks for the place they named."""
    if not await within(CODES_TRIED, origin.get().address, at):
        return Problem.TOO_MANY_FAILURES
    async with transaction():
        row = await lock_sign_up(tokens.hash_of(token))
        problem = Problem.CODE_TOO_OLD if row is None else await _refusal(row, code, at)
        if row is None or problem is not None:
            subject = row["id"] if row else audit.NOBODY
            await audit.record(audit.Action.SIGN_UP_REFUSED, by=audit.NOBODY, at=at, subject=subject, why=problem or "")
            return problem or Problem.CODE_TOO_OLD
        account = await _open_account(row, at)
        await execute(
            "UPDATE sign_up SET used_at = $2, email_verified_at = $2, account = $3 WHERE id = $1",
            row["id"],
            at,
            account,
        )
        await audit.record(audit.Action.ACCOUNT_SIGN_UP_VERIFIED, by=account, at=at, subject=account)
        return await open_session(account, former=former, method=BY_SIGN_UP, at=at)


async def _refusal(row: Row, code: str, at: datetime) -> Problem | None:
    """Why this code confirms nothing. A wrong one is counted; the steps are the same where none was sent."""
    if at >= row["valid_until"] or (row["code_sent_at"] and at >= row["code_sent_at"] + CODE_LASTS):
        return Problem.CODE_TOO_OLD
    if row["failures"] >= TRIES_A_CODE:
        return Problem.TOO_MANY_TRIES
    typed = _code_hash(row["id"], code)
    if compare_digest(row["code_hash"] or b"", typed):
        return None
    await execute("UPDATE sign_up SET failures = failures + 1 WHERE id = $1", row["id"])
    return Problem.CODE_WRONG


async def _open_account(row: Row, at: datetime) -> UUID:
    """The account of somebody whose address is proven. Refused if it got one meanwhile."""
    identity, kind = identity_of(row), Kind(row["kind"])
    new = NewAccount(
        kind=kind,
        email=identity.email,
        given_name=identity.given_name,
        family_name=identity.family_name,
        language=row["language"],
    )
    account = await create_account(audit.NOBODY, new, at=at)
    await _add_the_rest(account, identity, row["password_hash"], at)
    if kind is Kind.PROFESSIONAL:
        await request_place(account, await _wish(identity), at=at)
    return account


async def _wish(identity: Identity) -> Wish:
    """The place they named; a centre that closed meanwhile is named in words, for the network to see to."""
    if not identity.organisation:
        return Wish(identity.profession, None, identity.other_organisation)
    centre = UUID(identity.organisation)
    if await is_open(centre):
        return Wish(identity.profession, centre)
    return Wish(identity.profession, None, (await queries.organisations_by_id([centre]))[centre].name)


async def _add_the_rest(account: UUID, identity: Identity, password_hash: str | None, at: datetime) -> None:
    """What an account of its own accord has besides names and address, each sealed in its column."""
    row = await queries.lock_account(account)
    if row is None:
        raise LookupError(f"no account {account}")
    key = ring().open(row["data_key"], account)

    def sealed(text: str, column: str) -> bytes | None:
        return key.seal(text, account, f"account.{column}") if text else None

    nir_hash = ring().lookup("account.nir", identity.nir) if identity.nir else None
    rpps_hash = ring().lookup("account.rpps", identity.rpps) if identity.rpps else None
    if rpps_hash is not None and await is_rpps_known(rpps_hash, account):
        rpps_hash = None  # two people give one number: it finds neither, and whoever decides on the place is told
    await execute(
        COMPLETE,
        account,
        password_hash,
        at,
        sealed(identity.phone, "phone"),
        sealed(identity.birth_date, "birth_date"),
        identity.sex,
        sealed(identity.nir, "nir"),
        nir_hash,
        sealed(identity.rpps, "rpps"),
        rpps_hash,
    )


def is_reachable(phone: str) -> bool:
    """Whether a text message can go there: it is a mobile one, and this installation sends any."""
    return bool(phone) and sms_available() and not isinstance(as_mobile(phone), PhoneProblem)


async def ask_for_text(account: UUID, *, at: datetime) -> Problem | None:
    """Have a code sent to the telephone that was given, if one can be."""
    async with transaction():
        row = await lock_for_phone(account, at)
        if row is None or not is_reachable(identity_of(row).phone):
            return Problem.CODE_TOO_OLD
        if not await within(BETWEEN_CODES, f"text:{row['id']}", at):
            return Problem.TOO_SOON
        if not await within(PER_ADDRESS, identity_of(row).phone, at):
            return Problem.TOO_MANY_CODES
        await execute("UPDATE sign_up SET failures = 0 WHERE id = $1", row["id"])
        await jobs.defer(TEXT_CODE, account=str(account))
        await audit.record(audit.Action.ACCOUNT_SIGN_UP_STARTED, by=account, at=at, subject=account, step="phone")
    return None


async def text_code(account: UUID, *, at: datetime) -> None:
    """Make the code for the telephone and send it. A second run sends a fresh one."""
    async with transaction():
        row = await lock_for_phone(account, at)
        if row is None:
            return
        code = tokens.new_code()
        kept = _code_hash(row["id"], code)
        await execute(
            "UPDATE sign_up SET phone_code_hash = $2, phone_code_sent_at = $3 WHERE id = $1", row["id"], kept, at
        )
        text = code_text(await queries.get_language(account), code)
        await send_text(identity_of(row).phone, text, Purpose("sign_up", account), at=at)
        await audit.record(audit.Action.SIGN_IN_CODE_SENT, by=audit.WORKER, at=at, subject=account, step="phone")


async def confirm_phone(account: UUID, code: str, *, at: datetime) -> Problem | None:
    """The right code proves that the telephone is theirs: from now on codes may go there."""
    if not await within(CODES_TRIED, origin.get().address, at):
        return Problem.TOO_MANY_FAILURES
    async with transaction():
        row = await lock_for_phone(account, at)
        if row is None or not row["phone_code_sent_at"] or at >= row["phone_code_sent_at"] + CODE_LASTS:
            return Problem.CODE_TOO_OLD
        if row["failures"] >= TRIES_A_CODE:
            return Problem.TOO_MANY_TRIES
        if not compare_digest(row["phone_code_hash"], _code_hash(row["id"], code)):
            await execute("UPDATE sign_up SET failures = failures + 1 WHERE id = $1", row["id"])
            return Problem.CODE_WRONG
        await execute("UPDATE sign_up SET phone_verified_at = $2 WHERE id = $1", row["id"], at)
        await execute("UPDATE account SET phone_verified_at = $2 WHERE id = $1", account, at)
        await audit.record(audit.Action.ACCOUNT_SIGN_UP_VERIFIED, by=account, at=at, subject=account, step="phone")
    return None


async def forget_sign_ups(*, before: datetime, at: datetime) -> None:
    """Remove what was typed and led to nothing or to an account, and solutions that nobody can hand in any more."""
    async with transaction():
        gone = await execute("DELETE FROM sign_up WHERE valid_until < $1", before)
        spent = await execute("DELETE FROM spent_challenge WHERE valid_until < $1", at)
        if (gone, spent) != ("DELETE 0", "DELETE 0"):
            await audit.record(
                audit.Action.SIGN_INS_FORGOTTEN,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                sign_ups=gone.removeprefix("DELETE "),
                proofs=spent.removeprefix("DELETE "),
            )
