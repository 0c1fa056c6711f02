"""What becomes of each line of a file, and which reports the lines make. Pure: it knows what is there from its caller.

A code of another centre's patient and one of nobody are the same here: neither is in what the caller found.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from app.access.policy import Scope
from app.biology.forms import EARLIEST, day_in
from app.biology.imports.reading import LONGEST_CELL, Line
from app.biology.model import LONGEST_LABORATORY, LONGEST_SAMPLE, About, Analyte, Catalogue, Entry, bare_name
from app.biology.numbers import COUNTED, number_in, value_in

LASTS = timedelta(hours=1)
"""Between the look at a file and its being taken over."""


class Verdict(StrEnum):
    OK = "ok"
    DUPLICATE = "duplicate"
    DIFFERS = "differs"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    UNKNOWN_PATIENT = "unknown_patient"
    DATE_WRONG = "date_wrong"
    DATE_FUTURE = "date_future"
    DATE_UNBORN = "date_unborn"
    UNKNOWN_ANALYTE = "unknown_analyte"
    UNKNOWN_UNIT = "unknown_unit"
    NUMBER_WRONG = "number_wrong"
    RANGE_WRONG = "range_wrong"
    IMPLAUSIBLE = "implausible"
    TOO_LONG = "too_long"


HARMLESS = frozenset({Verdict.OK, Verdict.DUPLICATE, Verdict.REPEATED})
"""Lines about which nobody has to do anything."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what becomes of it; `patient`, `taken_on` and `entry` as far as they could be read."""

    line: Line
    verdict: Verdict
    patient: UUID | None = None
    taken_on: date | None = None
    entry: Entry | None = None

    @property
    def sample(self) -> str:
        return self.line.cells["sample"]


@dataclass(frozen=True, slots=True)
class Known:
    """A result that stands in a record already, as far as the reader's centre may know."""

    patient: UUID
    analyte: str
    taken_on: date
    sample: str
    comparator: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file between the look at it and its being taken over. `text` is "" once that is done."""

    id: UUID
    account: UUID
    organisation: UUID
    text: str
    file_name: str
    created_at: datetime
    valid_until: datetime
    done_at: datetime | None
    results: int


@dataclass(frozen=True, slots=True)
class ImportScope(Scope):
    """An import belongs to who looked at the file, in the centre in which they did."""

    organisation: UUID | None = None


class Names:
    """Finds analytes by their ids, codes and names, and units by how laboratories spell them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.analytes: dict[str, list[Analyte]] = {}
        for one in catalogue.analytes.values():
            for bare in {bare_name(name) for name in _names(one)}:
                self.analytes.setdefault(bare, []).append(one)
        spelled = [
            (name, one.ucum) for one in catalogue.units.values() for name in (one.ucum, one.fr, one.en, *one.spellings)
        ]
        self.exact = {_tight(name): ucum for name, ucum in spelled}
        loose: dict[str, set[str]] = {}
        for name, ucum in spelled:
            loose.setdefault(_tight(name).casefold(), set()).add(ucum)
        self.loose = {key: next(iter(found)) for key, found in loose.items() if len(found) == 1}

    def analyte(self, text: str, unit: str | None = None) -> Analyte | None:
        """Of those that bear one name the one that is measured in this unit (UCUM); without any, the first."""
        found = self.analytes.get(bare_name(text), [])
        return next((one for one in found if unit in {each.ucum for each in one.units}), found[0] if found else None)

    def unit(self, text: str) -> str | None:
        """The UCUM code, in spite of other capitals where they tell no two units apart: G/L and g/L they do."""
        return self.exact.get(_tight(text)) or self.loose.get(_tight(text).casefold())


def _names(one: Analyte) -> tuple[str, ...]:
    return one.id, one.fr, one.en, *one.also, *one.loinc


def _tight(text: str) -> str:
    return text.replace("\N{GREEK SMALL LETTER MU}", "\N{MICRO SIGN}").replace(",", ".").replace(" ", "")


def judged(
    lines: Iterable[Line],
    patients: Mapping[str, UUID],
    known: Iterable[Known],
    catalogue: Catalogue,
    today: date,
    births: Mapping[UUID, date],
) -> list[Judged]:
    """What becomes of each line, in the order of the file. `patients`: whom a code stands for, by the code as typed.

    `births`: the first day on which each of them can have been born.
    """
    names, there = Names(catalogue), _by_place(known)
    read = [_of_the_living(_read(line, patients, names, today), births) for line in lines]
    compared = [_compared(one, there, catalogue) if one.verdict is Verdict.OK else one for one in read]
    return _within_file(compared, catalogue)


def _by_place(known: Iterable[Known]) -> dict[tuple[UUID | None, str], list[Known]]:
    found: dict[tuple[UUID | None, str], list[Known]] = {}
    for one in known:
        found.setdefault((one.patient, one.analyte), []).append(one)
    return found


