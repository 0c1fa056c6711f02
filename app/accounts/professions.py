"""What people of a team are, and what it lets them do in a centre. Pure; the words are in wording.py."""

from enum import StrEnum

from app.access.policy import Role

PROFESSIONS = ("psychiatrist", "psychologist", "nurse", "care_coordinator", "neurologist", "other", "arc")


class Access(StrEnum):
    """What somebody does in a centre: their profession's work, that and looking after its accounts, or only these."""

    TEAM = "team"
    TEAM_AND_ACCOUNTS = "team_and_accounts"
    ACCOUNTS = "accounts"


def role_of(profession: str) -> Role:
    """What somebody of this profession is in a centre, unless they only look after its accounts.

    >>> role_of("arc"), role_of("nurse")
    (<Role.ARC: 'arc'>, <Role.PRACTITIONER: 'practitioner'>)
    """
    return Role.ARC if profession == "arc" else Role.PRACTITIONER


def place_of(profession: str, access: Access) -> tuple[Role, bool]:
    """The role, and whether it administers besides.

    >>> place_of("nurse", Access.TEAM_AND_ACCOUNTS), place_of("other", Access.ACCOUNTS)
    ((<Role.PRACTITIONER: 'practitioner'>, True), (<Role.ADMINISTRATOR: 'administrator'>, False))
    """
    if access is Access.ACCOUNTS:
        return Role.ADMINISTRATOR, False
    return role_of(profession), access is Access.TEAM_AND_ACCOUNTS


def access_of(role: str, administers: bool) -> Access:
    """The other way round.

    >>> access_of("arc", False), access_of("administrator", False)
    (<Access.TEAM: 'team'>, <Access.ACCOUNTS: 'accounts'>)
    """
    if role == Role.ADMINISTRATOR:
        return Access.ACCOUNTS
    return Access.TEAM_AND_ACCOUNTS if administers else Access.TEAM
