"""Opening a patient's record, and noting who read or searched. Each action is one transaction."""

from datetime import datetime
from secrets import randbelow
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.coding.generators import new_code
from app.patients.identity.queries import write_identity
from app.patients.model import SEXES, UNKNOWN_SEX, NewPatient
from app.settings import settings

# A given name, a family name and a birth date are never NULL; writing them is what follows in the same transaction.
INSERT = """
INSERT INTO patient (id, root, code, data_key, given_names, family_name, birth_date, sex, created_at)
VALUES ($1, $1, $2, $3, '', '', '', $4, $5) ON CONFLICT (code) DO NOTHING
"""
TRIES = 20
AFFILIATE = """
INSERT INTO affiliation (id, patient, organisation, status, valid_from, granted_by, active_at)
VALUES ($1, $2, $3, 'active', $4, $5, $6)
"""
# A reading is noted on its own: nothing else hangs on it, so it need not wait for the disk.
NO_WAIT = "SET LOCAL synchronous_commit = off"


async def create_patient(by: Actor, new: NewPatient, *, at: datetime) -> UUID:
    """Open the record of somebody whom the actor's centre follows from this day on."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    if new.sex not in (*SEXES, UNKNOWN_SEX):
        raise Refused("patient.sex_unknown")
    patient = new_id()
    wrapped = ring().new_key(patient)
    async with transaction():
        await _insert(patient, wrapped, new.sex, at)
        await write_identity(patient, ring().open(wrapped, patient), new)
        await db.execute(AFFILIATE, new_id(), patient, by.organisation, day_in(ZONE, at), by.id, at)
        await audit.record(
            audit.Action.PATIENT_CREATED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
        )
    return patient


async def _insert(patient: UUID, wrapped: bytes, sex: str, at: datetime) -> None:
    """The row with a code that nobody has; drawing one that is taken is rare, and drawing again settles it."""
    for _ in range(TRIES):
        code = new_code(settings().patient_codes, randbelow)
        if await db.execute(INSERT, patient, code, wrapped, sex, at) == "INSERT 0 1":
            return
    raise RuntimeError(f"no free code found in {TRIES} tries: choose another way of making codes (PATIENT_CODES)")


async def note_reading(by: Actor, patient: UUID, page: str, *, at: datetime) -> None:
    """Somebody of a team opened a page of the record."""
    async with transaction():
        await db.execute(NO_WAIT)
        await audit.record(
            audit.Action.PATIENT_READ,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
            page=page,
        )


async def note_search(by: Actor, found: int, *, at: datetime) -> None:
    """Somebody of a team searched by name or code. How many were found is kept; what was typed is not."""
    async with transaction():
        await db.execute(NO_WAIT)
        await audit.record(
            audit.Action.PATIENTS_SEARCHED,
            by=by.id,
            at=at,
            subject=by.id,
            organisation=by.organisation,
            found=found,
        )