def _read(line: Line, patients: Mapping[str, UUID], names: Names, today: date) -> Judged:
    """The line by itself; the first thing that is wrong is said."""
    cells = line.cells
    day, unit = day_in(cells["date"]), names.unit(cells["unit"])
    analyte = names.analyte(cells["analyte"], unit)
    value = value_in(cells["value"], counted=unit in COUNTED)
    ends = {end: number_in(cells[end], counted=unit in COUNTED) for end in ("low", "high")}
    lengths = [(one, LONGEST_CELL) for one in cells.values()]
    lengths += [(cells["laboratory"], LONGEST_LABORATORY), (cells["sample"], LONGEST_SAMPLE)]
    faults = (
        (Verdict.TOO_LONG, any(len(text) > most for text, most in lengths)),
        (Verdict.UNKNOWN_PATIENT, cells["code"] not in patients),
        (Verdict.DATE_WRONG, day is None or day < EARLIEST),
        (Verdict.DATE_FUTURE, day is not None and day > today),
        (Verdict.UNKNOWN_ANALYTE, analyte is None),
        (Verdict.NUMBER_WRONG, value is None),
        (Verdict.UNKNOWN_UNIT, analyte is not None and unit not in {one.ucum for one in analyte.units}),
        (Verdict.RANGE_WRONG, _range_wrong(cells, ends)),
    )
    wrong = next((verdict for verdict, is_so in faults if is_so), None)
    patient = patients.get(cells["code"])
    if wrong is not None or analyte is None or value is None or unit is None:
        return Judged(line, wrong or Verdict.UNKNOWN_UNIT, patient, day)
    entry = Entry(
        analyte=analyte.id, comparator=value[0], value=value[1], unit=unit, low=ends["low"], high=ends["high"]
    )
    likely = analyte.plausible(analyte.converted(entry.value, unit))
    return Judged(line, Verdict.OK if likely else Verdict.IMPLAUSIBLE, patient, day, entry)


def _of_the_living(one: Judged, births: Mapping[UUID, date]) -> Judged:
    """The line, unless its day is one on which its person was not born."""
    if one.patient is None or one.taken_on is None or one.taken_on >= births.get(one.patient, EARLIEST):
        return one
    return replace(one, verdict=Verdict.DATE_UNBORN) if one.verdict in {Verdict.OK, Verdict.IMPLAUSIBLE} else one


def _range_wrong(cells: Mapping[str, str], ends: Mapping[str, Decimal | None]) -> bool:
    low, high = ends["low"], ends["high"]
    unread = any(cells[end] and number is None for end, number in ends.items())
    return unread or (low is not None and high is not None and low > high)


def _entry_of(one: Judged) -> Entry:
    """The entry of a line that is good so far, which has one."""
    if one.entry is None:
        raise ValueError(f"line {one.line.number} could not be read")
    return one.entry


def _said(one: Judged, catalogue: Catalogue) -> tuple[str, Decimal]:
    entry = _entry_of(one)
    return entry.comparator, catalogue.analytes[entry.analyte].converted(entry.value, entry.unit)


def _compared(one: Judged, known: Mapping[tuple[UUID | None, str], list[Known]], catalogue: Catalogue) -> Judged:
    """Beside what stands in the record: the same sample where both say one, else the same day."""
    same = [
        other
        for other in known.get((one.patient, _entry_of(one).analyte), ())
        if (other.sample == one.sample if other.sample and one.sample else other.taken_on == one.taken_on)
    ]
    if not same:
        return one
    equal = any((other.comparator, other.value) == _said(one, catalogue) for other in same)
    return replace(one, verdict=Verdict.DUPLICATE if equal else Verdict.DIFFERS)


def _within_file(lines: list[Judged], catalogue: Catalogue) -> list[Judged]:
    """The same result twice counts once; two values for one sample count not at all: the file does not say which."""
    values: dict[tuple[object, ...], set[tuple[str, Decimal]]] = {}
    for one in lines:
        if one.verdict is Verdict.OK:
            values.setdefault(_key(one), set()).add(_said(one, catalogue))
    seen: set[tuple[object, ...]] = set()
    made = []
    for one in lines:
        if one.verdict is Verdict.OK:
            key = _key(one)
            verdict = Verdict.CONFLICT if len(values[key]) > 1 else Verdict.REPEATED if key in seen else Verdict.OK
            seen.add(key)
            one = replace(one, verdict=verdict)
        made.append(one)
    return made


def _key(one: Judged) -> tuple[object, ...]:
    return one.patient, _entry_of(one).analyte, one.sample or one.taken_on


def reports_of(lines: Iterable[Judged]) -> dict[tuple[UUID, About], list[Entry]]:
    """The reports that the good lines make: one of each person, day, laboratory and sample."""
    found: dict[tuple[UUID, About], list[Entry]] = {}
    for one in lines:
        if one.verdict is Verdict.OK and one.patient and one.taken_on and one.entry:
            about = About(taken_on=one.taken_on, laboratory=one.line.cells["laboratory"], sample=one.sample)
            found.setdefault((one.patient, about), []).append(one.entry)
    return found


def counted(lines: Iterable[Judged]) -> dict[Verdict, int]:
    """How many lines of each verdict, in the order of the verdicts."""
    counts = Counter(one.verdict for one in lines)
    return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}


def fingerprint(lines: Iterable[Judged]) -> str:
    """Changes with whatever somebody who looks at the lines is shown: what they say and what becomes of each."""
    said = [(one.line.number, sorted(one.line.cells.items()), one.verdict, str(one.patient)) for one in lines]
    return sha256(repr(said).encode()).hexdigest()
