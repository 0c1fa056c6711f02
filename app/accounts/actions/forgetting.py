"""What is forgotten once nobody can use it any more."""

from datetime import datetime

from app.audit import actions as audit
from app.lib import throttle
from app.lib.db import execute, transaction


async def forget_old_sign_ins(*, before: datetime, at: datetime) -> None:
    """Remove attempts, challenges, sessions and counted tries that ended before then: nobody can use them any more."""
    async with transaction():
        attempts = await execute("DELETE FROM sign_in_attempt WHERE valid_until < $1", before)
        await execute("DELETE FROM passkey_challenge WHERE valid_until < $1", before)
        sessions = await execute("DELETE FROM session WHERE valid_until < $1", before)
        await throttle.forget(before)
        if (attempts, sessions) != ("DELETE 0", "DELETE 0"):
            await audit.record(
                audit.Action.SIGN_INS_FORGOTTEN,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                attempts=attempts.removeprefix("DELETE "),
                sessions=sessions.removeprefix("DELETE "),
            )
