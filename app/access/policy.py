"""Who may do what, in one table. Pure: a clinician can read it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    PATIENT = "patient"
    PRACTITIONER = "practitioner"


class Permission(StrEnum):
    ACCOUNT_OWN = "account:own"
    HOME_READ = "home:read"
    TODAY_READ = "today:read"
    QUESTIONNAIRE_READ = "questionnaire:read"
    PATIENT_LIST = "patient:list"
    PATIENT_READ = "patient:read"
    ASSIGNMENT_OPEN = "assignment:open"
    ASSIGNMENT_CREATE = "assignment:create"
    RESPONSE_READ = "response:read"
    RESPONSE_ANSWER = "response:answer"
    RESPONSE_CORRECT = "response:correct"
    SCORE_READ = "score:read"
    ALERT_ACKNOWLEDGE = "alert:acknowledge"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PATIENT: frozenset(
        {
            Permission.ACCOUNT_OWN,
            Permission.HOME_READ,
            Permission.ASSIGNMENT_OPEN,
            Permission.RESPONSE_READ,
            Permission.RESPONSE_ANSWER,
            Permission.RESPONSE_CORRECT,
        }
    ),
    Role.PRACTITIONER: frozenset(
        {
            Permission.ACCOUNT_OWN,
            Permission.TODAY_READ,
            Permission.QUESTIONNAIRE_READ,
            Permission.PATIENT_LIST,
            Permission.PATIENT_READ,
            Permission.ASSIGNMENT_OPEN,
            Permission.ASSIGNMENT_CREATE,
            Permission.RESPONSE_READ,
            Permission.RESPONSE_ANSWER,
            Permission.RESPONSE_CORRECT,
            Permission.SCORE_READ,
            Permission.ALERT_ACKNOWLEDGE,
        }
    ),
}

# What patients and relatives say, each in a voice of their own; what a professional observes is the professional's.
OWN_VOICE = frozenset({"patient", "proxy"})
WRITING = frozenset({Permission.ASSIGNMENT_OPEN, Permission.RESPONSE_ANSWER, Permission.RESPONSE_CORRECT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is signed in, in the one membership they act in.

    `patients`: whom they answer for, themselves or others; `proxy_for`: the others among them.
    """

    id: UUID
    role: Role
    name: str = ""
    given_name: str = ""
    patients: frozenset[UUID] = frozenset()
    proxy_for: frozenset[UUID] = frozenset()
    organisation: UUID | None = None
    organisation_name: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a thing belongs; what a policy needs to know about it and no more.

    `organisations`: the centres with an active affiliation. `answered_by`: of a questionnaire, whose voice it is.
    """

    patient: UUID
    organisations: frozenset[UUID]
    answered_by: str | None = None


def voice(actor: Actor, patient: UUID) -> str:
    """In whose name somebody answers about this patient: a relative never in the patient's, nor the other way round."""
    return "proxy" if patient in actor.proxy_for else "patient"


def sees(actor: Actor, scope: Scope) -> bool:
    if actor.role is Role.PATIENT:
        return scope.patient in actor.patients and scope.answered_by in {None, voice(actor, scope.patient)}
    return actor.organisation in scope.organisations


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    if permission not in GRANTS[actor.role] or not sees(actor, scope):
        return False
    if permission in WRITING and scope.answered_by is not None:
        return (scope.answered_by in OWN_VOICE) == (actor.role is Role.PATIENT)
    return True
