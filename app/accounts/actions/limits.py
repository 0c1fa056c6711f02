"""How often somebody may try to get in. What is tried, and what it leads to, is decided by the other actions.

A limit must stop who guesses without shutting out whom they guess about. So an address is counted apart in a browser
in which it signed in before (a signed mark says so): strangers can use up the tries of the address, and its owner goes
on where they always do, whatever their network did. A passkey cannot be guessed and is not counted. What stands behind
a proven password is counted for the account, apart from known browsers and from whoever is inside: who knows a password
and guesses the code is shut out for longer each time. Networks are counted generously, because a hospital may be one
address, and that one is spent is nobody's lock-out. An unknown address is counted like a known one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from app.accounts import queries
from app.accounts.actions import notices
from app.accounts.model import (
    BETWEEN_CODES,
    CODES_ALLOWED,
    CODES_COUNTED_OVER,
    FAILURES_ALLOWED,
    FAILURES_COUNTED_OVER,
)
from app.accounts.notices import Notice
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib.db import transaction
from app.lib.origin import origin
from app.lib.throttle import Limit, forgive, is_spent, within

FAILURES = Limit("failures", FAILURES_ALLOWED, FAILURES_COUNTED_OVER)
# Ten people may all mistype ten times in one hospital; a guesser would need centuries at this pace.
FAILURES_OF_A_NETWORK = Limit("network failures", 100, FAILURES_COUNTED_OVER)
# Behind a right password in an unknown browser: closed for a quarter of an hour, an hour, then a day.
REPEATED = (Limit("failures of an hour", 20, timedelta(hours=1)), Limit("failures of a day", 30, timedelta(hours=24)))
AFTER_THE_PASSWORD = Limit("failures after the password", 9, timedelta(hours=24))
CODES = Limit("codes", CODES_ALLOWED, CODES_COUNTED_OVER)
# From all unknown browsers together: more would be bombing a mailbox.
CODES_OF_AN_ADDRESS = Limit("codes in all", 20, CODES_COUNTED_OVER)
CODES_OF_A_NETWORK = Limit("network codes", 300, CODES_COUNTED_OVER)
ONE_CODE = Limit("one code", 1, BETWEEN_CODES)
CEREMONIES = Limit("passkeys", 200, FAILURES_COUNTED_OVER)
TOLD = Limit("told of lock-out", 1, timedelta(hours=24))
TOLD_OF_PASSWORD = Limit("told of known password", 1, timedelta(hours=24))


class Door(Enum):
    """Whether one may try, or which limit is spent."""

    OPEN = "open"
    CLOSED = "closed"
    CLOSED_FOR_LONG = "closed for long"
    CLOSED_TO_NETWORK = "closed to this network"

    @property
    def problem(self) -> Problem | None:
        if self is Door.OPEN:
            return None
        return Problem.TOO_MANY_LOCK_OUTS if self is Door.CLOSED_FOR_LONG else Problem.TOO_MANY_FAILURES


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever tries: as whom (an address by its hash, or an account once that is proven) and in which known browser."""

    name: str
    browser: str = ""
    guessing_at: UUID | None = None
    """Whose second step it is, in a browser where they never signed in."""

    @classmethod
    def at_the_door(cls, address: bytes, browser: str = "") -> "Visitor":
        return cls(address.hex(), browser)

    @classmethod
    def proven(cls, account: UUID | None, browser: str = "") -> "Visitor":
        return cls(f"account:{account}", browser, None if browser else account)

    @classmethod
    def inside(cls, account: UUID) -> "Visitor":
        """Whoever is signed in: strangers at the door do not use up their tries."""
        return cls(f"account:{account}", "inside")

    @classmethod
    def borrowing(cls, account: UUID, session: UUID) -> "Visitor":
        """Whoever holds a tablet that was handed over: their tries leave its owner's alone."""
        return cls(f"account:{account}", f"lent:{session}")

    async def try_door(self, at: datetime) -> Door:
        """Count one try beforehand, so that many at once are not all let through."""
        if not self.browser and await is_spent(FAILURES_OF_A_NETWORK, origin.get().address, at):
            return Door.CLOSED_TO_NETWORK
        for limit in REPEATED if self.guessing_at else ():
            if await is_spent(limit, self._who, at):
                return Door.CLOSED_FOR_LONG
        return Door.OPEN if await within(FAILURES, self._who, at) else Door.CLOSED

    async def may_try(self, at: datetime) -> bool:
        """The same, for who need not know why not."""
        return await self.try_door(at) is Door.OPEN

    async def failed(self, at: datetime) -> None:
        """The try came to nothing."""
        await within(FAILURES_OF_A_NETWORK, origin.get().address, at)
        for limit in REPEATED if self.guessing_at else ():
            await within(limit, self._who, at)

    async def succeeded(self) -> None:
        """The try was right: what went before is forgotten."""
        for limit in (FAILURES, *REPEATED, AFTER_THE_PASSWORD):
            await forgive(limit, self._who)

    async def gives_password_away(self, at: datetime) -> bool:
        """Whether so many codes failed behind a right password that its owner can hardly be the one who knows it."""
        return self.guessing_at is not None and not await within(AFTER_THE_PASSWORD, self._who, at)

    async def may_ask(self, at: datetime) -> Problem | None:
        """Whether a code may be sent, after a pause since the last one."""
        if not await within(ONE_CODE, self._place, at):
            return Problem.TOO_SOON
        return await self.may_be_sent(at)

    async def may_be_sent(self, at: datetime) -> Problem | None:
        """Whether a code may be sent at once."""
        allowed = await within(CODES, self._place, at)
        if allowed and not self.browser:
            allowed = await within(CODES_OF_A_NETWORK, origin.get().address, at)
            allowed = allowed and await within(CODES_OF_AN_ADDRESS, self.name, at)
        return None if allowed else Problem.TOO_MANY_CODES

    @property
    def _who(self) -> str:
        return f"{self.name}:{self.browser}"

    @property
    def _place(self) -> str:
        return f"{self.name}:{self.browser or origin.get().address}"


async def note_lock_out(address: bytes, *, at: datetime) -> None:
    """The door of an address is closed for a while: its owner is told, once a day at most.

    For an address of nobody the same steps are taken, or the time of this answer would tell: the worker tells nobody.
    """
    async with transaction():
        found = await queries.find_account_by_email(address)
        owner = found["id"] if found else audit.NOBODY
        if await within(TOLD, f"{address.hex()}:{owner}", at):
            await notices.tell_owner(owner, Notice.LOCKED_OUT, at=at)
            await audit.record(audit.Action.LOCKED_OUT, by=audit.NOBODY, at=at, subject=owner)


async def note_known_password(account: UUID, *, at: datetime) -> None:
    """Somebody gives the right password and guesses codes: its owner is told to choose another, once a day at most."""
    async with transaction():
        if await within(TOLD_OF_PASSWORD, str(account), at):
            await notices.tell_owner(account, Notice.PASSWORD_KNOWN, at=at)
            await audit.record(audit.Action.PASSWORD_KNOWN, by=audit.NOBODY, at=at, subject=account)
