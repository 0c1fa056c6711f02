"""Lines of the public drug database as values. Pure: the files are opened in library.

The columns are those that ANSM describes for its downloads: base-donnees-publique.medicaments.gouv.fr.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from app.treatments.drugs.folding import words_of

Line = tuple[int, list[str]]
"""Its number in the file, from 1, and its columns."""
CIS = re.compile(r"\d{8}")
UNREADABLE = {"\0", "\ufffd"}
"""Signs that stand where a byte is no letter."""
DOSE = re.compile(r"(\d[\d ]*(?:[,.]\d+)?) ?(mg|g|microgrammes?)")
NAMED = re.compile(
    r"(?<![\d,.])((?:\d{1,3}(?: \d{3})+|\d+)(?:[,.]\d+)?) ?(mg|g|microgrammes?|microg|µg)(?!\w)(?! ?/ ?(?!1? ?ml))",
    re.IGNORECASE,
)
"""A dose in the name of a drug, but none of another volume than one mL, of a dose or of an hour."""
PERS = {
    "un comprimé": "tablet",
    "une gélule": "capsule",
    "une capsule": "capsule",
    "un sachet": "sachet",
    "un suppositoire": "suppository",
    "1 ml": "ml",
    "1 ml de solution": "ml",
}
MILLIGRAMS = {"mg": Decimal(1), "g": Decimal(1000), "microgramme": Decimal("0.001"), "microgrammes": Decimal("0.001")}
MILLIGRAMS |= dict.fromkeys(("µg", "microg"), MILLIGRAMS["microgramme"])


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is not what its file should hold. `cis`: the drug that it is about, if that much can be read."""

    file: str
    line: int
    why: str
    cis: str = ""


@dataclass(frozen=True, slots=True)
class Substance:
    """`nature`: SA an active substance, FT its therapeutic part; what belongs together has one `number`."""

    form: str
    code: str
    name: str
    dose: str
    per: str
    nature: str
    number: int


@dataclass(frozen=True, slots=True)
class Pack:
    cip13: str
    label: str
    status: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One drug as a release tells of it. None: the release does not hold the file that would say."""

    cis: str
    name: str
    form: str
    routes: str
    holder: str
    status: str
    marketed: bool
    substances: tuple[Substance, ...]
    packs: tuple[Pack, ...] | None = None
    atc: str | None = None
    conditions: str | None = None
    availability: str | None = None
    generic_group: str | None = None

    @property
    def substance_names(self) -> str:
        return ", ".join(dict.fromkeys(one.name for one in self.substances))

    @property
    def words(self) -> list[str]:
        return words_of(f"{self.name} {self.form} {self.substance_names}")


@dataclass(slots=True)
class Reading:
    """Everything that a folder holds."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)

    @property
    def unsure(self) -> set[str]:
        """CIS codes of drugs of which a line cannot be read: what was known of them has to stay."""
        return {fault.cis for fault in self.faults if fault.file in NEEDED and fault.cis}

    @property
    def doubt(self) -> str:
        """Why this may not be a whole release that is laid out as we read it; empty where it is."""
        for path, lines in self.files.items():
            name = path.partition(".")[0]
            wrong = [fault for fault in self.faults if fault.file == name]
            if lines == 0 or len(wrong) > lines * MOST_FAULTY:
                return f"{path}: {len(wrong):,} lines that cannot be read, {lines:,} that can"
            if name in NEEDED and not all(fault.cis for fault in wrong):
                return f"{path}: a line that does not say which drug it is about"
        return ""


FILES = {
    "CIS_bdpm": (12,),
    "CIS_COMPO_bdpm": (8, 9),
    "CIS_CIP_bdpm": (13,),
    "CIS_GENER_bdpm": (5, 6),
    "CIS_MITM": (4,),
    "CIS_CPD_bdpm": (2,),
    "CIS_CIP_Dispo_Spec": (8,),
}
"""By name of the file, how many columns a line of it may have."""
NEEDED = ("CIS_bdpm", "CIS_COMPO_bdpm")
MOST_FAULTY = 0.005
"""From this part of a file on it is not some lines that are wrong: the file is another than we know."""
OF_CIS = {"CIS_GENER_bdpm": 2}
"""In which column the drug stands, where it is not the first."""


def split(name: str, text: str) -> tuple[list[Line], list[Fault]]:
    """The lines of a file, and those that are none. An empty last line is no line.

    >>> split("CIS_MITM", "60005856\\tA02BA03\\tFAMOTIDINE\\thttps://x\\n\\nno\\n")[1]
    [Fault(file='CIS_MITM', line=2, why='1 columns', cis=''), Fault(file='CIS_MITM', line=3, why='1 columns', cis='')]
    """
    good: list[Line] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        parts = [part.strip() for part in line.rstrip("\r").split("\t")]
        column = OF_CIS.get(name, 0)
        cis = parts[column] if len(parts) > column and CIS.fullmatch(parts[column]) else ""
        if why := _wrong(parts, FILES[name], cis):
            faults.append(Fault(name, number, why, cis))
        else:
            good.append((number, parts))
    return good, faults


def _wrong(parts: list[str], columns: tuple[int, ...], cis: str) -> str:
    if any(UNREADABLE & set(part) for part in parts):
        return "neither UTF-8 nor cp1252"
    if len(parts) not in columns:
        return f"{len(parts)} columns"
    return "" if cis else "no CIS code"


