"""What can go wrong while signing in, as codes. The words are in wording.py."""

from enum import StrEnum


class Problem(StrEnum):
    EMAIL_MISSING = "email_missing"
    EMAIL_WRONG = "email_wrong"
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - a code, not a password
    NOT_RECOGNISED = "not_recognised"
    CODE_MISSING = "code_missing"
    CODE_WRONG = "code_wrong"
    CODE_TOO_OLD = "code_too_old"
    TOO_MANY_TRIES = "too_many_tries"
    TOO_MANY_FAILURES = "too_many_failures"
    TOO_MANY_LOCK_OUTS = "too_many_lock_outs"
    TOO_MANY_CODES = "too_many_codes"
    TOO_SOON = "too_soon"
    OTHER_ACCOUNT = "other_account"
    PASSWORD_TOO_SHORT = "password_too_short"  # noqa: S105
    PASSWORD_TOO_LONG = "password_too_long"  # noqa: S105
    PASSWORD_COMMON = "password_common"  # noqa: S105
    PASSWORD_WEAK = "password_weak"  # noqa: S105
    PASSWORD_ABOUT_YOU = "password_about_you"  # noqa: S105
    TOO_MANY_PASSWORDS = "too_many_passwords"
    RECOVERY_CODE_MISSING = "recovery_code_missing"
    RECOVERY_CODE_WRONG = "recovery_code_wrong"
    PASSKEY_REFUSED = "passkey_refused"
    PASSKEY_NAME_MISSING = "passkey_name_missing"
    PASSKEY_NAME_LONG = "passkey_name_long"
    PASSKEY_SCRIPT = "passkey_script"
    PASSKEY_COPIED = "passkey_copied"
