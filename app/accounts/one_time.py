"""Codes of an authenticator app (RFC 6238: six digits, thirty seconds), each good once."""

from datetime import datetime
from hmac import compare_digest

from pyotp import TOTP, random_base32

STEP = 30
DRIFT = 1  # a phone's clock may be one step off, either way


def new_secret() -> str:
    return random_base32()


def code_at(secret: str, at: datetime) -> str:
    return TOTP(secret).at(at)


def matching_step(secret: str, code: str, at: datetime, last_step: int) -> int | None:
    """The time step this code belongs to, None if it is wrong or was used before.

    >>> from datetime import UTC
    >>> secret, at = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    >>> step = matching_step(secret, code_at(secret, at), at, 0)
    >>> step == int(at.timestamp()) // 30, matching_step(secret, code_at(secret, at), at, step)
    (True, None)
    """
    now = int(at.timestamp()) // STEP
    for step in range(max(now - DRIFT, last_step + 1), now + DRIFT + 1):
        if compare_digest(TOTP(secret).at(step * STEP), code):
            return step
    return None


def address_of(secret: str, email: str) -> str:
    """What an authenticator app reads from the square: whose codes these are, and the secret.

    >>> address_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "i@example.org")
    'otpauth://totp/Cohorte:i%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Cohorte'
    """
    return TOTP(secret).provisioning_uri(name=email, issuer_name="Cohorte")
