"""Signing in with an identity that somebody else vouches for, by OpenID Connect. Off unless the settings name one."""

from app.settings import settings


def offered() -> str:
    """The provider's name, for a button; empty when there is none."""
    openid = settings().openid
    return openid.name if openid else ""
