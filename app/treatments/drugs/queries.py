"""Finding drugs as somebody types, and one drug by its code."""

from collections.abc import Collection

from app.lib import db
from app.treatments.drugs.folding import LEAST_FUZZY, meant, nearness, rank, words_of
from app.treatments.drugs.reading import Substance, strength_of, substance_of
from app.treatments.model import Drug

MOST = 20
MOST_WORDS = 6
COLUMNS = "d.cis, d.name, d.form, d.routes, d.holder, d.marketed, d.withdrawn, d.substances, d.atc"
# The operators of the index, so that the beginning may be a parameter. Words are ASCII.
BEGINNING = """
SELECT q.typed, w.word FROM unnest($1::text[]) q(typed) CROSS JOIN LATERAL (
    SELECT word FROM drug_word WHERE word ~>=~ q.typed AND word ~<~ (q.typed || '~') ORDER BY length(word), word
    LIMIT 40
) w
"""
SIMILAR = """
SELECT q.typed, w.word FROM unnest($1::text[]) q(typed) CROSS JOIN LATERAL (
    SELECT word FROM drug_word WHERE word % q.typed ORDER BY similarity(word, q.typed) DESC LIMIT 40
) w
"""
FOUND = """
SELECT d.cis, d.marketed, d.words FROM drug d WHERE {} AND d.withdrawn IS NULL
ORDER BY d.marketed DESC, cardinality(d.words), d.name LIMIT 200
"""
THESE = f"SELECT {COLUMNS} FROM drug d WHERE d.cis = ANY($1)"
ONE = f"SELECT {COLUMNS} FROM drug d WHERE d.cis = $1"
SUBSTANCES = "SELECT form, code, name, dose, per, nature, number FROM drug_substance WHERE drug = $1 ORDER BY number"
NEWEST = "SELECT source, dated FROM drug_release ORDER BY dated DESC LIMIT 1"


async def search_drugs(typed: str) -> list[Drug]:
    """At most MOST drugs that answer to every word, the best first; slips, accents and capitals do not matter."""
    words = words_of(typed)[:MOST_WORDS]
    if not any(len(word) > 1 for word in words):
        return []
    known = await _vocabulary(words)
    looked_for = [word for word in words if known[word]]
    if not looked_for:
        return []
    conditions = " AND ".join(f"d.words && ${number}::text[]" for number in range(1, len(looked_for) + 1))
    rows = await db.fetch(FOUND.format(conditions), *(known[word] for word in looked_for))
    near = {typed: {word: nearness(typed, word) for word in known[typed]} for typed in looked_for}
    rows.sort(key=lambda row: rank(near, row["words"], marketed=row["marketed"]))
    best = [row["cis"] for row in rows[:MOST]]
    shown = {row["cis"]: _drug(row) for row in await db.fetch(THESE, best)}
    return [shown[cis] for cis in best]


async def _vocabulary(words: Collection[str]) -> dict[str, list[str]]:
    """The words of drugs that each typed one stands for: itself, what it begins, else what it may be with slips."""
    known: dict[str, list[str]] = {word: [] for word in words}
    for row in await db.fetch(BEGINNING, list(words)):
        known[row["typed"]].append(row["word"])
    for word in list(words)[:-1]:  # the last may be still on its way: 50, then 500
        if word in known[word] and (word[0].isdigit() or len(word) < LEAST_FUZZY):
            known[word] = [word]
    slips = [word for word in words if not known[word] and word[0].isalpha() and len(word) >= LEAST_FUZZY]
    if slips:
        near: dict[str, list[str]] = {word: [] for word in slips}
        for row in await db.fetch(SIMILAR, slips):
            near[row["typed"]].append(row["word"])
        known |= {word: meant(word, found) for word, found in near.items()}
    return known


async def find_drug(cis: str) -> tuple[Drug, str] | None:
    """A drug by its code, with what it acts by; also one that is no longer there, for those who take it."""
    row = await db.fetch_row(ONE, cis)
    if row is None:
        return None
    substances = [Substance(**dict(one)) for one in await db.fetch(SUBSTANCES, cis)]
    return _drug(row, substances), substance_of(substances)


async def newest_release() -> tuple[str, str] | None:
    """Source and month of what is searched; None where nothing was imported."""
    row = await db.fetch_row(NEWEST)
    return None if row is None else (row["source"], row["dated"])


def _drug(row: db.Row, substances: Collection[Substance] = ()) -> Drug:
    strength = strength_of(substances, row["name"])
    return Drug(
        cis=row["cis"],
        name=row["name"],
        form=row["form"],
        routes=tuple(part for part in row["routes"].split(";") if part),
        holder=row["holder"],
        marketed=row["marketed"],
        withdrawn=row["withdrawn"] is not None,
        substances=row["substances"],
        atc=row["atc"] or "",
        strength=strength[0] if strength else None,
        strength_per=strength[1] if strength else "",
    )
