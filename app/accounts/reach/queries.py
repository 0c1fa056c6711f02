"""Reading by what ways an account is reached today, and who answers for whom, for those who write to many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.accounts.proxies.queries import COLUMNS, FROM, Standing, link_of, standing_of
from app.channels.model import Channel, Delivery, State
from app.channels.queries import list_deliveries
from app.lib import db
from app.lib.keys import ring

WAYS = """
SELECT id, data_key, email, email_verified_at, phone, phone_verified_at, language
FROM account WHERE id = $1 AND closed_at IS NULL
"""
OF_PATIENTS = f"SELECT {COLUMNS} {FROM} WHERE p.id = ANY($1) ORDER BY l.valid_from, l.id"


@dataclass(frozen=True, slots=True)
class Ways:
    """By what somebody is reached: addresses that they proved to be theirs, and at which somebody was found."""

    account: UUID
    language: str
    email: str = ""
    phone: str = ""


async def ways_to(account: UUID) -> Ways | None:
    """How an account is reached; None where it is closed. An address from which the last message came back is none."""
    row = await db.fetch_row(WAYS, account)
    if row is None:
        return None
    key, sent = ring().open(row["data_key"], account), await list_deliveries(accounts=[account])
    email = phone = ""
    if row["email_verified_at"] is not None and not _came_back(sent, Channel.EMAIL, row["email_verified_at"]):
        email = key.open(row["email"], account, "account.email")
    if row["phone"] and row["phone_verified_at"] and not _came_back(sent, Channel.SMS, row["phone_verified_at"]):
        phone = key.open(row["phone"], account, "account.phone")
    return Ways(account, row["language"], email, phone)


def _came_back(sent: Collection[Delivery], channel: Channel, since: datetime) -> bool:
    """Whether the newest message on this way, to the address as it is now, came back."""
    newest = next((one for one in sent if one.channel is channel and one.created_at >= since), None)
    return newest is not None and newest.state is State.BOUNCED


async def standing_for(patients: Collection[UUID], today: date) -> list[Standing]:
    """Everybody who answers or answered for these patients, themselves included, as they stand on this day."""
    return await standing_of([link_of(row) for row in await db.fetch(OF_PATIENTS, list(patients))], today)
