"""Units and numbers: what goes in comes out, and the panels are sound."""

from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.biology.checking import Unsound, catalogue_of, problems
from app.biology.imports.model import Names
from app.biology.imports.reading import Fault, Unreadable, harmless, lines_of, text_of
from app.biology.library import FOLDER, catalogue, files_in
from app.biology.model import Standing, standing
from app.biology.numbers import number_in, typed_as, value_in

ANALYTES = list(catalogue().analytes.values())
NUMBERS = st.decimals(min_value=Decimal("0.001"), max_value=Decimal("99999"), places=3, allow_nan=False)
SIGNS = st.sampled_from(["", "<", "<=", ">", ">="])


@given(st.sampled_from(ANALYTES), NUMBERS, st.data())
def test_a_converted_value_goes_back_to_what_was_typed(analyte, value, data):
    unit = data.draw(st.sampled_from(analyte.units)).ucum

    there = analyte.converted(value, unit)

    assert round(analyte.back(there, unit), 6) == value
    assert there.as_tuple().exponent <= 0


@given(NUMBERS, SIGNS, st.sampled_from(["fr", "en"]))
def test_a_number_is_read_as_it_is_written(value, sign, language):
    assert value_in(f"{sign} {typed_as(value, language)}") == (sign, value)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_numbers(text):
    found = number_in(text)
    assert found is None or (found >= 0 and found.is_finite())


@given(NUMBERS, SIGNS, NUMBERS, NUMBERS)
def test_what_is_out_of_range_is_so_whatever_the_true_value(value, sign, one, other):
    """A bound is called out of range only where every value that it allows is."""
    low, high = sorted((one, other))
    if standing(sign, value, low, high) is Standing.ABOVE:
        assert value > high or (sign == ">" and value == high)
        assert sign in {"", ">", ">="}
    if standing(sign, value, low, high) is Standing.BELOW:
        assert value < low or (sign == "<" and value == low)
        assert sign in {"", "<", "<="}


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "shown"),
    [
        # NGSP's own table of equivalents: 53 mmol/mol is 7.0 %, 42 is 6.0 %, 75 is 9.0 %.
        ("hba1c", "53", "mmol/mol", "7.0"),
        ("hba1c", "42", "mmol/mol", "6.0"),
        ("hba1c", "75", "mmol/mol", "9.0"),
        ("glucose", "1.00", "g/L", "5.6"),
        ("cholesterol", "2.00", "g/L", "5.2"),
        ("creatinine", "10", "mg/L", "88.4"),
        ("haemoglobin", "140", "g/L", "14.0"),
        ("haematocrit", "0.42", "L/L", "42.0"),
        ("vitamin-d", "30", "ug/L", "74.9"),
        ("ft4", "12", "ng/L", "15.4"),
        ("leukocytes", "6100", "/uL", "6.1"),
    ],
)
def test_conversions_are_those_that_laboratories_use(analyte, value, unit, shown):
    found = catalogue().analytes[analyte].converted(Decimal(value), unit)
    assert f"{found:.1f}" == shown


def test_units_that_differ_by_a_capital_stay_apart():
    names = Names(catalogue())
    assert (names.unit("G/L"), names.unit("g/L"), names.unit("g/l")) == ("10*9/L", "g/L", "g/L")
    assert names.unit("MMOL/l") == "mmol/L"
    assert (names.unit("\u03bcmol/L"), names.unit("\u00b5mol/L")) == ("umol/L", "umol/L")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda one: one["analytes"][1].update(unit="mg/hL"), "lipids $.analytes[1].unit"),
        (lambda one: one["analytes"][0]["units"][1].update(times="0"), "lipids $.analytes[0].units[1].times"),
        (lambda one: one["analytes"][3].pop("molar_mass"), "lipids $.analytes[3].units[0].over"),
        (lambda one: one["analytes"][0]["loinc"].append("2093-4"), "lipids $.analytes[0].loinc[2]"),
        (lambda one: one["analytes"][0]["units"][0].update(plus="1"), "lipids $.analytes[0].units[0].plus"),
        (lambda one: one["analytes"][2].update(id="hdl"), "lipids $.analytes[2]"),
        (lambda one: one["analytes"][2].update(also=["HEMATIES"], unit="10*12/L"), "lipids $.analytes[2]"),
        (lambda one: one["analytes"][0]["plausible"].update(low="40"), "lipids $.analytes[0].plausible"),
        (lambda one: one.update(title2="x"), "lipids $.title2"),
    ],
)
def test_a_fault_in_a_panel_is_said_with_its_place(change, place):
    panels, units = deepcopy(files_in(FOLDER))
    change(panels["lipids"])

    assert place in [fault.place for fault in problems(panels, units)]
    with pytest.raises(Unsound):
        catalogue_of(panels, units)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\x00\x01", Fault.NO_TEXT),
        (b"code;date\n", Fault.EMPTY),
        (b"code;date;analyte;value;unit;unit\n1;2;3;4;5;6", Fault.TWICE),
        (b"code;date;value;unit\n1;2;3;4", Fault.COLUMNS),
        (b"code;date;analyte;value;unit\n" + b"1;2;3;4;5\n" * 5001, Fault.TOO_MANY),
        (b'code;date;analyte;value;unit\n1;2;"3;4;5\n1;2;3;4;5', Fault.NO_TEXT),
        (b"x" * (2 * 1024 * 1024 + 1), Fault.TOO_LARGE),
    ],
)
def test_a_file_that_cannot_be_looked_at_says_why(content, fault):
    with pytest.raises(Unreadable) as refusal:
        lines_of(text_of(content))
    assert refusal.value.fault is fault


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_file_is_read_whatever_separates_its_columns(separator):
    rows = [["Code", "Date", "Analyse", "Résultat", "Unité"], ["A", "2/11/2026", "TSH", '"1,2"', "mUI/L"]]
    text = "\r\n".join(separator.join(row) for row in rows)
    (line,) = lines_of(text_of(text.encode("cp1252")))
    assert (line.number, line.cells["value"], line.cells["sample"]) == (2, "1,2", "")


@given(st.text(max_size=20))
def test_no_cell_that_is_sent_back_is_a_formula(cell):
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
