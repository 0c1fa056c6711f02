"""Codes catch what fingers do, whichever generator made them."""

import os
from secrets import randbelow

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patients.codes import code_in, legacy_in
from app.patients.coding import opaque, weighted
from app.patients.coding.generators import new_code
from app.patients.coding.signs import SIGNS
from app.settings import BadSettings, PatientCodes, Settings

OURS = st.integers(0, opaque.POSSIBLE - 1).map(lambda number: opaque.make(lambda _: number))
FORMER = st.integers(0, weighted.POSSIBLE - 1).map(lambda number: weighted.make(lambda _: number))


@given(OURS | FORMER)
def test_a_code_is_read_back_however_it_is_typed(signs: str) -> None:
    code = f"{signs[:4]}-{signs[4:]}"
    assert [code_in(code), code_in(code.lower()), code_in(f" {signs} "), code_in(" ".join(signs))] == [code] * 4


@given(OURS, st.integers(0, 7), st.sampled_from(SIGNS))
def test_a_wrong_sign_of_the_same_kind_is_noticed(signs: str, place: int, sign: str) -> None:
    wrong = signs[:place] + sign + signs[place + 1 :]
    if sign.isdigit() == signs[place].isdigit():
        assert (opaque.read(wrong) is None) is (wrong != signs)


@given(FORMER, st.integers(0, 7), st.sampled_from(SIGNS))
def test_one_wrong_sign_of_a_former_code_is_noticed(signs: str, place: int, sign: str) -> None:
    wrong = signs[:place] + sign + signs[place + 1 :]
    assert (weighted.read(wrong) is None) is (wrong != signs)


def test_of_other_slips_one_in_thirty_is_missed_at_most() -> None:
    """Two neighbours exchanged, a digit for a letter: a letter counts as two digits, so that chance takes a part."""
    slips = []
    for _ in range(500):
        signs, place = opaque.make(randbelow), randbelow(7)
        slips.append((signs, signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]))
        slips.append((signs, signs[:place] + SIGNS[randbelow(len(SIGNS))] + signs[place + 1 :]))
    wrong = [one for signs, one in slips if one != signs]
    assert sum(opaque.read(one) is not None for one in wrong) < len(wrong) / 30


@pytest.mark.capability("E25")
def test_a_new_code_is_six_signs_and_the_check_of_iso_7064() -> None:
    from stdnum.iso7064 import mod_97_10

    for _ in range(200):
        code = new_code(PatientCodes.OPAQUE, randbelow)
        signs = code.replace("-", "")
        assert len(code) == 9
        assert set(signs[:6]) <= set(SIGNS)
        assert mod_97_10.is_valid(signs)
        assert signs[6:].isdigit()


def test_a_slip_of_a_new_code_is_seldom_a_former_code() -> None:
    """The two kinds are read side by side; what one refuses the other takes once in thirty times at most."""
    slips = [opaque.make(randbelow)[:5] + sign + opaque.make(randbelow)[6:] for sign in SIGNS for _ in range(20)]
    assert sum(code_in(one) is not None for one in slips) < len(slips) / 10


def test_codes_of_the_former_network_are_digits_alone() -> None:
    assert legacy_in("01-02-000123") == "0102000123"
    assert [legacy_in(text) for text in ("ABC2-3450", "01020001234", "", "01020O0123")] == [None] * 4
    assert code_in("0102000123") is None


def test_a_way_of_making_codes_that_is_not_there_stops_the_start() -> None:
    assert Settings.from_env({**os.environ, "PATIENT_CODES": "weighted"}).patient_codes is PatientCodes.WEIGHTED
    with pytest.raises(BadSettings, match="PATIENT_CODES is 'sequential': write opaque or weighted"):
        Settings.from_env({**os.environ, "PATIENT_CODES": "sequential"})
