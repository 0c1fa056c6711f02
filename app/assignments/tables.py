"""Who should answer what, when and why. Whether they did stands in `state`, kept by the responses."""

from piccolo.columns import UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class AssignmentRow(Table, db=DB, tablename="assignment"):
    """`origin_kind` + `origin_id`: by hand (the account), a visit, a referral. `response` may serve several.

    Of a visit: its `position` among the others, whether it is `required`, the frozen `version` of the questionnaire,
    and `reuse_days`, how old an answer may be that counts for it.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    questionnaire = Text(default=None)
    answered_by = Text(default=None)
    origin_kind = Text(default="by_hand")
    origin_id = UUID(default=None)
    organisation = UUID(default=None)
    opens_on = Date(default=None)
    due_on = Date(null=True, default=None)
    state = Text(default="to_do")
    response = UUID(null=True, default=None, index=True)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)
    position = SmallInt(default=0)
    required = Boolean(default=True)
    version = Text(null=True, default=None)
    reuse_days = Integer(null=True, default=None)
