"""The public drug database: read, brought up to date, found in spite of slips."""

import gzip
import random
from decimal import Decimal

import pytest

from app.audit.actions import NOBODY
from app.cli.drugs import _import as command
from app.lib import clock
from app.lib.db import fetch, fetch_value
from app.treatments.drugs.actions import Doubtful, import_drugs
from app.treatments.drugs.folding import words_of
from app.treatments.drugs.library import SHIPPED, SHIPPED_DATE, SOURCE, NotThere, read_folder
from app.treatments.drugs.queries import find_drug, newest_release, search_drugs

CIS = "60000001\tALPHAZOL 5 mg, comprimé\tcomprimé\torale\tAutorisation active\tX\t{}\t01/01/2000\t\t\t LABO\tNon\n"
OTHER = "60000002\tBÊTAZOL, gélule\tgélule\torale\tAutorisation active\tX\tCommercialisée\t01/01/2000\t\t\t LABO\tNon\n"
COMPO = "60000001\tcomprimé\t1\tALPHAZOLUM\t5,00 mg\tun comprimé\tSA\t1\n"

# What the boxes say; of a salt its base may be stated too, and weighs less.
STRENGTHS = {
    "aricept 10": Decimal(10),
    "levothyrox 100": Decimal("0.1"),
    "actiskenan 30": Decimal(30),
    "betaserc 24": Decimal(24),
    "coversyl 2,5": Decimal("2.5"),
    "lamictal 100": Decimal(100),
    "teralithe 250": Decimal(250),
    "havlane": None,
}
# What is typed, and what the first name found has to hold.
TYPED = {
    "doliprane": "DOLIPRANE",
    "dolipran": "DOLIPRANE",
    "doliprnae 500": "DOLIPRANE 500 mg",
    "sertalin": "SERTRALINE",
    "sertraline 50": "SERTRALINE",
    "paracetamol 500": "500 mg",
    "Lamictal 100": "LAMICTAL 100 mg",
    "lamotrigne": "LAMOTRIGINE",
    "TERALITHE LP": "TERALITHE LP",
    "téralite": "TERALITHE",
    "quetiapine lp 300": "300 mg",
    "abilify": "ABILIFY",
    "aripiprazol 10mg": "ARIPIPRAZOLE",
    "depakine": "DEPAKINE",
    "valproate": "VALPROATE",
    "venlafaxin": "VENLAFAXINE",
    "métylphénidate": "METHYLPHENIDATE",
    "escitalopramm": "ESCITALOPRAM",
    "melatonine 2": "MELATONINE",
    "clozapine": "CLOZAPINE",
}


def folder(path, cis, compo=COMPO, encoding="utf-8"):
    path.mkdir()
    (path / "CIS_bdpm.txt").write_bytes(cis.encode(encoding))
    (path / "CIS_COMPO_bdpm.txt.gz").write_bytes(gzip.compress(compo.encode(encoding)))
    return path


async def brought_in(reading, dated, **more):
    return await import_drugs(NOBODY, reading, SOURCE, dated, at=clock.now(), **more)


async def test_releases_follow_one_another(db, people, tmp_path):
    first = read_folder(folder(tmp_path / "one", CIS.format("Commercialisée") + OTHER))
    second = read_folder(folder(tmp_path / "two", CIS.format("Non commercialisée"), encoding="cp1252"))

    only_told = await brought_in(first, "2025-01", dry=True)
    assert (len(only_told.added), await fetch_value("SELECT count(*) FROM drug")) == (2, 0)
    added = await brought_in(first, "2025-01")
    again = await brought_in(first, "2025-01")
    told = await brought_in(second, "2025-02", force=True)  # one of two is gone

    assert (len(added.added), again.known, again.added) == (2, True, frozenset())
    assert (told.added, told.changed, told.withdrawn) == (frozenset(), {"60000001"}, {"60000002"})
    gone, _ = await find_drug("60000002")
    assert gone.withdrawn
    assert await search_drugs("betazol") == []
    assert [one.marketed for one in await search_drugs("Alphazôl")] == [False]
    kept, substance = await find_drug("60000001")
    assert (kept.strength, kept.strength_per, substance, kept.form) == (5, "tablet", "ALPHAZOLUM", "comprimé")
    assert await newest_release() == (SOURCE, "2025-02")


