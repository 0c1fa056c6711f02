"""How often somebody may try to get in. What is tried, and what it leads to, is decided by the other actions.

A limit must stop who guesses without shutting out whom they guess about. So an address is counted apart in a browser
in which it signed in before (a signed mark says so): strangers can use up the tries of the address, and its owner goes
on where they always do. A passkey cannot be guessed and is not counted against the account. What stands behind a proven
password is counted for the account: strangers never come that far. Networks are counted last and generously, because a
hospital may be one address. An unknown address is counted like a known one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

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
CODES = Limit("codes", CODES_ALLOWED, CODES_COUNTED_OVER)
# From all unknown browsers together: more would be bombing a mailbox.
CODES_OF_AN_ADDRESS = Limit("codes in all", 20, CODES_COUNTED_OVER)
CODES_OF_A_NETWORK = Limit("network codes", 60, CODES_COUNTED_OVER)
ONE_CODE = Limit("one code", 1, BETWEEN_CODES)
CEREMONIES_OF_A_NETWORK = Limit("network passkeys", 200, FAILURES_COUNTED_OVER)
TOLD = Limit("told of lock-out", 1, timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever tries: as whom (an address by its hash, or an account once that is proven) and in which known browser."""

    name: str
    browser: str = ""

    @classmethod
    def at_the_door(cls, address: bytes, browser: str = "") -> "Visitor":
        return cls(address.hex(), browser)

    @classmethod
    def proven(cls, account: UUID | None) -> "Visitor":
        return cls(f"account:{account}")

    async def may_try(self, at: datetime) -> bool:
        """Count one try beforehand, so that many at once are not all let through."""
        spent = await is_spent(FAILURES_OF_A_NETWORK, origin.get().address, at)
        return not spent and await within(FAILURES, self._who, at)

    async def failed(self, at: datetime) -> None:
        """The try came to nothing."""
        await within(FAILURES_OF_A_NETWORK, origin.get().address, at)

    async def succeeded(self) -> None:
        """The try was right: what went before is forgotten."""
        await forgive(FAILURES, self._who)

    async def may_ask(self, at: datetime) -> Problem | None:
        """Whether a code may be sent, after a pause since the last one."""
        if not await within(ONE_CODE, self._place, at):
            return Problem.TOO_SOON
        return await self.may_be_sent(at)

    async def may_be_sent(self, at: datetime) -> Problem | None:
        """Whether a code may be sent at once."""
        allowed = (
            await within(CODES_OF_A_NETWORK, origin.get().address, at)
            and await within(CODES, self._place, at)
            and (bool(self.browser) or await within(CODES_OF_AN_ADDRESS, self.name, at))
        )
        return None if allowed else Problem.TOO_MANY_CODES

    @property
    def _who(self) -> str:
        return f"{self.name}:{self.browser}"

    @property
    def _place(self) -> str:
        return f"{self.name}:{self.browser or origin.get().address}"


async def note_lock_out(visitor: Visitor, account: UUID | None, *, at: datetime) -> None:
    """The door is closed for a while: its owner is told, once a day at most.

    For an address of nobody the same steps are taken, or the time of this answer would tell: the worker finds nobody.
    """
    async with transaction():
        if await within(TOLD, visitor.name, at):
            owner = account or audit.NOBODY
            await notices.tell_owner(owner, Notice.LOCKED_OUT, at=at)
            await audit.record(audit.Action.LOCKED_OUT, by=audit.NOBODY, at=at, subject=owner)
