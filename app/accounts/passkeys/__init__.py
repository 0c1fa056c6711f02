"""Passkeys: keys that a device keeps for its owner (WebAuthn). Each proves possession and a finger, a face or a PIN."""
