"""What a check read decides whether an explanation still holds: properties of the hash."""

from hypothesis import given
from hypothesis import strategies as st

from app.trials.checks.model import found_in, inputs_hash
from tests.trials.stories import text_of, trial_of

TRIAL = trial_of(text_of("checked"))
HARM = next(one for one in TRIAL.checks if one.check.id == "harm_alone")
ENV = {"age": 40, "sex": "male", "arm": None, "first_time": True}
small = st.integers(0, 3)


def values(harm: float, interest: float, **others: float) -> dict[str, dict[str, float]]:
    return {"phq9": {"q9": harm, "q1": interest, **others}}


@given(small, small, small, small)
def test_the_hash_changes_with_what_is_read_and_with_nothing_else(a: int, b: int, c: int, d: int) -> None:
    same = inputs_hash(HARM, values(a, b), ENV) == inputs_hash(HARM, values(c, d), ENV)
    assert same == ((a, b) == (c, d))
    assert inputs_hash(HARM, values(a, b), ENV) == inputs_hash(HARM, values(float(a), b, q2=c), {**ENV, "arm": "x"})
    assert inputs_hash(HARM, values(a, b), ENV) != inputs_hash(HARM, values(a, b), {**ENV, "age": 41})


@given(st.none() | small, st.none() | small, st.none() | st.integers(0, 90))
def test_what_is_not_known_is_never_found(harm: int | None, interest: int | None, age: int | None) -> None:
    known = {name: value for name, value in {"q9": harm, "q1": interest}.items() if value is not None}
    found = "harm_alone" in found_in(TRIAL, "start", {"phq9": known}, {**ENV, "age": age})
    assert found == (harm is not None and harm >= 2 and interest == 0 and age is not None and age >= 18)
