"""Sending the code of an attempt by mail, text message or call. Who may ask for one is decided by limits.py."""

from datetime import datetime
from uuid import UUID

from app.accounts import queries, tokens
from app.accounts.model import CODE_LASTS, Way
from app.accounts.rendering import code_letter
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import call, send_letter, send_text
from app.channels.model import Purpose
from app.channels.rendering import code_text
from app.lib import jobs
from app.lib.db import execute, transaction
from app.lib.keys import ring

MAIL_CODE = jobs.Job("accounts:mail_code", queue="mail")
PURPOSE = "sign_in_code"

# At the patients' door the page stays as it was: nothing on it may tell a known address from an unknown one.
SET_CODE = """
UPDATE sign_in_attempt SET account = $2, code_hash = $3, code_sent_at = $4,
    valid_until = CASE WHEN method = 'code' THEN valid_until ELSE $5 END
WHERE id = $1
"""


def code_hash(attempt: UUID, code: str) -> bytes:
    """What is kept of a code; good for one attempt only."""
    return ring().lookup("sign_in_code", f"{attempt}:{code}")


async def send_code(attempt: UUID, *, at: datetime) -> None:
    """Make the code of an attempt and send it. A second run sends a fresh one; the former stops working.

    Whose address it is, is looked up here and not while the page is answered: that takes the same time for an address
    of nobody. Without a proven telephone a code that was asked for there comes by mail.
    """
    async with transaction():
        row = await queries.lock_attempt(attempt)
        if row is None or at >= row["valid_until"] or row["channel"] == Way.NONE:
            return
        account = row["account"] or await queries.patient_of_address(row["email_hash"])
        if account is None:
            return
        phone = await queries.get_phone(account) if row["channel"] != Way.EMAIL and sms_available() else None
        way = Way(row["channel"]) if phone else Way.EMAIL
        code = tokens.new_code()
        kept = code_hash(attempt, code)
        await execute(SET_CODE, attempt, account, kept, at, at + CODE_LASTS)
        await audit.record(audit.Action.SIGN_IN_CODE_SENT, by=audit.WORKER, at=at, subject=account, way=way)
        # Sent before the commit: if the server refuses, nothing changed and the job comes back.
        await _send(account, way, phone, code, Purpose(PURPOSE, account, attempt), at)


async def _send(account: UUID, way: Way, phone: str | None, code: str, purpose: Purpose, at: datetime) -> None:
    language = await queries.get_language(account)
    if phone is None:
        await send_letter(await queries.get_email(account), code_letter(language, code), purpose, at=at)
    elif way is Way.SMS:
        await send_text(phone, code_text(language, code), purpose, at=at)
    else:
        await call(phone, language, code, purpose, at=at)
