"""Who a patient is, written as a part of the caller's transaction; former values, drafts and identifiers read back."""

from uuid import UUID

from app.accounts.queries import email_hash
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.ids import new_id
from app.patients.dates import PartialDate
from app.patients.matching.model import Person
from app.patients.matching.queries import write_blocks
from app.patients.model import NewPatient
from app.patients.queries import nir_hash, tokens_of

SEALED = (
    "given_names",
    "family_name",
    "birth_name",
    "birth_date",
    "phone",
    "used_given_name",
    "birth_place",
    "birth_place_code",
    "birth_country",
    "email",
    "nir",
)
"""The columns of `patient` that hold who somebody is, each sealed under the person's own key."""
PLAIN = ("email_hash", "nir_hash", "sex", "language")
WRITE = "UPDATE patient SET {} WHERE id = $1".format(
    ", ".join(f"{name} = ${place}" for place, name in enumerate((*SEALED, *PLAIN), 2))
)
WRITE_TOKENS = """
WITH gone AS (DELETE FROM patient_token WHERE patient = $1)
INSERT INTO patient_token (id, patient, token)
SELECT id, $1, token FROM unnest($2::uuid[], $3::bytea[]) AS t (id, token)
"""


def columns_of(patient: UUID, key: PersonKey, known: NewPatient) -> list[bytes | str | None]:
    """What somebody is as the row keeps it, in the order of SEALED and PLAIN."""
    texts = {name: getattr(known, name) for name in SEALED} | {"birth_date": PartialDate.on(known.birth_date).text}
    sealed = [key.seal(text, patient, f"patient.{name}") if text else None for name, text in texts.items()]
    hashes = [email_hash(known.email) if known.email else None, nir_hash(known.nir) if known.nir else None]
    return [*sealed, *hashes, known.sex, known.language]


async def write_identity(patient: UUID, key: PersonKey, known: NewPatient) -> None:
    """Let the row of a patient, its search tokens and its matching blocks say who the person is. `key`: their own."""
    await db.execute(WRITE, patient, *columns_of(patient, key, known))
    tokens = tokens_of(known)
    await db.execute(WRITE_TOKENS, patient, [new_id() for _ in tokens], tokens)
    await write_blocks(patient, Person.of(known))