async def test_a_release_that_is_not_whole_or_not_the_newest_is_not_believed(db, people, tmp_path, capsys):
    lines = (CIS.format("Commercialisée"), OTHER)
    whole = read_folder(folder(tmp_path / "whole", "".join(lines)))
    wider = read_folder(folder(tmp_path / "wider", "".join(f"{line[:-1]}\tmore\n" for line in lines)))
    shorter = read_folder(folder(tmp_path / "shorter", lines[0]))
    without = read_folder(folder(tmp_path / "without", "".join(lines), compo=""))
    await brought_in(whole, "2025-03")

    for wrong, dated in ((wider, "2025-04"), (shorter, "2025-04"), (without, "2025-04"), (whole, "2025-02")):
        with pytest.raises(Doubtful):
            await brought_in(wrong, dated)
    with pytest.raises(Doubtful, match="older"):
        await brought_in(shorter, "2025-02", force=True)
    with pytest.raises(Doubtful, match="to come"):
        await brought_in(whole, "2999-01")
    assert (await brought_in(shorter, "2025-04", dry=True)).doubt
    assert await command(wider, "2025-04", dry=False, force=False) == 1
    assert "Nothing was changed: CIS_bdpm.txt: 2 lines that cannot be read" in capsys.readouterr().out

    assert await newest_release() == (SOURCE, "2025-03")
    assert len(await search_drugs("alphazol")) == len(await search_drugs("betazol")) == 1
    await brought_in(shorter, "2025-03", force=True)
    assert (await brought_in(whole, "2025-03")).changed == {"60000002"}
    assert len(await search_drugs("betazol")) == 1


async def test_what_was_known_stays_where_a_line_cannot_be_read(db, people, tmp_path):
    third = CIS.format("Commercialisée").replace("60000001", "60000003")
    parts = COMPO + COMPO.replace("ALPHAZOLUM", "GAMMAZOLUM").replace("1\n", "2\n")
    first = folder(tmp_path / "one", CIS.format("Commercialisée") + OTHER + third, parts)
    await brought_in(read_folder(first), "2025-01")
    second = folder(tmp_path / "two", "", parts.replace("GAMMAZOLUM\t", ""))
    mixed = OTHER.encode().replace(b"LABO", b"LABO \xe9")
    (second / "CIS_bdpm.txt").write_bytes(CIS.format("Non commercialisée").encode() + mixed + third.encode("cp1252"))

    reading = read_folder(second)
    told = await brought_in(reading, "2025-02", force=True)

    assert [(one.file, one.line, one.cis) for one in reading.faults] == [
        ("CIS_bdpm", 2, "60000002"),
        ("CIS_COMPO_bdpm", 2, "60000001"),
    ]
    assert reading.entries["60000003"].marketed
    assert told.withdrawn == told.changed == frozenset()
    kept, substance = await find_drug("60000001")
    assert (kept.marketed, kept.strength, substance) == (True, None, "ALPHAZOLUM + GAMMAZOLUM")
    assert len(await search_drugs("betazol")) == 1


def test_a_line_that_is_none_is_said_with_its_place(tmp_path):
    reading = read_folder(folder(tmp_path / "x", "nonsense\n" + OTHER + "abc" + OTHER))

    assert [(one.file, one.line) for one in reading.faults] == [("CIS_bdpm", 1), ("CIS_bdpm", 3)]
    assert set(reading.entries) == {"60000002"}


def test_nothing_is_read_without_what_is_needed(tmp_path):
    with pytest.raises(NotThere, match="CIS_bdpm"):
        read_folder(tmp_path)


def slip(rng, word):
    """The word with one letter left out, doubled, exchanged with the next, or replaced; never the first."""
    place = rng.randrange(1, len(word) - 1)
    return {
        0: word[:place] + word[place + 1 :],
        1: word[:place] + word[place] + word[place:],
        2: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        3: word[:place] + rng.choice("aeionrst") + word[place + 1 :],
    }[rng.randrange(4)]


async def recall_of_slips(count=200):
    """How many of so many names with a slip find a drug of that name among the first ten."""
    rng = random.Random(20261122)  # noqa: S311 - the same slips each time
    names = await fetch(
        "SELECT DISTINCT split_part(lower(name), ' ', 1) AS word FROM drug "
        "WHERE marketed AND words[1] ~ '^[a-z]{6,}$' ORDER BY 1"
    )
    chosen = [row["word"] for row in rng.sample(names, count)]
    found = 0
    for word in chosen:
        first = [one.name.lower() for one in (await search_drugs(slip(rng, word)))[:10]]
        found += any(name.startswith(word) for name in first)
    return found / count


async def strength_found(typed):
    found = await find_drug((await search_drugs(typed))[0].cis)
    return found[0].strength


@pytest.mark.capability("E32")
async def test_drugs_are_found_in_spite_of_slips(db, people):
    reading = read_folder(SHIPPED)
    assert len(reading.entries) == 15788
    assert {(one.file, one.line) for one in reading.faults} == {
        ("CIS_CPD_bdpm", line) for line in (27055, 27056, 27057, 27059, 27060, 27061)
    }
    await brought_in(reading, SHIPPED_DATE)

    missed = {}
    for typed, wanted in TYPED.items():
        names = [one.name for one in await search_drugs(typed)]
        if not names or not set(words_of(wanted)) <= set(words_of(names[0])):
            missed[typed] = names[:3]
    assert missed == {}
    assert {typed: await strength_found(typed) for typed in STRENGTHS} == STRENGTHS
    assert len(await search_drugs("paracetamol")) == 20
    assert await search_drugs("xqzkwy") == []
    assert await recall_of_slips(100) >= 0.9
