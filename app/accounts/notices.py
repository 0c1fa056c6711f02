"""What the owner of an account is told about it, unasked. Pure; the words are templates/accounts/notice_<notice>."""

from enum import StrEnum


class Notice(StrEnum):
    """Something happened to an account that its owner must hear of, in case it was not they who did it."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - what happened
    ADDRESS_CHANGED = "address_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_FEW = "recovery_codes_few"
    PASSKEY_COPIED = "passkey_copied"
    LOCKED_OUT = "locked_out"
    PASSWORD_KNOWN = "password_known"  # noqa: S105
    """Somebody gives the right password and guesses codes."""
    RESET_ASKED = "reset_asked"
    RESET_DONE = "reset_done"
    PLACE_GRANTED = "place_granted"
    PLACE_REFUSED = "place_refused"
    PLACE_ASKED = "place_asked"
    """Told to who decides on it: somebody waits."""
    RECORDS_MERGED = "records_merged"
    RECORDS_SEPARATED = "records_separated"
    ADDRESS_KNOWN = "address_known"
    """Somebody signed up with an address that has an account."""


TEXTED = frozenset(Notice) - {
    Notice.RECOVERY_CODES_FEW,
    Notice.PLACE_GRANTED,
    Notice.PLACE_REFUSED,
    Notice.PLACE_ASKED,
    Notice.RECORDS_MERGED,
    Notice.RECORDS_SEPARATED,
    Notice.ADDRESS_KNOWN,
}
"""Told by text message too: somebody who took over the mail must not be the only one who reads of it."""
