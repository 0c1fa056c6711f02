"""Who may do what, in one table. Pure: a clinician can read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.consent import Use
from app.access.consent import allowed as consent_allows
from app.access.lending import Lent as Lent
from app.access.rights import EVERY_RIGHT, Right


class Role(StrEnum):
    """What somebody is here in one membership. `waiting`: a professional without a place in any centre yet. `tablet`:
    a practitioner's session while its screen is in the hands of a patient."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    ARC = "arc"
    ADMINISTRATOR = "administrator"
    SUPERADMIN = "superadmin"
    WAITING = "waiting"
    TABLET = "tablet"


class Permission(StrEnum):
    ACCOUNT_OWN = "account:own"
    SESSION_KEEP = "session:keep"
    ACCESS_LOG_READ = "access_log:read"
    TRAINING_TAKE = "training:take"
    PLACE_REQUEST = "place:request"
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
    ADMINISTRATION_READ = "administration:read"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_CREATE = "organisation:create"
    PROFESSIONAL_READ = "professional:read"
    PLACE_MANAGE = "place:manage"
    ACCOUNT_CLOSE = "account:close"
    PLACE_DECIDE = "place:decide"
    INVITATION_MANAGE = "invitation:manage"
    RESET_MANAGE = "reset:manage"
    DELIVERY_READ = "delivery:read"
    AUDIT_READ = "audit:read"
    POLICY_READ = "policy:read"
    PATIENT_CODED = "patient:coded"
    IDENTITY_OPEN = "identity:open"
    PATIENT_CREATE = "patient:create"
    PATIENT_EDIT = "patient:edit"
    PATIENT_INVITE = "patient:invite"
    PATIENT_MERGE = "patient:merge"
    PATIENT_REMOVE = "patient:remove"
    PATIENT_RESTORE = "patient:restore"
    AFFILIATION_REQUEST = "affiliation:request"
    AFFILIATION_DECIDE = "affiliation:decide"
    AFFILIATION_END = "affiliation:end"
    CONTACT_EDIT = "contact:edit"
    CONSENT_READ = "consent:read"
    CONSENT_COLLECT = "consent:collect"
    CONSENT_SIGN = "consent:sign"
    CONSENT_TEXT_EDIT = "consent_text:edit"
    TREATMENT_READ = "treatment:read"
    TREATMENT_EDIT = "treatment:edit"
    LAB_READ = "lab:read"
    LAB_EDIT = "lab:edit"
    LAB_IMPORT = "lab:import"
    DOCUMENT_READ = "document:read"
    DOCUMENT_ADD = "document:add"
    DOCUMENT_REMOVE = "document:remove"
    RECORD_ASK = "record:ask"
    RECORD_DECIDE = "record:decide"
    OWN_RECORD = "own_record:read"
    OWN_RECORD_MANAGE = "own_record:manage"
    TRIAL_READ = "trial:read"
    TRIAL_MANAGE = "trial:manage"
    PROGRESS_READ = "progress:read"
    ENROLMENT_READ = "enrolment:read"
    ENROLMENT_CREATE = "enrolment:create"
    ENROLMENT_EDIT = "enrolment:edit"
    VISIT_READ = "visit:read"
    VISIT_EDIT = "visit:edit"
    VISIT_SIGN = "visit:sign"
    VISIT_LEND = "visit:lend"


