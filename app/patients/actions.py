"""Opening a record, and writing down who looked at one."""

from datetime import datetime
from secrets import randbelow
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import clock, db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients import queries
from app.patients.codes import COMBINATIONS, code_from
from app.patients.model import SEXES, NewPatient
from app.patients.names import prefixes

INSERT = """
INSERT INTO patient (id, code, data_key, given_names, family_name, birth_name, birth_date, phone, sex, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

AFFILIATE = """
INSERT INTO affiliation (id, patient, organisation, status, valid_from) VALUES ($1, $2, $3, 'active', $4)
"""


async def create_patient(by: Actor, new: NewPatient, *, at: datetime) -> UUID:
    """Open a record, followed by the centre the actor acts for."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    if new.sex not in SEXES:
        raise Refused("patient.sex_unknown")
    patient = new_id()
    async with transaction():
        await _insert_identity(patient, new, at)
        await _insert_tokens(patient, new)
        await db.execute(AFFILIATE, new_id(), patient, by.organisation, clock.day_in(ZONE, at))
        await audit.record(
            audit.Action.PATIENT_CREATED,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
        )
    return patient


async def _insert_identity(patient: UUID, new: NewPatient, at: datetime) -> None:
    wrapped = ring().new_key(patient)
    key = ring().open(wrapped, patient)
    await db.execute(
        INSERT,
        patient,
        await _free_code(),
        wrapped,
        key.seal(new.given_names, patient, "patient.given_names"),
        key.seal(new.family_name, patient, "patient.family_name"),
        key.seal(new.birth_name, patient, "patient.birth_name") if new.birth_name else None,
        key.seal(new.birth_date.isoformat(), patient, "patient.birth_date"),
        key.seal(new.phone, patient, "patient.phone") if new.phone else None,
        new.sex,
        at,
    )


async def _free_code() -> str:
    while await queries.is_code_taken(code := code_from(randbelow(COMBINATIONS))):
        pass
    return code


async def _insert_tokens(patient: UUID, new: NewPatient) -> None:
    found = prefixes((new.given_names, new.family_name, new.birth_name))
    await db.execute(
        "INSERT INTO patient_token (id, patient, token) SELECT unnest($1::uuid[]), $2, unnest($3::bytea[])",
        [new_id() for _ in found],
        patient,
        [queries.name_token(prefix) for prefix in found],
    )


async def note_reading(by: Actor, patient: UUID, *, at: datetime) -> None:
    """Somebody of a team has opened a record. The page need not wait for the disk."""
    async with transaction():
        await db.execute("SET LOCAL synchronous_commit = off")
        await audit.record(
            audit.Action.PATIENT_READ,
            by=by.id,
            at=at,
            subject=patient,
            patient=patient,
            organisation=by.organisation,
        )


async def note_search(by: Actor, found: int, *, at: datetime) -> None:
    """Somebody of a team has searched for people; what they typed is a name and stays out of the trail."""
    async with transaction():
        await db.execute("SET LOCAL synchronous_commit = off")
        await audit.record(
            audit.Action.PATIENTS_SEARCHED,
            by=by.id,
            at=at,
            subject=by.id,
            organisation=by.organisation,
            found=found,
        )
