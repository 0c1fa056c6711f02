"""What becomes of a line of a laboratory's file, in words; why a file cannot be looked at; names of columns."""

from collections.abc import Iterable

from app.biology.imports.model import Judged, Verdict
from app.biology.imports.reading import COLUMNS, MOST_LINES, Fault, Unreadable
from app.lib.i18n import gettext as _
from app.lib.i18n import number_words


def verdict_words(verdict: Verdict) -> str:
    """The reason, short enough for a cell. A code of another centre's patient and of nobody's read the same."""
    return {
        Verdict.OK: _("Will be imported"),
        Verdict.DUPLICATE: _("In the record already"),
        Verdict.DIFFERS: _("Another value of that sample stands in the record"),
        Verdict.REPEATED: _("Stands twice in this file; counts once"),
        Verdict.CONFLICT: _("Two values for one sample in this file"),
        Verdict.UNKNOWN_PATIENT: _("No patient of your centre has this code"),
        Verdict.DATE_WRONG: _("This is no date"),
        Verdict.DATE_FUTURE: _("The date lies ahead"),
        Verdict.DATE_UNBORN: _("The person was not born yet on this date"),
        Verdict.UNKNOWN_ANALYTE: _("Not a measurement we know"),
        Verdict.UNKNOWN_UNIT: _("Not a unit of this measurement"),
        Verdict.NUMBER_WRONG: _("The value is no number"),
        Verdict.RANGE_WRONG: _("The range is not one"),
        Verdict.IMPLAUSIBLE: _("Unlikely value: check it, then enter it by hand"),
        Verdict.TOO_LONG: _("A cell is too long"),
    }[verdict]


def look(verdict: Verdict) -> tuple[str, str]:
    """Icon and tone."""
    if verdict is Verdict.OK:
        return "check", "success"
    if verdict in {Verdict.DUPLICATE, Verdict.REPEATED}:
        return "equal", ""
    return "alert", "attention"


def column_words(column: str) -> str:
    return {
        "code": _("Patient’s code"),
        "date": _("Date"),
        "analyte": _("What was measured"),
        "value": _("Value"),
        "unit": _("Unit"),
        "low": _("Range from"),
        "high": _("Range to"),
        "laboratory": _("Laboratory"),
        "sample": _("Sample number"),
    }[column]


def fault_words(fault: Unreadable) -> str:
    names = ", ".join(f"{column_words(one)} ({one})" for one in fault.columns)
    return {
        Fault.MISSING: _("Choose a file"),
        Fault.TOO_LARGE: _("The file is larger than 2 MB. Cut it in parts"),
        Fault.EMPTY: _("The file has no line of results below its head"),
        Fault.NO_TEXT: _("This is no text file. Save the table as CSV"),
        Fault.TOO_MANY: _("The file has more than %(num)s lines. Cut it in parts") % {"num": number_words(MOST_LINES)},
        Fault.COLUMNS: _("The first line lacks these columns: %(columns)s") % {"columns": names},
        Fault.TWICE: _("The first line names these columns twice: %(columns)s") % {"columns": names},
    }[fault.fault]


def template_rows() -> list[list[str]]:
    """A file to fill in: the head, and a line as an example."""
    return [list(COLUMNS), ["ABCD-EFGH", "2026-11-02", "lithium", "0,72", "mmol/L", "0,6", "0,8", "Laboratoire", "A-1"]]


def problem_rows(lines: Iterable[Judged]) -> list[list[str]]:
    """The lines that are not imported as a file: the number, why, and what the line says."""
    head = [_("Line"), _("Why"), *COLUMNS]
    return [head, *([str(one.line.number), verdict_words(one.verdict), *one.line.cells.values()] for one in lines)]
