"""Reading patients: rows come in sealed, people go out."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.errors import Refused
from app.lib.keys import ring
from app.patients.codes import code_in, legacy_in
from app.patients.dates import PartialDate
from app.patients.model import NewPatient, Patient, facts
from app.patients.names import answers_to, beginnings, birth_in, looked_up

COLUMNS = """p.id, p.code, p.data_key, p.given_names, p.family_name, p.birth_name, p.birth_date, p.sex,
p.phone, p.created_at, p.used_given_name, p.birth_place, p.birth_place_code, p.birth_country, p.email, p.nir,
p.language, p.revision"""
OPEN = ("id", "code", "data_key", "sex", "created_at", "language", "revision")
"""The columns that are not sealed; the key's name is not one of a person's."""
PRESENT = "p.removed_at IS NULL AND p.merged_into IS NULL"
FOLLOWED = f"""
SELECT {COLUMNS} FROM patient p
WHERE {PRESENT} AND EXISTS (SELECT FROM followed f WHERE f.patient = p.id AND f.organisation = $1)
"""
# From what finds people to the people, so that a search costs what its rarest word finds, not how many are followed.
SEARCH = f"""{FOLLOWED} AND p.id IN (
    SELECT m.root FROM patient m WHERE m.code = $2
    UNION SELECT m.root FROM patient_identifier i JOIN patient m ON m.id = i.patient WHERE i.value_hash = $5
    UNION {{}})
LIMIT $4
"""
# The person behind any id: the record that stands for them, and as which one they were asked for.
OF_ANY = f"""
SELECT m.id AS asked, {COLUMNS} FROM patient m JOIN patient p ON p.id = m.root WHERE m.id = ANY($1) AND {PRESENT}
"""
# The records that these took in: somebody is found by their names and codes too.
TAKEN_IN = f"SELECT p.root AS asked, {COLUMNS} FROM patient p WHERE p.root = ANY($1) AND p.id <> p.root"
FACTS = "SELECT r.id, r.data_key, r.birth_date, r.sex FROM patient p JOIN patient r ON r.id = p.root WHERE p.id = $1"
SCOPE = "SELECT root, organisations, withheld FROM patient_scope WHERE patient = $1"
ACTIVE = """
UPDATE affiliation a SET active_at = greatest(a.active_at, $2)
FROM patient m JOIN patient p ON p.id = m.root JOIN patient o ON o.root = m.root
WHERE m.id = $1 AND a.patient = o.id AND a.status = 'active' AND a.valid_to IS NULL
AND (a.organisation = $3 OR NOT 'sharing' = ANY (p.withheld))
"""
BY_CODE = """
WITH asked AS (
    SELECT m.code, NULL::bytea AS value_hash, m.root FROM patient m WHERE m.code = ANY($2)
    UNION ALL
    SELECT NULL, i.value_hash, m.root FROM patient_identifier i JOIN patient m ON m.id = i.patient
    WHERE i.value_hash = ANY($3::bytea[])
)
SELECT asked.code, asked.value_hash, asked.root FROM asked
WHERE EXISTS (SELECT FROM followed f WHERE f.patient = asked.root AND f.organisation = $1)
"""
MOST_FOUND = 100
MOST_WORDS = 6
"""So many find people; whether the other words fit too is seen once the names are open."""
LEGACY_SYSTEM = "legacy"
"""Codes of the former network, among the identifiers of other systems."""


def token_of(beginning: str) -> bytes:
    """The keyed hash under which a beginning of a name is kept."""
    return ring().lookup("patient.name", beginning)


def birth_token(known: str) -> bytes:
    """The keyed hash under which a birth date is kept, and what is less known of it: 1984, 1984-03, 1984-03-14."""
    return ring().lookup("patient.birth", known)


def tokens_of(known: NewPatient) -> list[bytes]:
    """Everything under which somebody is found by those who follow them: beginnings of names, the birth date."""
    names = beginnings(known.given_names, known.used_given_name, known.family_name, known.birth_name)
    born = PartialDate.on(known.birth_date).beginnings
    return [*map(token_of, sorted(names)), *map(birth_token, born)]


def identifier_hash(system: str, value: str) -> bytes:
    """The keyed hash by which an identifier of another system is found."""
    return ring().lookup(f"patient.identifier.{system}", value)


def nir_hash(nir: str) -> bytes:
    """The keyed hash of a NIR: that of accounts, so that an account and a record of one person are known as such."""
    return ring().lookup("account.nir", nir)


def _patient(row: db.Row) -> Patient:
    key, patient, parts = ring().open(row["data_key"], row["id"]), row["id"], dict(row)
    del parts["data_key"]
    parts.pop("asked", None)
    parts |= {name: key.open_or_empty(row[name], patient, f"patient.{name}") for name in parts if name not in OPEN}
    return Patient(**{**parts, "birth_date": PartialDate.of(parts["birth_date"])})


async def scope_of_patient(patient: UUID) -> Scope | None:
    """The scope of the record that stands for this one now, which the guard compares with the id that was asked for."""
    row = await db.fetch_row(SCOPE, patient)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def ids_of(patient: UUID) -> list[UUID]:
    """Every id under which something of this person was written: the record's own, and those merged into it."""
    return [row["id"] for row in await db.fetch("SELECT id FROM patient WHERE root = $1", patient)]


async def keys_of(patients: Collection[UUID]) -> dict[UUID, PersonKey]:
    """The data keys of these people, open: what was sealed about each opens with the key of the id it stands under."""
    rows = await db.fetch("SELECT id, data_key FROM patient WHERE id = ANY($1)", list(patients))
    return {row["id"]: ring().open(row["data_key"], row["id"]) for row in rows}


