"""Opening a record after a blind match, changing who a patient is, and the codes of other systems."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.throttle import Limit, within
from app.patients.actions import create_patient
from app.patients.codes import legacy_in
from app.patients.identity.model import ENTRY_LASTS, Entry, Found, Kind, Past, differences
from app.patients.identity.queries import find_entry, identifiers_of, write_history, write_identity
from app.patients.model import NewPatient
from app.patients.queries import LEGACY_SYSTEM, identifier_hash, keys_of, lock_patient

# Each match tells whether somebody is known: typing people one after the other must not become a way to find out.
MATCHING = Limit("patient.matching", 60, timedelta(hours=1))

# A form that is sent again finds its own row; somebody else's, or one that became a record, it leaves alone.
KEEP = """
INSERT INTO patient_draft
    (id, account, organisation, data_key, typed, found, elsewhere, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET data_key = EXCLUDED.data_key, typed = EXCLUDED.typed, found = EXCLUDED.found,
    elsewhere = EXCLUDED.elsewhere, valid_until = EXCLUDED.valid_until
WHERE patient_draft.account = $2 AND patient_draft.organisation = $3 AND patient_draft.patient IS NULL
RETURNING id
"""
IDENTIFY = """
INSERT INTO patient_identifier (id, patient, system, value, value_hash, added_by, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# Of records that other centres follow nothing is told: a former code names a disease.
TAKEN = """
SELECT EXISTS (SELECT FROM patient_identifier i JOIN patient m ON m.id = i.patient
               WHERE i.system = $1 AND i.value_hash = $2
               AND (m.root = $3 OR EXISTS (SELECT FROM following f WHERE f.patient = m.id AND f.organisation = $4)))
"""


async def may_match(by: Actor, at: datetime) -> bool:
    """Count one look for records of a person; whether it is still allowed. Writes only the count, in its own time."""
    async with transaction():
        allowed = await within(MATCHING, str(by.id), at)
        if not allowed:
            await audit.record(
                audit.Action.MATCHING_REFUSED, by=by.id, at=at, subject=by.id, organisation=by.organisation
            )
    return allowed


async def keep_entry(by: Actor, entry: UUID, typed: NewPatient, found: Found, *, at: datetime) -> UUID | None:
    """Keep what was typed and what it resembles for an hour; None where this form is somebody else's, or was used."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    wrapped = ring().new_key(entry)
    key = ring().open(wrapped, entry)
    sealed = [
        key.seal(text, entry, f"patient_draft.{name}")
        for name, text in (("typed", typed.as_text()), ("found", found.as_text()))
    ]
    about = (entry, by.id, by.organisation, wrapped, *sealed, found.elsewhere, at, at + ENTRY_LASTS)
    async with transaction():
        kept: UUID | None = await db.fetch_value(KEEP, *about)
        # How many there are elsewhere must not be read in the trail of this centre either.
        await audit.record(
            audit.Action.PATIENTS_MATCHED,
            by=by.id,
            at=at,
            subject=by.id,
            organisation=by.organisation,
            own=len(found.own),
            elsewhere=int(found.elsewhere),
        )
    return kept


async def open_record(by: Actor, entry: UUID, reason: str, *, at: datetime) -> UUID:
    """Open the record of whom was typed, once: sent again it answers with the same record.

    `reason`: why it is another person, where a close record was found. Refused once the hour is over.
    """
    async with transaction():
        held = await _held(by, entry, at)
        if held.patient is not None:
            return held.patient
        patient = await create_patient(by, held.typed, at=at)
        if not held.found.nothing:
            key = ring().open(await db.fetch_value("SELECT data_key FROM patient WHERE id = $1", patient), patient)
            await write_history(patient, key, Past(Kind.APART, None, reason, by.id, by.organisation, at))
            await audit.record(
                audit.Action.PATIENT_KEPT_APART,
                by=by.id,
                at=at,
                subject=patient,
                patient=patient,
                organisation=by.organisation,
            )
        await db.execute("UPDATE patient_draft SET patient = $2 WHERE id = $1", entry, patient)
    return patient


async def _held(by: Actor, entry: UUID, at: datetime) -> Entry:
    held = await find_entry(entry, lock=True)
    theirs = held is not None and (held.account, held.organisation) == (by.id, by.organisation)
    if held is None or not theirs or (held.patient is None and held.valid_until < at):
        raise Refused("patient_entry.over")
    return held


async def forget_entries(*, at: datetime) -> None:
    """Remove what was typed and not made a record of within its hour."""
    async with transaction():
        gone = await db.execute("DELETE FROM patient_draft WHERE valid_until < $1", at)
        if gone != "DELETE 0":
            await audit.record(
                audit.Action.ENTRIES_FORGOTTEN,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                rows=int(gone.removeprefix("DELETE ")),
            )


async def change_identity(by: Actor, patient: UUID, new: NewPatient, *, seen: int, at: datetime) -> None:
    """Keep what was changed, and who the person was said to be. `seen`: the revision that the form showed.

    Refused with `patient.changed_meanwhile` when somebody else was quicker.
    """
    async with transaction():
        kept, key = await lock_patient(patient)
        fields = differences(kept.known, new)
        if not fields:
            return
        if kept.revision != seen:
            raise Refused("patient.changed_meanwhile")
        await write_history(patient, key, Past(Kind.CHANGED, kept.known, "", by.id, by.organisation, at))
        await write_identity(patient, key, new)
        await db.execute("UPDATE patient SET revision = revision + 1 WHERE id = $1", patient)
        await audit.record(
            audit.Action.PATIENT_CHANGED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
            fields=",".join(fields),
        )


async def note_nir_shown(by: Actor, patient: UUID, *, at: datetime) -> None:
    """Somebody of a team asked to see the whole NIR."""
    async with transaction():
        await audit.record(
            audit.Action.NIR_SHOWN, by=by.id, at=at, subject=patient, patient=patient, organisation=by.organisation
        )


async def add_identifier(by: Actor, patient: UUID, typed: str, *, at: datetime) -> None:
    """Keep a code of the former network. Refused when it is none, or names a record that the centre follows already.

    One that names a record followed elsewhere is kept like a free one.
    """
    value = legacy_in(typed)
    if value is None:
        raise Refused("identifier.wrong")
    async with transaction():
        _, key = await lock_patient(patient)
        row, found_by = new_id(), identifier_hash(LEGACY_SYSTEM, value)
        sealed = key.seal(value, row, "patient_identifier.value")
        # Two who add the same code wait for each other.
        await db.execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(found_by[:8], signed=True))
        if await db.fetch_value(TAKEN, LEGACY_SYSTEM, found_by, patient, by.organisation):
            raise Refused("identifier.taken")
        await db.execute(IDENTIFY, row, patient, LEGACY_SYSTEM, sealed, found_by, by.id, at)
        await audit.record(
            audit.Action.IDENTIFIER_ADDED,
            by=by.id,
            at=at,
            subject=row,
            patient=patient,
            organisation=by.organisation,
            system=LEGACY_SYSTEM,
        )


async def remove_identifier(by: Actor, patient: UUID, identifier: UUID, *, at: datetime) -> None:
    """Take a code away that names somebody else; the history keeps it. Refused when it is not there any more."""
    async with transaction():
        await lock_patient(patient)
        found = next((one for one in await identifiers_of(patient) if one.id == identifier), None)
        if found is None:
            raise Refused("identifier.gone")
        # Of two merged records the one that had it keeps it in its history.
        had = await db.fetch_value("DELETE FROM patient_identifier WHERE id = $1 RETURNING patient", identifier)
        key = (await keys_of([had]))[had]
        await write_history(had, key, Past(Kind.CHANGED, None, found.value, by.id, by.organisation, at))
        await audit.record(
            audit.Action.IDENTIFIER_REMOVED,
            by=by.id,
            at=at,
            subject=identifier,
            patient=patient,
            organisation=by.organisation,
            system=found.system,
        )
