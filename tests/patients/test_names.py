"""Names as they are searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patients.names import answers_to, beginnings, folded, looked_up

NAMES = st.text(st.characters(categories=["L", "M", "Pd"]), max_size=30)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lefevre", True),
        ("LEFÈVRE", True),
        ("lef cla", True),
        ("claire lefèvre", True),
        ("hal", True),
        ("d'hal", True),
        ("efevre", False),
        ("lefevre paul", False),
        ("clairette", False),
    ],
)
def test_beginnings_of_any_name_find(query: str, found: bool) -> None:
    assert answers_to(query, "Claire", "Lefèvre-D’Hallé") is found


@given(NAMES, st.integers(2, 30))
def test_whatever_answers_is_found_by_what_is_kept(name: str, cut: int) -> None:
    asked = " ".join(word for word in folded(name[:cut]) if len(word) > 1)
    assert answers_to(asked, name)
    assert looked_up(asked) <= beginnings(name)
