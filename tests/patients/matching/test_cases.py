"""What is said of people as French centres write them: the pairs of cases.yml."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.patients.matching.blocking import blocks
from app.patients.matching.model import Person, Verdict
from app.patients.matching.scoring import score

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text())


def person(given_names: str, family_name: str, born: Any, more: dict[str, str] | None = None) -> Person:
    """YAML reads a whole date as a date."""
    return Person(
        given_names=given_names,
        family_name=family_name,
        birth_date=str(born),
        **{"sex": "female", **(more or {})},
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_pair_is_judged_as_somebody_who_knows_would(case: dict[str, Any]) -> None:
    a, b = person(*case["a"]), person(*case["b"])
    match = score(a, b)
    assert match.verdict == case["expect"], match
    assert set(case.get("because", ())) <= set(match.reasons)
    assert (score(b, a).verdict, set(score(b, a).reasons)) == (match.verdict, set(match.reasons))
    assert match.verdict is Verdict.OTHER or blocks(a) & blocks(b), "they would never be compared"
