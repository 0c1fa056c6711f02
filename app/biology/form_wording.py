"""What to do about a field of the form of a laboratory report. The words of results are in wording.py."""

from collections.abc import Mapping

from app.biology.forms import LONGEST, Fault
from app.biology.model import Analyte
from app.biology.wording import analyte_words, unit_words
from app.lib.i18n import gettext as _


def fault_words(field: str, fault: Fault) -> str:
    """What is wrong and what to do, for the field and for the list above the form."""
    part, _dash, analyte = field.partition("-")
    if analyte:
        return f"{analyte_words(analyte)}{_(': ')}{_of_value(part, fault)}"
    if fault is Fault.TOO_LONG:
        return _("At most %(num)s characters") % {"num": LONGEST[field]}
    return {
        Fault.DATE_MISSING: _("Enter the day on which the sample was taken"),
        Fault.DATE_WRONG: _("This is no date. Write it like 9/11/2026"),
        Fault.DATE_FUTURE: _("The sample was taken today or earlier"),
        Fault.DATE_EARLY: _("The year is too early. Check it"),
        Fault.DATE_UNBORN: _("The person was not born yet. Check the year"),
        Fault.TIME_WRONG: _("This is no time. Write it like 7:30"),
        Fault.NOTHING: _("Enter at least one result"),
        Fault.REASON_MISSING: _("Write why the report is corrected"),
        Fault.IMPLAUSIBLE: _("Check the unlikely values, then tick that they are right"),
    }[fault]


def _of_value(part: str, fault: Fault) -> str:
    return {
        Fault.NUMBER_WRONG: _("write a number like 4,2 or <0,1") if part == "value" else _("write a number like 4,2"),
        Fault.UNIT_WRONG: _("choose a unit"),
        Fault.VALUE_MISSING: _("enter the value, or empty its range"),
        Fault.RANGE_REVERSED: _("the end of the range lies below its start"),
    }[fault]


def all_fault_words(faults: Mapping[str, Fault]) -> dict[str, str]:
    return {field: fault_words(field, fault) for field, fault in faults.items()}


def doubt_words(doubted: str) -> list[str]:
    """The unlikely values that a form asks about, as `Read.doubted` holds them."""
    found = []
    for one in doubted.split():
        analyte, _equals, value = one.partition("=")
        number = "".join(sign for sign in value[: _digits(value)])
        found.append(f"{analyte_words(analyte)}{_(': ')}{number} {unit_words(value[len(number) :])}")
    return found


def _digits(value: str) -> int:
    return next((at for at, sign in enumerate(value) if not (sign.isdigit() or sign == ".")), len(value))


def unit_options(analyte: Analyte) -> list[tuple[str, str]]:
    """The units that are offered for an analyte, its own first."""
    return [(one.ucum, unit_words(one.ucum)) for one in analyte.units]


def field_words(field: str) -> str:
    """What a field is called, where two values of it stand beside each other."""
    part, _dash, analyte = field.partition("-")
    words = {
        "taken_on": _("Taken on"),
        "taken_time": _("At"),
        "laboratory": _("Laboratory"),
        "sample": _("Sample number"),
        "fasting": _("Fasting"),
        "comment": _("Comment"),
        "value": _("Value"),
        "unit": _("Unit"),
        "low": _("Range from"),
        "high": _("Range to"),
    }
    return f"{analyte_words(analyte)}{_(': ')}{words[part].lower()}" if analyte else words[part]


def typed_words(field: str, typed: str) -> str:
    """What somebody typed in a field, as one reads it."""
    if field.startswith("unit-"):
        return unit_words(typed) if typed else "–"
    if field == "fasting":
        return {"yes": _("Yes"), "no": _("No")}.get(typed, _("Not stated"))
    return typed or "–"
