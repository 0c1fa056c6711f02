"""A laboratory's file as lines: its encoding, its separator, what its columns are called. Judges no line. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 2 * 1024 * 1024
"""Bytes of one file."""
MOST_LINES = 5000
LONGEST_CELL = 200
SEPARATORS = (";", "\t", ",")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "patient", "code patient", "patient code", "code_patient", "fondacode"),
    "date": ("date", "date de prélèvement", "date du prélèvement", "date de prelevement", "taken on", "taken_on"),
    "analyte": ("analyte", "analyse", "examen", "loinc", "test"),
    "value": ("value", "valeur", "résultat", "resultat", "result"),
    "unit": ("unit", "unité", "unite"),
    "low": ("low", "borne basse", "min", "minimum", "normale basse"),
    "high": ("high", "borne haute", "max", "maximum", "normale haute"),
    "laboratory": ("laboratory", "laboratoire", "lab"),
    "sample": ("sample", "échantillon", "echantillon", "numéro", "numero", "sample id", "dossier"),
}
NEEDED = ("code", "date", "analyte", "value", "unit")


class Fault(StrEnum):
    """Why a file as a whole cannot be looked at."""

    MISSING = "missing"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NO_TEXT = "no_text"
    TOO_MANY = "too_many"
    COLUMNS = "columns"
    TWICE = "twice"


class Unreadable(ValueError):
    """A file that cannot be looked at; `columns`: those that are missing, or stand twice."""

    def __init__(self, fault: Fault, columns: tuple[str, ...] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, by its number as a spreadsheet counts; every cell of COLUMNS, "" where there is none."""

    number: int
    cells: Mapping[str, str]


def text_of(content: bytes) -> str:
    """UTF-8, else what spreadsheets on Windows write; Unreadable for what is no text.

    >>> text_of("créatinine".encode("cp1252")), text_of(b"\\xef\\xbb\\xbfcode")
    ('créatinine', 'code')
    """
    if len(content) > LARGEST:
        raise Unreadable(Fault.TOO_LARGE)
    if b"\0" in content:
        raise Unreadable(Fault.NO_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise Unreadable(Fault.NO_TEXT) from None


def lines_of(text: str) -> list[Line]:
    """The lines below the head, empty ones left out; Unreadable where the head does not say what is needed."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:  # strict: a quotation mark that nobody closed would hide the lines that follow it
        numbered = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Unreadable(Fault.NO_TEXT) from None
    if len(numbered) < 2:
        raise Unreadable(Fault.EMPTY)
    if len(numbered) > MOST_LINES + 1:
        raise Unreadable(Fault.TOO_MANY)
    places = _places(numbered[0][1])
    return [Line(number, _cells(row, places)) for number, row in numbered[1:]]


def _separator(text: str) -> str:
    """The sign that stands most often in the head. Commas may be decimal ones, but not there."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=head.count)


def _places(head: Iterable[str]) -> dict[str, int]:
    said = [" ".join(cell.casefold().split()) for cell in head]
    found: dict[str, list[int]] = {
        column: [at for at, name in enumerate(said) if name in names] for column, names in COLUMNS.items()
    }
    if missing := tuple(column for column in NEEDED if not found[column]):
        raise Unreadable(Fault.COLUMNS, missing)
    if twice := tuple(column for column, places in found.items() if len(places) > 1):
        raise Unreadable(Fault.TWICE, twice)
    return {column: places[0] for column, places in found.items() if places}


def _cells(row: list[str], places: Mapping[str, int]) -> dict[str, str]:
    cells = {column: row[at] if at < len(row) else "" for column, at in places.items()}
    return {column: " ".join(cells.get(column, "").split()) for column in COLUMNS}


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("0,72"), harmless("@home")
    ("'=1+1", '0,72', "'@home")
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def written(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a file that spreadsheets in France open as it is; no cell is a formula there."""
    made = io.StringIO()
    csv.writer(made, delimiter=";", lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")
