"""The letter that invites a patient or somebody close."""

from app.channels.rendering import letter
from app.lib.mail import Letter
from app.patients.invitations.model import Invitation
from app.settings import settings


def invitation_letter(invitation: Invitation, inviter: str, centre: str, token: str) -> Letter:
    """In the language that was chosen for it. It names nobody but who invites: the address may be mistyped."""
    return letter(
        "patients/mail_invitation",
        invitation.language,
        inviter=inviter,
        centre=centre,
        own=invitation.relationship is None,
        link=f"{settings().base_url}/invitation/{token}",
        until=invitation.valid_until,
    )
