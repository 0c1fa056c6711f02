"""Every page of accounts."""

from typing import Any

from app.accounts.invitations import routes as invitations
from app.accounts.oidc import routes as oidc
from app.accounts.routes import membership, sign_in, sign_in_again

HANDLERS: list[Any] = [
    *sign_in.HANDLERS,
    *sign_in_again.HANDLERS,
    *membership.HANDLERS,
    *invitations.HANDLERS,
    *oidc.HANDLERS,
]
