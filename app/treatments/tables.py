"""The drug database, prescriptions and adverse effects, and what corrections replaced."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class DrugReleaseRow(Table, db=DB, tablename="drug_release"):
    """One reading of the public drug database; `dated`: the month its files tell of."""

    id = UUID(primary_key=True, default=None)
    source = Text(default=None)
    dated = Text(default=None)
    imported_at = Timestamptz(default=None)
    drugs = Integer(default=None)
    added = Integer(default=None)
    changed = Integer(default=None)
    withdrawn = Integer(default=None)


class DrugRow(Table, db=DB, tablename="drug"):
    """One speciality. `words`: what it is found by. `withdrawn`: the release in which it was no longer."""

    cis = Text(primary_key=True, default=None)
    name = Text(default=None)
    form = Text(default=None)
    routes = Text(default=None)
    holder = Text(default=None)
    status = Text(default=None)
    marketed = Boolean(default=None)
    substances = Text(default=None)
    atc = Text(null=True, default=None)
    conditions = Text(default="")
    availability = Text(default="")
    generic_group = Text(default="")
    words = Array(base_column=Text(), default=None)
    release = UUID(default=None)
    withdrawn = UUID(null=True, default=None)


class DrugSubstanceRow(Table, db=DB, tablename="drug_substance"):
    """`nature`: SA the substance, FT its therapeutic part; those of one `number` belong together."""

    id = UUID(primary_key=True, default=None)
    drug = Text(default=None, index=True)
    form = Text(default=None)
    code = Text(default=None)
    name = Text(default=None)
    dose = Text(default=None)
    per = Text(default=None)
    nature = Text(default=None)
    number = Integer(default=None)


class DrugPackRow(Table, db=DB, tablename="drug_pack"):
    """A box that one can buy."""

    id = UUID(primary_key=True, default=None)
    drug = Text(default=None, index=True)
    cip13 = Text(default=None)
    label = Text(default=None)
    status = Text(default=None)


class DrugWordRow(Table, db=DB, tablename="drug_word"):
    """Every word of every drug, once."""

    word = Text(primary_key=True, default=None)


class PrescriptionRow(Table, db=DB, tablename="prescription"):
    """One dose over one time; `follows`: the row whose dose was changed. Bytes are sealed under the patient's key."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    organisation = UUID(default=None)
    cis = Text(null=True, default=None)
    label = Text(default=None)
    substance = Text(default="")
    strength = Numeric(null=True, default=None)
    strength_per = Text(default="")
    words = Bytea(null=True, default=None)
    unit = Text(default=None)
    takes = JSONB(default="[]")
    every_days = Integer(default=1)
    weekdays = Text(default="")
    as_needed = Boolean(default=False)
    most_per_day = Numeric(null=True, default=None)
    route = Text(default="")
    started = Text(default=None)
    ended = Text(null=True, default=None)
    refill_on = Date(null=True, default=None)
    reason = Bytea(null=True, default=None)
    prescriber = Bytea(null=True, default=None)
    stop_reason = Text(default="")
    stop_note = Bytea(null=True, default=None)
    follows = UUID(null=True, default=None)
    created_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)
    removed_reason = Bytea(null=True, default=None)


class PrescriptionHistoryRow(Table, db=DB, tablename="prescription_history"):
    """What a correction of a prescription replaced: JSON under the patient's key, and why."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    prescription = UUID(default=None, index=True)
    revision = Integer(default=None)
    former = Bytea(default=None)
    why = Bytea(default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)


class AdverseEffectRow(Table, db=DB, tablename="adverse_effect"):
    """What a person did not tolerate; `suspected`: the prescriptions it may come from."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    organisation = UUID(default=None)
    label = Bytea(default=None)
    severity = Text(default=None)
    started = Text(default=None)
    ended = Text(null=True, default=None)
    outcome = Text(default=None)
    action_taken = Text(default=None)
    suspected = Array(base_column=UUID(), default=None)
    created_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)
    removed_reason = Bytea(null=True, default=None)


class AdverseEffectHistoryRow(Table, db=DB, tablename="adverse_effect_history"):
    """What was said of an adverse effect before: JSON under the patient's key."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    adverse_effect = UUID(default=None, index=True)
    revision = Integer(default=None)
    former = Bytea(default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)
