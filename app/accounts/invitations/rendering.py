"""The letter that invites."""

from app.accounts.invitations.model import Invitation
from app.channels.rendering import letter
from app.lib.mail import Letter
from app.settings import settings


def invitation_letter(invitation: Invitation, inviter: str, token: str) -> Letter:
    """In the language that was chosen for it: who invites, to which centre, and the link."""
    return letter(
        "accounts/mail_invitation",
        invitation.language,
        inviter=inviter,
        centre=invitation.organisation_name,
        link=f"{settings().base_url}/invitations/{token}",
        until=invitation.valid_until,
    )
