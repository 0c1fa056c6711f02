"""Who a patient is, written as a part of the caller's transaction; former values, drafts and identifiers read back."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor, Scope
from app.accounts.queries import email_hash
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.dates import PartialDate
from app.patients.identity.model import Close, Entry, Found, Identifier, Kind, Past
from app.patients.matching.model import Person
from app.patients.matching.queries import candidates, write_blocks
from app.patients.model import NewPatient
from app.patients.queries import ids_of, keys_of, nir_hash, tokens_of

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
FORGET_TOKENS = "DELETE FROM patient_token WHERE patient = $1 AND token <> ALL ($2::bytea[])"
WRITE_TOKENS = """
INSERT INTO patient_token (id, patient, token)
SELECT id, $1, token FROM unnest($2::uuid[], $3::bytea[]) AS t (id, token) ON CONFLICT (token, patient) DO NOTHING
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
    await db.execute(FORGET_TOKENS, patient, tokens)
    await db.execute(WRITE_TOKENS, patient, [new_id() for _ in tokens], tokens)
    await write_blocks(patient, Person.of(known))


FOLLOWING = """
SELECT DISTINCT root, 'care' = ANY (withheld) AS closed FROM following WHERE organisation = $1 AND patient = ANY($2)
"""
ENTRY = """
SELECT id, account, organisation, data_key, typed, found, elsewhere, patient, valid_until
FROM patient_draft WHERE id = $1
"""
HISTORY = """
SELECT id, patient, kind, former, note, made_by, organisation, made_at FROM patient_identity_history
WHERE patient = ANY($1) ORDER BY made_at DESC, id DESC
"""
IDENTIFIERS = """
SELECT id, patient, system, value, added_by, added_at FROM patient_identifier WHERE patient = ANY($1)
ORDER BY system, added_at
"""


async def look_for(by: Actor, known: NewPatient, *, exclude: UUID | None = None) -> Found:
    """Which records may be this person's: those of the actor's centre, and of all others only whether there is one."""
    found = await candidates(Person.of(known), exclude=exclude)
    rows = await db.fetch(FOLLOWING, by.organisation, [record for record, _ in found])
    ours = {row["root"]: row["closed"] for row in rows}
    own = [Close(one, match.verdict, match.reasons, ours[one]) for one, match in found if one in ours]
    return Found(tuple(own), len(own) < len(found))


async def scope_of_entry(entry: UUID) -> Scope | None:
    """What somebody typed is theirs alone."""
    account = await db.fetch_value("SELECT account FROM patient_draft WHERE id = $1", entry)
    return None if account is None else Scope(None, account=account)


async def find_entry(entry: UUID, *, lock: bool = False) -> Entry | None:
    """What was typed, opened; `lock` holds it until the transaction ends."""
    row = await db.fetch_row(ENTRY + (" FOR UPDATE" if lock else ""), entry)
    if row is None:
        return None
    key, kept = ring().open(row["data_key"], row["id"]), dict(row)
    del kept["data_key"]
    typed = NewPatient.from_text(key.open(row["typed"], entry, "patient_draft.typed"))
    found = Found.from_text(key.open(row["found"], entry, "patient_draft.found"), kept.pop("elsewhere"))
    return Entry(**{**kept, "typed": typed, "found": found})


async def number_for(by: Actor, entry: UUID, typed: NewPatient) -> UUID:
    """The number under which a form is kept: its own, unless it became somebody else's record already.

    Then it is another one, always the same for the same content, so that sending that twice is sending it once.
    """
    held = await find_entry(entry)
    if held is None or held.account != by.id or held.patient is None or held.typed.as_text() == typed.as_text():
        return entry
    return UUID(bytes=ring().lookup("patient_draft", f"{entry}:{typed.as_text()}")[:16], version=4)


async def history_of(patient: UUID) -> list[Past]:
    """What happened to who this person is said to be, the latest first."""
    ids = await ids_of(patient)
    keys, past = await keys_of(ids), []
    for row in await db.fetch(HISTORY, ids):
        key = keys[row["patient"]]
        former = key.open_or_empty(row["former"], row["id"], "patient_identity_history.former")
        past.append(
            Past(
                Kind(row["kind"]),
                NewPatient.from_text(former) if former else None,
                key.open_or_empty(row["note"], row["id"], "patient_identity_history.note"),
                row["made_by"],
                row["organisation"],
                row["made_at"],
                row["patient"],
            )
        )
    return past


async def write_history(patient: UUID, key: PersonKey, past: Past) -> None:
    """Keep what happened, as a part of the caller's transaction. `key`: the patient's own."""
    row = new_id()
    former = key.seal(past.former.as_text(), row, "patient_identity_history.former") if past.former else None
    note = key.seal(past.note, row, "patient_identity_history.note") if past.note else None
    await db.execute(
        "INSERT INTO patient_identity_history (id, patient, kind, former, note, made_by, organisation, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row,
        patient,
        past.kind,
        former,
        note,
        past.made_by,
        past.organisation,
        past.made_at,
    )


async def rewrite_history(
    patient: UUID, key: PersonKey, since: datetime, told: Callable[[NewPatient], NewPatient]
) -> None:
    """Let former values kept since then say only what `told` leaves of them, as a part of the caller's transaction."""
    place = "patient_identity_history.former"
    sql = "SELECT id, former FROM patient_identity_history WHERE patient = $1 AND made_at >= $2 AND former IS NOT NULL"
    for row in await db.fetch(sql, patient, since):
        former = told(NewPatient.from_text(key.open(row["former"], row["id"], place)))
        sealed = key.seal(former.as_text(), row["id"], place)
        await db.execute("UPDATE patient_identity_history SET former = $2 WHERE id = $1", row["id"], sealed)


async def identifiers_of(patient: UUID) -> list[Identifier]:
    """What other systems call this person."""
    ids = await ids_of(patient)
    keys = await keys_of(ids)
    return [
        Identifier(
            row["id"],
            row["system"],
            keys[row["patient"]].open(row["value"], row["id"], "patient_identifier.value"),
            row["added_by"],
            row["added_at"],
        )
        for row in await db.fetch(IDENTIFIERS, ids)
    ]
