"""What people of a team are, and what it lets them do in a centre. Pure; the words are in wording.py."""

from app.access.policy import Role

PROFESSIONS = ("psychiatrist", "psychologist", "nurse", "care_coordinator", "neurologist", "other", "arc")


def role_of(profession: str) -> Role:
    """What somebody of this profession is in a centre, unless they only look after its accounts.

    >>> role_of("arc"), role_of("nurse")
    (<Role.ARC: 'arc'>, <Role.PRACTITIONER: 'practitioner'>)
    """
    return Role.ARC if profession == "arc" else Role.PRACTITIONER
