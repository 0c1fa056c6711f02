"""Norm tables: strata, gaps, overlaps, conversion, and never the nearest row."""

import pytest

from app.questionnaires.norms import conversion, mean_sd, read_span

AGE = {"age": "range"}
TABLE = "age,mean,sd\n18-39,20,5\n40-59,18,4\n60+,15,3\n"


def test_strata_hold_whole_years_and_nothing_outside() -> None:
    norm = mean_sd("n", TABLE, AGE, reverse=False)
    assert norm.problems == ()
    assert norm.read(25, {"age": 39.9}, "z") == 1
    assert norm.read(22, {"age": 40}, "z") == 1
    assert norm.read(12, {"age": 99}, "z") == -1
    assert norm.read(20, {"age": 17}, "z") is None
    assert norm.read(20, {"age": None}, "z") is None
    assert mean_sd("n", TABLE, AGE, reverse=True).read(25, {"age": 20}, "z") == -1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("age,mean,sd\n18-39,20,5\n39-59,18,4\n", "overlaps"),
        ("age,mean,sd\n18-39,20,5\n50-59,18,4\n", "between 39 and 50"),
        ("age,mean,sd\n18-39,20,0\n", "sd is not above 0"),
        ("age,mean,sd\n18-39,twenty,5\n", "not a number"),
        ("age,mean,sd\n18-39,nan,5\n", "not a number"),
        ("age,mean,sd\n18-39,20\n", "not a number"),
        ("age,mean\n18-39,20\n", "columns are"),
        ("", "columns are"),
    ],
)
def test_wrong_tables(text: str, what: str) -> None:
    problems = mean_sd("n", text, AGE, reverse=False).problems
    assert any(what in problem.what for problem in problems)


@pytest.mark.parametrize(("linear", "raw", "expected"), [(False, 15, 5), (True, 15, 6), (True, 20, 7)])
def test_conversion(linear: bool, raw: float, expected: float) -> None:
    norm = conversion("n", "raw,scaled\n10,5\n20,7\n", {}, linear=linear)
    assert norm.gives == ("scaled",)
    assert norm.read(raw, {}, "scaled") == expected
    assert norm.read(9.9, {}, "scaled") is None
    assert norm.read(20.1, {}, "scaled") is None


def test_conversion_problems() -> None:
    assert conversion("n", "raw\n1\n", {}, linear=False).problems
    assert conversion("n", "raw,scaled\n1,2\n1,3\n", {}, linear=False).problems


def test_negative_cells() -> None:
    assert read_span("-3--1").holds(-2)
    assert read_span("-3").low == -3
    with pytest.raises(ValueError, match="abc"):
        read_span("abc")
