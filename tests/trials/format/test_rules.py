"""What a trial file decides besides the calendar: consents, verification, data checks."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.format.data_checks import checks_of, doubtful
from app.trials.format.model import Facts
from app.trials.format.sdv import is_sampled, is_to_verify
from app.trials.format.shapes import Sdv
from app.trials.format.signing import consents_for
from tests.trials.format.samples import DEMO, demo, read

DAY = date(2026, 3, 1)
ADULT, CHILD = Facts(date(1990, 2, 28), "female"), Facts(date(2014, 3, 2), "male")


@pytest.mark.parametrize(
    ("born", "signed"),
    [
        (date(2008, 2, 29), ["main", "watch"]),
        (date(2008, 3, 2), ["parents", "watch"]),
        (None, ["main", "parents", "watch"]),
    ],
)
def test_consents_by_age(born: date | None, signed: list[str]) -> None:
    assert [one.id for one in consents_for(demo(), Facts(born), DAY)] == signed


def test_purposes() -> None:
    assert [demo().purpose(one) for one in demo().file.consents] == ["trial:demo", "trial:demo", "trial:demo:watch"]


SAMPLE = demo().file.sdv


@given(st.uuids().map(str), st.integers(1, 99))
def test_a_higher_percentage_keeps_what_was_drawn(visit: str, percent: int) -> None:
    less = msgspec.structs.replace(SAMPLE, percent=percent)
    assert not is_sampled(less, visit) or is_sampled(msgspec.structs.replace(SAMPLE, percent=percent + 1), visit)
    assert is_sampled(msgspec.structs.replace(SAMPLE, percent=100), visit)


def test_a_sample_is_about_its_percentage_and_another_seed_draws_another() -> None:
    visits = [str(n) for n in range(10_000)]
    drawn = {one for one in visits if is_sampled(SAMPLE, one)}
    assert 1_900 < len(drawn) < 2_100
    other = {one for one in visits if is_sampled(msgspec.structs.replace(SAMPLE, seed=8), one)}
    assert 300 < len(drawn & other) < 500


def test_what_is_verified() -> None:
    missed = next(str(n) for n in range(100) if not is_sampled(SAMPLE, str(n)))
    assert is_to_verify(SAMPLE, missed, "phq9", "q9")
    assert not is_to_verify(SAMPLE, missed, "phq9", "q1")
    assert is_to_verify(Sdv(plan="all"), missed, "phq9", "q1")
    assert not is_to_verify(Sdv(plan="critical", critical=["phq9.q9"]), missed, "phq9", "q1")


@pytest.mark.parametrize(
    ("values", "doubts"),
    [
        ({"physical": {"bmi": 14.9}}, ["bmi_low"]),
        ({"physical": {"bmi": 15}}, []),
        ({"physical": {}}, []),
        ({"phq9": {"total": 20}, "qids_sr16": {"total": 5}}, ["scales_disagree"]),
        ({"phq9": {"total": 20}}, []),
        ({"physical": {"bmi": 12}, "phq9": {"total": 27}, "qids_sr16": {"total": 0}}, ["bmi_low", "scales_disagree"]),
    ],
)
def test_data_checks(values: dict[str, dict[str, float]], doubts: list[str]) -> None:
    found = doubtful(demo(), "follow", values, ADULT.on(DAY))
    assert [one.check.id for one in found] == doubts
    assert list(doubtful(demo(), "follow", values, CHILD.on(DAY))) == [
        one for one in demo().checks if one.check.id in doubts and one.check.id != "bmi_low"
    ]


def test_a_check_runs_only_where_all_is_asked() -> None:
    found = {visit.id: [one.check.id for one in checks_of(demo(), visit.id)] for visit in demo().file.visits}
    assert found["follow"] == ["bmi_low", "scales_disagree"]
    assert found["start"] == ["bmi_low"]
    assert found["crisis"] == []


def test_checks_see_what_kind_a_value_is() -> None:
    text = DEMO.replace("{bmi: physical.bmi}", "{how: physical.weight_clothes}")
    trial = read(text.replace("bmi < 15 and age >= 18", "how == 'dressed'"))
    found = doubtful(trial, "start", {"physical": {"weight_clothes": "dressed"}}, ADULT.on(DAY + timedelta(1)))
    assert [one.check.id for one in found] == ["bmi_low"]