OWN = frozenset({Permission.ACCOUNT_OWN, Permission.SESSION_KEEP})
OF_TEAMS = OWN | {Permission.TRAINING_TAKE, Permission.PLACE_REQUEST, Permission.POLICY_READ, Permission.TRIAL_READ}
# What a centre's team does with the records of the people it follows, besides asking and reading questionnaires.
OF_RECORDS = frozenset(
    {
        Permission.PATIENT_CREATE,
        Permission.PATIENT_EDIT,
        Permission.PATIENT_INVITE,
        Permission.PATIENT_MERGE,
        Permission.PATIENT_REMOVE,
        Permission.AFFILIATION_REQUEST,
        Permission.AFFILIATION_DECIDE,
        Permission.AFFILIATION_END,
        Permission.CONTACT_EDIT,
        Permission.CONSENT_READ,
        Permission.CONSENT_COLLECT,
        Permission.TREATMENT_READ,
        Permission.TREATMENT_EDIT,
        Permission.LAB_READ,
        Permission.LAB_EDIT,
        Permission.LAB_IMPORT,
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_ADD,
        Permission.DOCUMENT_REMOVE,
        Permission.RECORD_DECIDE,
    }
)
# What it does in the trials it takes part in.
OF_TRIALS = frozenset(
    {
        Permission.PROGRESS_READ,
        Permission.ENROLMENT_READ,
        Permission.ENROLMENT_CREATE,
        Permission.ENROLMENT_EDIT,
        Permission.VISIT_READ,
        Permission.VISIT_EDIT,
        Permission.VISIT_SIGN,
        Permission.VISIT_LEND,
    }
)
ADMINISTERING = frozenset(
    {
        Permission.ADMINISTRATION_READ,
        Permission.ORGANISATION_READ,
        Permission.ORGANISATION_EDIT,
        Permission.PROFESSIONAL_READ,
        Permission.PLACE_MANAGE,
        Permission.PLACE_DECIDE,
        Permission.INVITATION_MANAGE,
        Permission.RESET_MANAGE,
        Permission.DELIVERY_READ,
        Permission.AUDIT_READ,
        Permission.PATIENT_RESTORE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PATIENT: OWN
    | {
        Permission.ACCESS_LOG_READ,
        Permission.HOME_READ,
        Permission.ASSIGNMENT_OPEN,
        Permission.RESPONSE_READ,
        Permission.RESPONSE_ANSWER,
        Permission.RESPONSE_CORRECT,
        Permission.CONSENT_READ,
        Permission.CONSENT_SIGN,
        Permission.TREATMENT_READ,
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_ADD,
        Permission.RECORD_ASK,
        Permission.OWN_RECORD,
        Permission.OWN_RECORD_MANAGE,
    },
    Role.PRACTITIONER: OF_TEAMS
    | OF_RECORDS
    | OF_TRIALS
    | {
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
    },
    # What an ARC reads and checks is granted trial by trial.
    Role.ARC: OF_TEAMS | {Permission.QUESTIONNAIRE_READ},
    Role.ADMINISTRATOR: OF_TEAMS | ADMINISTERING,
    Role.SUPERADMIN: OWN
    | ADMINISTERING
    | {
        Permission.POLICY_READ,
        Permission.TRIAL_READ,
        Permission.TRIAL_MANAGE,
        Permission.QUESTIONNAIRE_READ,
        Permission.ORGANISATION_CREATE,
        Permission.ACCOUNT_CLOSE,
        Permission.PATIENT_CODED,
        Permission.IDENTITY_OPEN,
        Permission.CONSENT_TEXT_EDIT,
    },
    Role.WAITING: OF_TEAMS,
    Role.TABLET: frozenset({Permission.SESSION_KEEP, Permission.ASSIGNMENT_OPEN, Permission.RESPONSE_ANSWER}),
}

# Before the first of these a professional takes the course on handling patients' data, and anew each year.
NEEDS_TRAINING = frozenset(
    {
        Permission.TODAY_READ,
        Permission.PATIENT_LIST,
        Permission.PATIENT_READ,
        Permission.ASSIGNMENT_OPEN,
        Permission.ASSIGNMENT_CREATE,
        Permission.RESPONSE_READ,
        Permission.RESPONSE_ANSWER,
        Permission.RESPONSE_CORRECT,
        Permission.SCORE_READ,
        Permission.ALERT_ACKNOWLEDGE,
        *OF_RECORDS,
        *OF_TRIALS,
    }
)
TRAINED = frozenset({Role.PRACTITIONER, Role.ARC})

FRESH_FOR = timedelta(minutes=15)
"""How long a second factor opens what asks for a fresh one."""

# What patients and relatives say, each in a voice of their own; what a professional observes is the professional's.
OWN_VOICE = frozenset({"patient", "proxy"})
SPEAKING = frozenset({Role.PATIENT, Role.TABLET})
WRITING = frozenset({Permission.ASSIGNMENT_OPEN, Permission.RESPONSE_ANSWER, Permission.RESPONSE_CORRECT})

# Which of their rights a proxy needs. What is not written here they may never do for somebody else.
PROXIES_NEED = {
    Permission.ACCESS_LOG_READ: Right.VIEW,
    Permission.RESPONSE_READ: Right.VIEW,
    Permission.CONSENT_READ: Right.VIEW,
    Permission.TREATMENT_READ: Right.VIEW,
    Permission.DOCUMENT_READ: Right.VIEW,
    Permission.OWN_RECORD: Right.VIEW,
    Permission.ASSIGNMENT_OPEN: Right.ANSWER,
    Permission.RESPONSE_ANSWER: Right.ANSWER,
    Permission.RESPONSE_CORRECT: Right.ANSWER,
    Permission.DOCUMENT_ADD: Right.ANSWER,
    Permission.CONSENT_SIGN: Right.CONSENT,
    Permission.RECORD_ASK: Right.CONSENT,
    Permission.OWN_RECORD_MANAGE: Right.CONSENT,
}


# What stays possible in a record that its owner closed: to ask again, to leave, and to help somebody in danger.
IN_CLOSED_RECORDS = frozenset(
    {
        Permission.CONSENT_READ,
        Permission.CONSENT_COLLECT,
        Permission.AFFILIATION_END,
        Permission.ALERT_ACKNOWLEDGE,
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is signed in, in the one membership they act in.

    `patients`: whom they answer for, themselves or others; `rights`: what they may do for the others among them.
    `paused`: those for whom they may do nothing any more, since they came of age. `administers`: looks after the
    accounts of their centre besides. `opened`: whose identity a network administrator has opened. `factor_at`: the
    last second factor of this session. `lent`: of a session whose screen is handed over, to what.
    """

    id: UUID
    role: Role
    name: str = ""
    given_name: str = ""
    patients: frozenset[UUID] = frozenset()
    rights: Mapping[UUID, frozenset[Right]] = field(default_factory=dict, hash=False)
    paused: frozenset[UUID] = frozenset()
    organisation: UUID | None = None
    organisation_name: str = ""
    administers: bool = False
    opened: frozenset[UUID] = frozenset()
    trained: bool = False
    factor_at: datetime | None = None
    lent: Lent | None = None

    @property
    def proxy_for(self) -> frozenset[UUID]:
        """The others among those they answer for."""
        return frozenset(self.rights)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a thing belongs; what a policy needs to know about it and no more.

    `patient`: whom it is about, if anybody. `organisations`: the centres that may see it: those with an active
    affiliation, or the one it belongs to. `answered_by`: of a questionnaire, whose voice it is; `author`: who opened
    it. `account`: of a person's own things (a session, a passkey), whose they are. `withheld`: the purposes that
    consent does not allow. `visits`: those that ask for it; `handover`: the tablet on which it was given.
    """

    patient: UUID | None
    organisations: frozenset[UUID] = frozenset()
    answered_by: str | None = None
    account: UUID | None = None
    withheld: frozenset[str] = frozenset()
    author: UUID | None = None
    visits: frozenset[UUID] = frozenset()
    handover: UUID | None = None


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """Everything that this role may do somewhere."""
    return GRANTS[actor.role] | ADMINISTERING if actor.administers else GRANTS[actor.role]


def needs_training(actor: Actor, permission: Permission) -> bool:
    """Whether the course stands between this professional and what they ask for."""
    return actor.role in TRAINED and not actor.trained and permission in NEEDS_TRAINING


def is_fresh(actor: Actor, at: datetime) -> bool:
    """Whether the second factor was given just now."""
    return actor.factor_at is not None and at - actor.factor_at < FRESH_FOR


def may(actor: Actor, patient: UUID, right: Right) -> bool:
    """Whether somebody may do this for a patient: for themselves always, for others as far as they were given it."""
    return patient in actor.patients and right in actor.rights.get(patient, EVERY_RIGHT)


def voices(actor: Actor, patient: UUID) -> frozenset[str]:
    """In whose name somebody answers about this patient: a relative in the patient's only where that was settled."""
    if patient not in actor.rights:
        return frozenset({"patient"})
    return OWN_VOICE if may(actor, patient, Right.SPEAK) else frozenset({"proxy"})


def _hears(actor: Actor, patient: UUID, scope: Scope) -> bool:
    """Whether a patient or a proxy sees a thing of this patient; one who may not view sees what they answer."""
    if patient not in actor.patients or scope.answered_by not in {None, *voices(actor, patient)}:
        return False
    answers = may(actor, patient, Right.ANSWER) and scope.author in {None, actor.id}
    return scope.answered_by is None or answers or may(actor, patient, Right.VIEW)


def _is_handed_over(actor: Actor, scope: Scope) -> bool:
    """Whether this is what a tablet was handed over for. A relative goes on with what they began, and nobody else."""
    lent = actor.lent
    if lent is None or lent.visit not in scope.visits or actor.organisation not in scope.organisations:
        return False
    theirs = scope.author is None or scope.handover in lent.same
    theirs = theirs or (scope.handover is None and scope.author == lent.account)
    return scope.answered_by == lent.voice and (theirs or lent.voice == "patient")


def _has_right(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Whether whoever answers for another was given what this takes."""
    patient = scope.patient
    if actor.role is not Role.PATIENT or patient is None or patient not in actor.rights:
        return True
    if permission is Permission.RESPONSE_READ and scope.author == actor.id and may(actor, patient, Right.ANSWER):
        return True
    return (needed := PROXIES_NEED.get(permission)) is not None and may(actor, patient, needed)


def sees(actor: Actor, scope: Scope) -> bool:
    """Whether the thing exists for this person. Accounts are looked after without seeing a single patient."""
    if actor.role is Role.TABLET:
        return consent_allows(scope.withheld, Use.OPEN_RECORD) and _is_handed_over(actor, scope)
    if scope.account is not None:
        return scope.account == actor.id
    if scope.patient is None:
        return actor.role is Role.SUPERADMIN or actor.organisation in scope.organisations
    if actor.role is Role.PATIENT:
        return _hears(actor, scope.patient, scope)
    if actor.role is Role.SUPERADMIN:
        return scope.patient in actor.opened
    return actor.role is Role.PRACTITIONER and actor.organisation in scope.organisations


def is_closed(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Whether the person's own decision keeps a team from this. To themselves nobody's record is ever closed."""
    if actor.role is not Role.PRACTITIONER or scope.patient is None or permission in IN_CLOSED_RECORDS:
        return False
    return not consent_allows(scope.withheld, Use.OPEN_RECORD)


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    if permission not in permissions_of(actor) or not sees(actor, scope) or is_closed(actor, permission, scope):
        return False
    if not _has_right(actor, permission, scope):
        return False
    if permission in WRITING and scope.answered_by is not None:
        return (scope.answered_by in OWN_VOICE) == (actor.role in SPEAKING)
    return True