def assemble(files: dict[str, list[Line]]) -> dict[str, Entry]:
    """The drugs that these files tell of, by CIS code. Lines about drugs that CIS_bdpm does not hold are left out."""
    substances = _grouped((parts[0], _substance(parts)) for _, parts in files["CIS_COMPO_bdpm"])
    packs = _grouped((parts[0], Pack(parts[6], parts[2], parts[4])) for _, parts in files.get("CIS_CIP_bdpm", []))
    atc = {parts[0]: parts[1] for _, parts in files.get("CIS_MITM", [])}
    conditions = _joined((parts[0], parts[1]) for _, parts in files.get("CIS_CPD_bdpm", []))
    availability = _joined((parts[0], parts[3]) for _, parts in files.get("CIS_CIP_Dispo_Spec", []))
    generic = {parts[2]: parts[1] for _, parts in files.get("CIS_GENER_bdpm", [])}
    return {
        parts[0]: Entry(
            cis=parts[0],
            name=parts[1],
            form=parts[2],
            routes=parts[3],
            status=parts[4],
            marketed=parts[6] == "Commercialisée",
            holder=parts[10],
            substances=tuple(substances.get(parts[0], ())),
            packs=tuple(packs.get(parts[0], ())) if "CIS_CIP_bdpm" in files else None,
            atc=atc.get(parts[0], "") if "CIS_MITM" in files else None,
            conditions=conditions.get(parts[0], "") if "CIS_CPD_bdpm" in files else None,
            availability=availability.get(parts[0], "") if "CIS_CIP_Dispo_Spec" in files else None,
            generic_group=generic.get(parts[0], "") if "CIS_GENER_bdpm" in files else None,
        )
        for _, parts in files["CIS_bdpm"]
    }


def _substance(parts: list[str]) -> Substance:
    number = int(parts[7]) if parts[7].isdigit() else 0
    return Substance(parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], number)


def _grouped(pairs: Iterable[tuple[str, object]]) -> dict[str, list]:  # type: ignore[type-arg]
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {key: "; ".join(dict.fromkeys(map(str, values))) for key, values in _grouped(pairs).items()}


def substance_of(known: Iterable[Substance]) -> str:
    """What it acts by: the therapeutic parts where they are named, else the substances; several joined.

    >>> both = [Substance("gélule", "1", "SERTRALINE BASE", "50 mg", "une gélule", "FT", 1)]
    >>> substance_of([*both, Substance("gélule", "2", "CHLORHYDRATE DE SERTRALINE", "", "", "SA", 1)])
    'SERTRALINE'
    """
    acting = _acting(known)
    return " + ".join(dict.fromkeys(one.name.removesuffix(" BASE").strip() for one in acting))


def _acting(known: Iterable[Substance]) -> list[Substance]:
    """Of each group that belongs together its therapeutic part, else its substance; of both the one with a dose."""
    groups = _grouped((str(one.number), one) for one in known)
    return [one for group in groups.values() for one in _told(group)]


def _told(group: list[Substance]) -> list[Substance]:
    """Lithium is stated in mmol, its carbonate in mg: the carbonate is what doses are given in."""
    for nature in ("FT", "SA"):
        stated = [one for one in group if one.nature == nature and DOSE.fullmatch(one.dose.strip())]
        if stated:
            return stated
    return [one for one in group if one.nature == "FT"] or group


def strength_of(known: Iterable[Substance], name: str) -> tuple[Decimal, str] | None:
    """Milligrams of the one substance in one unit, as (amount, unit); None for several, or where it is not clear.

    Of a salt and its base the one that the name of the drug is about: that is what is prescribed and compared.

    >>> salt = Substance("comprimé", "1", "CHLORHYDRATE DE DONÉPÉZIL", "10,00 mg", "un comprimé", "SA", 1)
    >>> base = Substance("comprimé", "2", "DONÉPÉZIL", "9,12 mg", "un comprimé", "FT", 1)
    >>> strength_of([salt, base], "ARICEPT 10 mg, comprimé"), strength_of([salt, base], "ARICEPT, comprimé")
    ((Decimal('10'), 'tablet'), None)
    >>> strength_of([Substance("pommade", "1", "X", "1.000 mg", "un comprimé", "SA", 1)], "X 1 g") is None
    True
    """
    parts, stated = list(known), set[tuple[Decimal, str]]()
    if len({one.number for one in parts}) != 1 or len({one.nature for one in parts}) != len(parts):
        return None
    for one in parts:
        per = PERS.get(one.per.strip().lower(), "")
        found = DOSE.fullmatch(one.dose.strip())
        # A point before three digits may part thousands.
        if found is not None and per and not re.search(r"\.\d{3}$", found[1]):
            stated.add((_milligrams(found[1], found[2]), per))
    named = {_milligrams(amount, unit) for amount, unit in NAMED.findall(name)}
    fitting = [one for one in stated if one[0] and (one[0] in named or not named)]
    return (fitting[0][0].normalize() + 0, fitting[0][1]) if len(fitting) == 1 else None


def _milligrams(amount: str, unit: str) -> Decimal:
    return Decimal(amount.replace(" ", "").replace(",", ".")) * MILLIGRAMS[unit.lower()]
