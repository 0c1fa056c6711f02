"""What tells a person from a program at the sign-up form: proof of work, and how long the form stood open. Pure.

The browser works for about half a second on a challenge of ours (ALTCHA, PBKDF2); nobody else is asked and nothing has
to be read, heard or recognised. A solution counts once (spent_challenge) and for ten minutes.

Without JavaScript nothing can be solved, and no picture or riddle takes its place, since whoever cannot see, hear or
reckon would stay outside. What a sign-up costs others is one mail; nothing else happens before the code in that mail
comes back, and that code is the proof that somebody reads the address. So the form is taken without a solution as well,
but only after a longer while and far less often from one network: three an hour in place of twenty. A program gains
nothing by leaving the solution out.
"""

import hmac
import json
from base64 import b64decode
from binascii import Error
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import randbelow
from typing import Any

from app.accounts.sign_up.problems import Fault
from app.settings import settings

ALGORITHM, COST, FEWEST, SPREAD = "PBKDF2/SHA-256", 5000, 100, 200
SOLVED_WITHIN = timedelta(minutes=10)
OPEN_FOR = timedelta(seconds=3)
OPEN_FOR_UNPROVEN = timedelta(seconds=10)
OPEN_AT_MOST = timedelta(hours=12)


def _key(purpose: str) -> bytes:
    return hmac.digest(settings().secret_key, f"sign_up:{purpose}".encode(), sha256)


def new_challenge(at: datetime) -> dict[str, Any]:
    """Something for a browser to work on, signed."""
    # Imported here: it brings an HTTP client that nothing of ours uses.
    import altcha  # noqa: PLC0415

    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=FEWEST + randbelow(SPREAD),
        expires_at=at + SOLVED_WITHIN,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    found: dict[str, Any] = challenge.to_dict()
    return found


def solved(payload: str) -> bytes | None:
    """By what a right solution of one of our challenges is known, so that it counts once; None of anything else."""
    import altcha  # noqa: PLC0415 - as above

    if (
        len(payload) > 4000
        or not altcha.verify_solution(payload, _key("challenge"), hmac_key_secret=_key("solution")).verified
    ):
        return None
    try:
        signature = str(json.loads(b64decode(payload))["challenge"]["signature"])
    except (Error, ValueError, KeyError, TypeError):
        return None
    return sha256(signature.encode()).digest()


def stamp(at: datetime) -> str:
    """When a form was drawn, in a hidden field nobody can make up."""
    seconds = str(int(at.timestamp()))
    return f"{seconds}.{hmac.digest(_key('stamp'), seconds.encode(), sha256).hex()[:32]}"


def haste(stamped: str, proven: bool, at: datetime) -> Fault | None:
    """What is wrong with the time between drawing a form and sending it."""
    seconds, _, _ = stamped.partition(".")
    if not (seconds.isascii() and seconds.isdigit()) or len(seconds) > 12:
        return Fault.OPEN_TOO_LONG
    drawn = datetime.fromtimestamp(int(seconds), at.tzinfo)
    if not hmac.compare_digest(stamped.encode(), stamp(drawn).encode()) or at - drawn > OPEN_AT_MOST:
        return Fault.OPEN_TOO_LONG
    if at - drawn < OPEN_FOR:
        return Fault.TOO_QUICK
    return None if proven or at - drawn >= OPEN_FOR_UNPROVEN else Fault.TOO_QUICK_UNPROVEN
