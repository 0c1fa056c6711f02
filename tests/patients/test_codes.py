"""Codes catch what fingers do."""

from hypothesis import given
from hypothesis import strategies as st

from app.patients.codes import POSSIBLE, SIGNS, code_in, code_of

NUMBERS = st.integers(0, POSSIBLE - 1)


@given(NUMBERS)
def test_a_code_is_read_back_however_it_is_typed(number: int) -> None:
    code = code_of(number)
    assert [code_in(code), code_in(code.lower()), code_in(f" {code.replace('-', '')} ")] == [code] * 3


@given(NUMBERS, st.integers(0, 7), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_noticed(number: int, place: int, sign: str) -> None:
    signs = code_of(number).replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    assert (code_in(wrong) is None) is (wrong != signs)


@given(NUMBERS, st.integers(0, 6))
def test_two_signs_exchanged_are_noticed(number: int, place: int) -> None:
    signs = code_of(number).replace("-", "")
    wrong = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    assert (code_in(wrong) is None) is (wrong != signs)
