"""Protocols as they were applied, centres that enrol, people screened and enrolled, and their visits as rows."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class TrialRow(Table, db=DB, tablename="trial"):
    """`current`: the version that new enrolments pin."""

    id = UUID(primary_key=True, default=None)
    key = Text(default=None, unique=True)
    current = UUID(null=True, default=None)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)


class TrialVersionRow(Table, db=DB, tablename="trial_version"):
    """The text of a file as it was applied. Only grows."""

    id = UUID(primary_key=True, default=None)
    trial = UUID(default=None)
    version = Text(default=None)
    content = Text(default=None)
    hash = Bytea(default=None)
    applied_by = UUID(default=None)
    applied_at = Timestamptz(default=None)


class TrialSiteRow(Table, db=DB, tablename="trial_site"):
    """From when to when a centre may enrol. `target`: how many people it hopes for, `target_by`: until when."""

    id = UUID(primary_key=True, default=None)
    trial = UUID(default=None)
    organisation = UUID(default=None, index=True)
    opened_on = Date(default=None)
    closed_on = Date(null=True, default=None)
    target = Integer(null=True, default=None)
    target_by = Date(null=True, default=None)
    opened_by = UUID(default=None)
    opened_at = Timestamptz(default=None)
    closed_by = UUID(null=True, default=None)
    closed_reason = Text(default="")
    revision = Integer(default=1)


class ScreeningRow(Table, db=DB, tablename="screening"):
    """One line of the screening log. `answers`: each rule → true, false or null; `failed`: the rules that fail."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    trial = UUID(default=None)
    version = UUID(default=None)
    organisation = UUID(default=None)
    answers = JSONB(default="{}")
    failed = Array(base_column=Text(), default=[])
    outcome = Text(default=None)
    note = Bytea(null=True, default=None)
    screened_by = UUID(default=None)
    screened_at = Timestamptz(default=None)


class EnrolmentRow(Table, db=DB, tablename="enrolment"):
    """Per patient, trial and centre. `included_on` is the anchor; `held`: the version that waits for a new consent."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    trial = UUID(default=None)
    version = UUID(default=None)
    organisation = UUID(default=None)
    screening = UUID(default=None)
    arm = Text(null=True, default=None)
    included_on = Date(default=None)
    state = Text(default="active")
    ended_on = Date(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    end_note = Bytea(null=True, default=None)
    held = UUID(null=True, default=None)
    enrolled_by = UUID(default=None)
    enrolled_at = Timestamptz(default=None)
    revision = Integer(default=1)


class EnrolmentHistoryRow(Table, db=DB, tablename="enrolment_history"):
    """What an enrolment was at a revision, before it changed. Only grows."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    enrolment = UUID(default=None)
    revision = Integer(default=None)
    version = UUID(default=None)
    arm = Text(null=True, default=None)
    included_on = Date(default=None)
    state = Text(default=None)
    ended_on = Date(null=True, default=None)
    held = UUID(null=True, default=None)
    reason = Bytea(null=True, default=None)
    end_note = Bytea(null=True, default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)


class EnrolmentEventRow(Table, db=DB, tablename="enrolment_event"):
    """A date that visits count from: an operation, a diagnosis."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    enrolment = UUID(default=None)
    event = Text(default=None)
    happened_on = Date(default=None)
    noted_by = UUID(default=None)
    noted_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)


class VisitRow(Table, db=DB, tablename="visit"):
    """A planned visit, or an unscheduled one, which has no window. Windows are calendar days, both ends included.

    `asked`: what is answered by whom in which module; `prepared_at`: when that became assignments; `note` is sealed.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    enrolment = UUID(default=None)
    trial = UUID(default=None)
    version = UUID(default=None)
    organisation = UUID(default=None)
    visit = Text(default=None)
    number = Integer(default=0)
    unscheduled = Boolean(default=False)
    place = Text(default="site")
    target = Date(null=True, default=None)
    best_from = Date(null=True, default=None)
    best_to = Date(null=True, default=None)
    permitted_from = Date(null=True, default=None)
    permitted_to = Date(null=True, default=None)
    asked = JSONB(default="[]")
    prepared_at = Timestamptz(null=True, default=None)
    started_on = Date(null=True, default=None)
    started_by = UUID(null=True, default=None)
    completed_on = Date(null=True, default=None)
    completed_by = UUID(null=True, default=None)
    skipped_on = Date(null=True, default=None)
    skipped_by = UUID(null=True, default=None)
    skip_reason = Text(default="")
    note = Bytea(null=True, default=None)
    signed_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)
    removed_at = Timestamptz(null=True, default=None)


class VisitHistoryRow(Table, db=DB, tablename="visit_history"):
    """What changed of a visit at a revision: `former` holds the values before. Only grows."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    visit = UUID(default=None)
    revision = Integer(default=None)
    former = JSONB(default=None)
    reason = Bytea(null=True, default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)
    note = Bytea(null=True, default=None)


class VisitNoteRow(Table, db=DB, tablename="visit_note"):
    """What somebody of the team wrote about a visit, sealed; out of sight once it is removed."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    visit = UUID(default=None)
    text = Bytea(default=None)
    written_by = UUID(default=None)
    written_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)
    removed_reason = Bytea(null=True, default=None)
