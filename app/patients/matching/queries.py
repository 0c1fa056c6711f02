"""Finding the records that may be somebody's: keyed hashes find few, these are opened, compared and weighed.

Also keeping the hashes, as a part of the action that writes who a person is. Whom a reader may be told of is not known
here: candidates of every centre are answered.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.lib import db
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.matching.blocking import blocks, keys_of
from app.patients.matching.model import Match, Person, Verdict
from app.patients.matching.normalisation import features
from app.patients.matching.scoring import score_features

# A hash that more records share says next to nothing and is left out; so many records are opened at most.
LARGEST_BLOCK = 500
MOST_OPENED = 60
# Of 32: enough never to take one key for another, and a table half as large.
TOKEN = 16

SEALED = ("given_names", "family_name", "birth_name", "used_given_name", "birth_date", "birth_place", "nir")
COLUMNS = ", ".join(f"p.{name}" for name in ("id", "root", "data_key", "sex", *SEALED))
# A merged record is found under its own names too, and answers as the one that stands for it.
CANDIDATES = f"""
WITH asked AS MATERIALIZED (
    SELECT held.patients FROM unnest($1::bytea[]) AS a (token)
    CROSS JOIN LATERAL (
        SELECT array_agg(b.patient) AS patients
        FROM (SELECT patient FROM patient_block WHERE token = a.token LIMIT $2::integer + 1) AS b) AS held
    WHERE cardinality(held.patients) <= $2
), shared AS (
    SELECT t.patient, count(*) AS keys, sum(1.0 / cardinality(asked.patients)) AS rarity
    FROM asked CROSS JOIN unnest(asked.patients) AS t (patient) GROUP BY t.patient
)
SELECT {COLUMNS} FROM shared s
JOIN patient p ON p.id = s.patient
JOIN patient stands ON stands.id = p.root AND stands.removed_at IS NULL
WHERE p.root IS DISTINCT FROM (SELECT root FROM patient WHERE id = $4)
ORDER BY s.keys DESC, s.rarity DESC LIMIT $3
"""
FORGET = "DELETE FROM patient_block WHERE patient = ANY ($1)"
KEEP = """
INSERT INTO patient_block (id, patient, token)
SELECT id, patient, token FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS t (id, patient, token)
ON CONFLICT (token, patient) DO NOTHING
"""


def token_of(key: str) -> bytes:
    """The keyed hash under which a key of a person is kept."""
    return ring().lookup("patient.block", key)[:TOKEN]


def _tokens(keys: Iterable[str]) -> list[bytes]:
    return [token_of(key) for key in sorted(keys)]


async def write_blocks(patient: UUID, person: Person) -> None:
    """Keep the hashes of who this record says the person is, and no others. A part of the caller's transaction."""
    await write_blocks_of({patient: person})


async def write_blocks_of(people: Mapping[UUID, Person]) -> None:
    """The same of many records at once."""
    rows = [(new_id(), patient, token) for patient, person in people.items() for token in _tokens(blocks(person))]
    await db.execute(FORGET, list(people))
    await db.execute(KEEP, *([row[place] for row in rows] for place in range(3)))


async def candidates(person: Person, *, exclude: UUID | None = None) -> list[tuple[UUID, Match]]:
    """The records that are probably or perhaps this person's, the likeliest first: (the id that stands for it, why).

    `exclude` is a record that is not to be found, with all that was merged into it: the one that is being changed.
    """
    asked, found = features(person), dict[UUID, Match]()
    rows = await db.fetch(CANDIDATES, _tokens(keys_of(asked)), LARGEST_BLOCK, MOST_OPENED, exclude)
    for row in rows:
        match = score_features(asked, features(opened(row)))
        best = found.get(row["root"])
        if match.verdict is not Verdict.OTHER and (best is None or _likelier(best) > _likelier(match)):
            found[row["root"]] = match
    return sorted(found.items(), key=lambda one: _likelier(one[1]))


def _likelier(match: Match) -> tuple[bool, float]:
    """Sorts what is probably the same before twins, who may weigh more."""
    return match.verdict is not Verdict.SAME, -match.weight


def opened(row: db.Row) -> Person:
    """The person of a row with COLUMNS."""
    key, patient = ring().open(row["data_key"], row["id"]), row["id"]
    names = {name: key.open_or_empty(row[name], patient, f"patient.{name}") for name in SEALED}
    return Person(sex=row["sex"], **names)
