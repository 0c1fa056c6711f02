"""The policy as a table that people read: for each permission and each role, how far it reaches. Pure, no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.access.policy import ADMINISTERING, GRANTS, NEEDS_TRAINING, Permission, Role


class Reach(StrEnum):
    """About whom or what a permission is, for one role."""

    OWN_ACCOUNT = "own_account"
    OWN_ANSWERS = "own_answers"
    ONE_VISIT = "one_visit"
    FOLLOWED = "followed"
    OWN_CENTRE = "own_centre"
    NETWORK = "network"
    CODES = "codes"
    WITH_REASON = "with_reason"
    ALL = "all"


class FreshProof(StrEnum):
    """Whether a second factor given just now is asked for."""

    NEVER = ""
    CHANGES = "changes"
    ALWAYS = "always"


class Column(StrEnum):
    """Who: the roles, and what administering a centre adds to the first two of a team."""

    PATIENT = Role.PATIENT.value
    PRACTITIONER = Role.PRACTITIONER.value
    ARC = Role.ARC.value
    ADMINISTERS = "administers"
    ADMINISTRATOR = Role.ADMINISTRATOR.value
    SUPERADMIN = Role.SUPERADMIN.value
    WAITING = Role.WAITING.value
    TABLET = Role.TABLET.value


GRANTED = {column: ADMINISTERING if column is Column.ADMINISTERS else GRANTS[Role(column.value)] for column in Column}
GROUPS: dict[str, tuple[Permission, ...]] = {
    "own": (
        Permission.ACCOUNT_OWN,
        Permission.SESSION_KEEP,
        Permission.ACCESS_LOG_READ,
        Permission.TRAINING_TAKE,
        Permission.PLACE_REQUEST,
        Permission.POLICY_READ,
    ),
    "answers": (
        Permission.HOME_READ,
        Permission.ASSIGNMENT_OPEN,
        Permission.RESPONSE_READ,
        Permission.RESPONSE_ANSWER,
        Permission.RESPONSE_CORRECT,
    ),
    "care": (
        Permission.TODAY_READ,
        Permission.QUESTIONNAIRE_READ,
        Permission.PATIENT_LIST,
        Permission.PATIENT_READ,
        Permission.ASSIGNMENT_CREATE,
        Permission.SCORE_READ,
        Permission.ALERT_ACKNOWLEDGE,
    ),
    "records": (
        Permission.PATIENT_CREATE,
        Permission.PATIENT_EDIT,
        Permission.PATIENT_MERGE,
        Permission.PATIENT_REMOVE,
        Permission.AFFILIATION_REQUEST,
        Permission.AFFILIATION_DECIDE,
        Permission.AFFILIATION_END,
        Permission.RECORD_ASK,
        Permission.RECORD_DECIDE,
        Permission.PATIENT_INVITE,
        Permission.CONTACT_EDIT,
        Permission.OWN_RECORD,
        Permission.OWN_RECORD_MANAGE,
        Permission.CONSENT_READ,
        Permission.CONSENT_COLLECT,
        Permission.CONSENT_SIGN,
        Permission.TREATMENT_READ,
        Permission.TREATMENT_EDIT,
        Permission.LAB_READ,
        Permission.LAB_EDIT,
        Permission.LAB_IMPORT,
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_ADD,
        Permission.DOCUMENT_REMOVE,
    ),
    "trials": (
        Permission.TRIAL_READ,
        Permission.ENROLMENT_READ,
        Permission.ENROLMENT_CREATE,
        Permission.ENROLMENT_EDIT,
        Permission.VISIT_READ,
        Permission.VISIT_EDIT,
        Permission.VISIT_SIGN,
        Permission.VISIT_LEND,
        Permission.PROGRESS_READ,
        Permission.TRIAL_MANAGE,
    ),
    "accounts": (
        Permission.ADMINISTRATION_READ,
        Permission.ORGANISATION_READ,
        Permission.ORGANISATION_EDIT,
        Permission.PROFESSIONAL_READ,
        Permission.DELIVERY_READ,
        Permission.PLACE_MANAGE,
        Permission.PLACE_DECIDE,
        Permission.INVITATION_MANAGE,
        Permission.RESET_MANAGE,
        Permission.AUDIT_READ,
        Permission.PATIENT_RESTORE,
    ),
    "network": (
        Permission.ORGANISATION_CREATE,
        Permission.ACCOUNT_CLOSE,
        Permission.PATIENT_CODED,
        Permission.IDENTITY_OPEN,
        Permission.CONSENT_TEXT_EDIT,
    ),
}
GENERAL = frozenset({Permission.POLICY_READ, Permission.QUESTIONNAIRE_READ, Permission.TRIAL_READ})
OF_CENTRES = frozenset({Permission.PROGRESS_READ, Permission.TRIAL_MANAGE})
OF_THE_ACCOUNT = frozenset(
    {
        Permission.ACCOUNT_OWN,
        Permission.SESSION_KEEP,
        Permission.TRAINING_TAKE,
        Permission.PLACE_REQUEST,
        Permission.RECORD_ASK,
    }
)
OF_A_PATIENT = (
    frozenset({Permission.ACCESS_LOG_READ, *GROUPS["answers"], *GROUPS["care"], *GROUPS["records"], *GROUPS["trials"]})
    - GENERAL
    - OF_CENTRES
)


@dataclass(frozen=True, slots=True)
class Line:
    """One permission: how far it reaches for each column that has it, and what else it asks for."""

    permission: Permission
    cells: Mapping[Column, Reach]
    training: bool
    fresh: FreshProof


def lines(fresh: Mapping[Permission, FreshProof]) -> dict[str, list[Line]]:
    """The table, group by group. `fresh`: what the pages themselves ask for."""
    return {group: [_line(one, fresh) for one in permissions] for group, permissions in GROUPS.items()}


def _line(permission: Permission, fresh: Mapping[Permission, FreshProof]) -> Line:
    cells = {column: reach(column, permission) for column in Column if permission in GRANTED[column]}
    return Line(permission, cells, permission in NEEDS_TRAINING, fresh.get(permission, FreshProof.NEVER))


def reach(column: Column, permission: Permission) -> Reach:
    """How far a permission reaches for those who have it.

    >>> reach(Column.PATIENT, Permission.RESPONSE_READ), reach(Column.PRACTITIONER, Permission.RESPONSE_READ)
    (<Reach.OWN_ANSWERS: 'own_answers'>, <Reach.FOLLOWED: 'followed'>)
    """
    if column is Column.TABLET:
        return Reach.ONE_VISIT
    if permission in GENERAL:
        return Reach.ALL
    if permission in OF_THE_ACCOUNT:
        return Reach.OWN_ACCOUNT
    if permission in OF_A_PATIENT:
        return Reach.OWN_ANSWERS if column is Column.PATIENT else Reach.FOLLOWED
    if permission is Permission.PATIENT_CODED:
        return Reach.CODES
    if permission is Permission.IDENTITY_OPEN:
        return Reach.WITH_REASON
    return Reach.NETWORK if column is Column.SUPERADMIN else Reach.OWN_CENTRE


def fresh_proofs(required: Mapping[str, str]) -> dict[Permission, FreshProof]:
    """Of each permission, whether every route that asks for it wants a fresh proof, or some, from `requirements`.

    >>> fresh_proofs({"GET /a": "audit:read", "GET /b": "place:manage", "POST /b": "place:manage fresh"})
    {<Permission.AUDIT_READ: 'audit:read'>: <FreshProof.NEVER: ''>, \
<Permission.PLACE_MANAGE: 'place:manage'>: <FreshProof.CHANGES: 'changes'>}
    """
    asked: dict[Permission, set[bool]] = {}
    for said in required.values():
        name, _, mark = said.partition(" ")
        if name in set(Permission):
            asked.setdefault(Permission(name), set()).add(mark == "fresh")
    return {permission: _fresh(marks) for permission, marks in asked.items()}


def _fresh(marks: set[bool]) -> FreshProof:
    if True not in marks:
        return FreshProof.NEVER
    return FreshProof.CHANGES if False in marks else FreshProof.ALWAYS
