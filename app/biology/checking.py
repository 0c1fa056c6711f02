"""Whether the files of panels say what they have to, each fault with its place, and the catalogue they make. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from app.biology.model import Analyte, Catalogue, Conversion, Panel, Unit, bare_name

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LOINC = re.compile(r"\d{1,5}-\d")
PANEL_KEYS = {"id", "order", "title", "analytes"}
ANALYTE_KEYS = {"id", "name", "also", "loinc", "unit", "decimals", "plausible", "molar_mass", "units"}
CONVERSION_KEYS = {"unit", "times", "over", "plus", "source"}
MOLAR_MASS = "molar_mass"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where: `lipids $.analytes[3].units[1]`. In English: it is for who writes panels."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


class Unsound(ValueError):
    """The files of panels are not as they have to be."""


def problems(panels: Mapping[str, Any], units: Any) -> list[Problem]:
    """Everything that is wrong. `panels`: what each file holds, by its name; `units`: what the one of units holds."""
    known = {one["ucum"] for one in units["units"]}
    found = [one for name, data in panels.items() for one in _panel(name, data, known)]
    return found + list(_twice(panels))


def catalogue_of(panels: Mapping[str, Any], units: Any) -> Catalogue:
    """The catalogue; Unsound with every fault if there is one."""
    if faults := problems(panels, units):
        raise Unsound("\n".join(map(str, faults)))
    known = {one["ucum"]: Unit(one["ucum"], one["fr"], one["en"], tuple(one["spellings"])) for one in units["units"]}
    ordered = sorted(panels.values(), key=lambda data: data["order"])
    made = [
        Panel(
            data["id"],
            data["title"]["fr"],
            data["title"]["en"],
            tuple(_analyte(data["id"], one, known) for one in data["analytes"]),
        )
        for data in ordered
    ]
    return Catalogue(tuple(made), known)


def check_digit(code: str) -> bool:
    """Whether a LOINC ends with the digit that Luhn's rule asks for.

    >>> check_digit("718-7"), check_digit("718-8")
    (True, False)
    """
    digits = [int(sign) for sign in code.replace("-", "")][::-1]
    doubled = sum(sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _panel(name: str, data: Any, units: set[str]) -> Iterator[Problem]:
    yield from _keys(name, "$", data, PANEL_KEYS, {"id", "order", "title", "analytes"})
    if not isinstance(data, dict) or not isinstance(data.get("analytes"), list):
        return
    if data.get("id") != name:
        yield Problem(f"{name} $.id", "is not the name of the file")
    for nth, one in enumerate(data["analytes"]):
        yield from _faults_of(name, f"$.analytes[{nth}]", one, units)


def _keys(name: str, place: str, data: Any, allowed: set[str], needed: set[str]) -> Iterator[Problem]:
    if not isinstance(data, dict):
        yield Problem(f"{name} {place}", "is not a mapping")
        return
    yield from (Problem(f"{name} {place}.{key}", "is not known") for key in data if key not in allowed)
    yield from (Problem(f"{name} {place}.{key}", "is missing") for key in sorted(needed - set(data)))


def _faults_of(name: str, place: str, one: Any, units: set[str]) -> Iterator[Problem]:
    missing = list(_keys(name, place, one, ANALYTE_KEYS, {"id", "name", "unit", "decimals", "plausible"}))
    yield from missing
    if missing:
        return
    if not ID.fullmatch(str(one["id"])):
        yield Problem(f"{name} {place}.id", "is not made of small letters, digits and hyphens")
    if one["unit"] not in units:
        yield Problem(f"{name} {place}.unit", f"{one['unit']} is not in units.yml")
    for nth, code in enumerate(one.get("loinc", ())):
        if not LOINC.fullmatch(code) or not check_digit(code):
            yield Problem(f"{name} {place}.loinc[{nth}]", f"{code} is no LOINC")
    low, high = (_number(one["plausible"].get(end)) for end in ("low", "high"))
    if low is None or high is None or low >= high:
        yield Problem(f"{name} {place}.plausible", "needs a low end below a high end")
    for nth, way in enumerate(one.get("units", ())):
        yield from _faults_of_way(name, f"{place}.units[{nth}]", way, one, units)


def _faults_of_way(name: str, place: str, way: Any, one: Any, units: set[str]) -> Iterator[Problem]:
    yield from _keys(name, place, way, CONVERSION_KEYS, {"unit", "times"})
    if way.get("unit") not in units:
        yield Problem(f"{name} {place}.unit", f"{way.get('unit')} is not in units.yml")
    for key in ("times", "over"):
        given = way.get(key, "1")
        if given == MOLAR_MASS and _number(one.get(MOLAR_MASS)) is None:
            yield Problem(f"{name} {place}.{key}", "needs the molar_mass of the analyte")
        elif given != MOLAR_MASS and not _number(given):
            yield Problem(f"{name} {place}.{key}", "is no number other than zero")
    if "plus" in way and not way.get("source"):
        yield Problem(f"{name} {place}.plus", "is an equation that somebody published: say who, as source")


def _twice(panels: Mapping[str, Any]) -> Iterator[Problem]:
    """Ids and codes lead to one analyte each; so do names, but among analytes without a common unit: that tells."""
    seen: list[tuple[str, set[str], set[str], set[str]]] = []
    for name, data in panels.items():
        analytes = data.get("analytes") if isinstance(data, dict) else None
        for nth, one in enumerate(analytes if isinstance(analytes, Sequence) else ()):
            if not isinstance(one, dict):
                continue
            place, codes, words, units = f"{name} $.analytes[{nth}]", _codes(one), _words(one), _units(one)
            for other, their_codes, their_words, their_units in seen:
                shared = codes & their_codes | (words & their_words if units & their_units else set())
                yield from (Problem(place, f"“{word}” stands for {other} already") for word in sorted(shared))
            seen.append((place, codes, words, units))


def _codes(one: Mapping[str, Any]) -> set[str]:
    return {str(code).casefold() for code in (one.get("id", ""), *one.get("loinc", ()))}


def _words(one: Mapping[str, Any]) -> set[str]:
    return _codes(one) | {bare_name(str(name)) for name in (*one.get("name", {}).values(), *one.get("also", ()))}


def _units(one: Mapping[str, Any]) -> set[str]:
    return {str(one.get("unit", "")), *(str(way.get("unit", "")) for way in one.get("units", ()))}


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _analyte(panel: str, one: Mapping[str, Any], units: Mapping[str, Unit]) -> Analyte:
    return Analyte(
        id=one["id"],
        panel=panel,
        fr=one["name"]["fr"],
        en=one["name"]["en"],
        unit=units[one["unit"]],
        decimals=one["decimals"],
        low=Decimal(one["plausible"]["low"]),
        high=Decimal(one["plausible"]["high"]),
        conversions=tuple(_conversion(way, one, units) for way in one.get("units", ())),
        loinc=tuple(one.get("loinc", ())),
        also=tuple(one.get("also", ())),
    )


def _conversion(way: Mapping[str, str], one: Mapping[str, Any], units: Mapping[str, Unit]) -> Conversion:
    times, over = (
        Fraction(one[MOLAR_MASS] if given == MOLAR_MASS else given) for given in (way["times"], way.get("over", "1"))
    )
    return Conversion(units[way["unit"]], times / over, Fraction(way.get("plus", "0")), way.get("source", ""))