async def find_patient(patient: UUID) -> Patient | None:
    """Who this is, by any of their ids."""
    return (await patients_by_id([patient])).get(patient)


async def get_patient(patient: UUID) -> Patient:
    found = await find_patient(patient)
    if found is None:
        raise LookupError(f"no patient {patient}")
    return found


async def record_as_written(patient: UUID) -> Patient:
    """One record as it says who the person is, also where another stands for it now."""
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM patient p WHERE p.id = $1", patient)
    if row is None:
        raise LookupError(f"no patient {patient}")
    return _patient(row)


async def lock_patient(patient: UUID) -> tuple[Patient, PersonKey]:
    """A record that is there, held against other changes until the transaction ends, and the person's key."""
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM patient p WHERE p.id = $1 AND {PRESENT} FOR UPDATE", patient)
    if row is None:
        raise Refused("patient.gone")
    return _patient(row), ring().open(row["data_key"], patient)


async def patients_by_id(patients: Collection[UUID]) -> dict[UUID, Patient]:
    """These patients by the ids asked for, names opened; for lists whose ids were already found for the actor.

    An id under which a record was merged into another stands for the one that took it in.
    """
    rows = await db.fetch(OF_ANY, list(patients))
    return {row["asked"]: _patient(row) for row in rows}


async def list_patients(by: Actor, *, after: str = "", limit: int = 25) -> list[Patient]:
    """The patients that the actor's centre follows, by code, after that code."""
    rows = await db.fetch(f"{FOLLOWED} AND p.code > $2 ORDER BY p.code LIMIT $3", by.organisation, after, limit)
    return [_patient(row) for row in rows]


async def list_found(by: Actor, query: str) -> list[Patient]:
    """Patients of the actor's centre with this code, former code, or these beginnings of names and birth date.

    In the order of names; at most MOST_FOUND + 1, so that the reader can be told that there are more.
    """
    code, legacy, (words, born) = code_in(query), legacy_in(query), birth_in(query)
    longest = sorted(looked_up(words), key=len, reverse=True)[:MOST_WORDS]
    tokens = [token_of(beginning) for beginning in longest] + ([birth_token(born)] if born else [])
    other = identifier_hash(LEGACY_SYSTEM, legacy) if legacy else None
    rows = await db.fetch(SEARCH.format(_with(tokens)), by.organisation, code, tokens, MOST_FOUND + 1, other)
    found = [_patient(row) for row in rows]
    exact = {code, *([one.code for one in found] if other else [])}
    known: dict[UUID, list[Patient]] = {one.id: [one] for one in found}
    for row in await db.fetch(TAKEN_IN, list(known)):
        known[row["asked"]].append(_patient(row))
    right = [one for one in found if any(own.code in exact or _answers(own, words, born) for own in known[one.id])]
    return sorted(right, key=lambda one: (one.list_name.casefold(), one.code))


def _with(tokens: list[bytes]) -> str:
    """What finds the records that have all of these, $3, a join each: the planner begins with the rarest."""
    if not tokens:
        return "SELECT NULL::uuid WHERE $3::bytea[] IS NULL"
    others = "".join(
        f" JOIN patient_token t{n} ON t{n}.patient = t1.patient AND t{n}.token = ($3::bytea[])[{n}]"
        for n in range(2, len(tokens) + 1)
    )
    return f"""SELECT m.root FROM patient_token t1{others} JOIN patient m ON m.id = t1.patient
        WHERE t1.token = ($3::bytea[])[1]"""


def _answers(one: Patient, words: str, born: str) -> bool:
    return one.birth_date.text.startswith(born) and answers_to(
        words, one.given_names, one.used_given_name, one.family_name, one.birth_name
    )


async def followed_by_code(by: Actor, codes: Collection[str]) -> dict[str, UUID]:
    """Whom these codes stand for, by the codes as they were typed, of those whom the actor's centre follows.

    A code of this network or of the former one; nobody, where it names two of them. Of people followed elsewhere
    nothing is told, not even that they are.
    """
    ours = {typed: code_in(typed) for typed in codes}
    former = {typed: identifier_hash(LEGACY_SYSTEM, old) for typed in codes if (old := legacy_in(typed))}
    rows = await db.fetch(BY_CODE, by.organisation, [one for one in ours.values() if one], list(former.values()))
    found: dict[str | bytes | None, set[UUID]] = defaultdict(set)
    for row in rows:
        found[row["code"] or row["value_hash"]].add(row["root"])
    named = {typed: found[ours[typed]] or found[former.get(typed)] for typed in codes}
    return {typed: next(iter(roots)) for typed, roots in named.items() if len(roots) == 1}


async def organisations_of_patient(patient: UUID) -> frozenset[UUID]:
    """The centres that follow the patient now."""
    scope = await scope_of_patient(patient)
    return scope.organisations if scope else frozenset()


async def facts_of_patient(patient: UUID, day: date) -> dict[str, int | str | date | None]:
    """What conditions and scores may know of the person on a day: `age`, `sex`, `birth_date`."""
    row = await db.fetch_row(FACTS, patient)
    if row is None:
        raise LookupError(f"no patient {patient}")
    key = ring().open(row["data_key"], row["id"])
    return facts(PartialDate.of(key.open(row["birth_date"], row["id"], "patient.birth_date")), row["sex"], day)


async def note_activity(patient: UUID, organisation: UUID | None, at: datetime) -> None:
    """Something was written for a centre about this person: lists of the centres that may see it say when.

    That centre's alone where sharing is withheld. Part of the transaction that wrote it.
    """
    await db.execute(ACTIVE, patient, at, organisation)
