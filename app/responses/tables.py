"""Responses, their answers with history, and what was scored from them."""

from piccolo.columns import JSONB, UUID, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class ResponseRow(Table, db=DB, tablename="response"):
    """`state`: draft, submitted, amended. `revision` counts batches of corrections.

    `handover`: the tablet of a centre on which it was given, handed over by its author.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    questionnaire = Text(default=None)
    version = Text(default=None)
    answered_by = Text(default=None)
    language = Text(default=None)
    author = UUID(default=None)
    organisation = UUID(default=None)
    state = Text(default="draft")
    revision = Integer(default=0)
    opened_at = Timestamptz(default=None)
    submitted_at = Timestamptz(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    handover = UUID(null=True, default=None)


class ResponseRowRow(Table, db=DB, tablename="response_row"):
    """One row of a repeating group. Removing hides it; its answers stay."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    response = UUID(default=None, index=True)
    group_id = Text(default=None)
    added_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)


class AnswerRow(Table, db=DB, tablename="answer"):
    """The current value, unique by (response, item, row); `row` is the nil UUID outside a repeating group.

    A trigger writes each value it replaces to answer_history; the application cannot write there by itself.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    response = UUID(default=None)
    item = Text(default=None)
    row = UUID(default=None)
    value = JSONB(null=True, default=None)
    version = Integer(default=1)
    page_load = UUID(default=None)
    answered_by = UUID(default=None)
    answered_at = Timestamptz(default=None)


class AnswerHistoryRow(Table, db=DB, tablename="answer_history"):
    """Append only: (answer, version) and what it was."""

    id = UUID(primary_key=True, default=None)
    answer = UUID(default=None)
    patient = UUID(default=None)
    response = UUID(default=None, index=True)
    item = Text(default=None)
    row = UUID(default=None)
    value = JSONB(null=True, default=None)
    version = Integer(default=None)
    answered_by = UUID(default=None)
    answered_at = Timestamptz(default=None)
    replaced_at = Timestamptz(default=None)


class CorrectionRow(Table, db=DB, tablename="correction"):
    """Why a sent response was changed: one row a batch."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    response = UUID(default=None, index=True)
    revision = Integer(default=None)
    reason = Text(default=None)
    made_by = UUID(default=None)
    made_at = Timestamptz(default=None)


class ScoreRow(Table, db=DB, tablename="score"):
    """One result. The current one has no `superseded_at`; older ones stay, because people acted on them."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    response = UUID(default=None)
    score_id = Text(default=None)
    status = Text(default=None)
    value = JSONB(null=True, default=None)
    band = Text(null=True, default=None)
    reason = JSONB(null=True, default=None)
    input_hash = Bytea(default=None)
    stale = Boolean(default=False)
    computed_at = Timestamptz(default=None)
    superseded_at = Timestamptz(null=True, default=None)
