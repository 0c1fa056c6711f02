"""Checking what a browser brings back from a passkey. For threads: the library is heavy."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts.passkeys.model import Site


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that was made just now."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A passkey that was used just now."""

    sign_count: int
    backed_up: bool


def credential_id_of(credential: Any) -> bytes | None:
    """Which passkey this claims to be."""
    # Asked for by the few pages that use passkeys; a web process does not load it before.
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    try:
        return bytes(base64url_to_bytes(credential["rawId"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def made(credential: Any, challenge: bytes, site: Site) -> Made | None:
    """The new passkey; None if it is not one that was made for this challenge here, its owner verified."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Made(found.credential_id, found.credential_public_key, found.sign_count, found.credential_backed_up)


def used(credential: Any, challenge: bytes, site: Site, public_key: bytes) -> Used | None:
    """The use; None if it was not signed with this key for this challenge here, its owner verified.

    The count of uses is compared later, under a lock.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Used(found.new_sign_count, found.credential_backed_up)


def names_owner(credential: Any, account: UUID) -> bool:
    """Whether the device says that this account's passkey was used; it may also say nothing."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    try:
        handle = credential["response"].get("userHandle")
        return handle is None or base64url_to_bytes(handle) == account.bytes
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
