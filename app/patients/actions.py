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
from app.patients.codes import POSSIBLE, code_of
from app.patients.model import SEXES, UNKNOWN_SEX, NewPatient
from app.patients.names import beginnings
from app.patients.queries import token_of

INSERT = """
INSERT INTO patient (id, root, code, data_key, given_names, family_name, birth_name, birth_date, phone, sex,
                     created_at)
VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
INSERT_TOKENS = """
INSERT INTO patient_token (id, patient, token)
SELECT id, $1, token FROM unnest($2::uuid[], $3::bytea[]) AS t (id, token)
"""
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
    async with transaction():
        await db.execute(INSERT, patient, code_of(randbelow(POSSIBLE)), *_sealed(patient, new), new.sex, at)
        tokens = [token_of(part) for part in beginnings(new.given_names, new.family_name, new.birth_name)]
        await db.execute(INSERT_TOKENS, patient, [new_id() for _ in tokens], tokens)
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


def _sealed(patient: UUID, new: NewPatient) -> list[bytes | None]:
    """The wrapped data key, then what it seals, in the order of the statement."""
    wrapped = ring().new_key(patient)
    key = ring().open(wrapped, patient)
    columns = {
        "given_names": new.given_names,
        "family_name": new.family_name,
        "birth_name": new.birth_name or None,
        "birth_date": new.birth_date.isoformat(),
        "phone": new.phone or None,
    }
    return [wrapped] + [
        None if text is None else key.seal(text, patient, f"patient.{name}") for name, text in columns.items()
    ]


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
