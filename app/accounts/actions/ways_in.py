"""Everything that opens an account, ended at once by a reset or by closing it. No action of its own."""

# $1 is the account, $2 the moment.
END_EVERY_WAY_IN = (
    "UPDATE session SET closed_at = $2 WHERE account = $1 AND closed_at IS NULL",
    "UPDATE sign_in_attempt SET used_at = $2 WHERE account = $1 AND used_at IS NULL",
    "UPDATE account SET password_hash = NULL, password_changed_at = $2, totp_secret = NULL WHERE id = $1",
    "UPDATE passkey SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL",
    "UPDATE passkey_challenge SET used_at = $2 WHERE account = $1 AND used_at IS NULL",
    "UPDATE recovery_code SET used_at = $2 WHERE account = $1 AND used_at IS NULL",
    "UPDATE oidc_identity SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL",
    "UPDATE oidc_flow SET used_at = $2 WHERE account = $1 AND used_at IS NULL",
    "UPDATE address_change SET used_at = $2 WHERE account = $1 AND used_at IS NULL",
)
