"""Who somebody is to an OpenID provider, and one walk there and back, as values. openid_provider.py asks it."""

from dataclasses import dataclass

from app.settings import OpenId, settings

CALLBACK = "/sign-in/oidc/callback"


class Unreachable(Exception):
    """The provider does not answer, or not with what it should. It may another time."""


class NotVouchedFor(Exception):
    """What came back proves nothing."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What one walk to the provider and back carries along. `verifier` proves that who comes back is who went."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is to the provider. `rpps`: their number as a professional, where it is known there."""

    issuer: str
    subject: str
    two_factors: bool
    rpps: str = ""


def needed() -> OpenId:
    """The provider of the settings, where a page is only served if there is one."""
    openid = settings().openid
    if openid is None:
        raise LookupError("no OpenID provider in the settings")
    return openid
