"""Strict YAML: what surprises authors, bombs and depth."""

import pytest

from app.questionnaires.troubles import Refused
from app.questionnaires.yaml_reader import load

BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "x" * 1_000_001, "Y01"),
        ("a:\tb", "Y02"),
        ("a: \x00", "Y02"),
        ("a: b: c", "Y03"),
        ("a: [1, 2", "Y03"),
        ("---\na: 1\n---\nb: 2", "Y03"),
        ("a: \x07", "Y03"),
        ("[" * 100_000, "Y06"),
        ("- " * 100_000, "Y06"),
        ("{a: " * 100_000, "Y06"),
        ("", "Y04"),
        ("# only a remark", "Y04"),
        (BOMB, "Y05"),
        ("a: &x {b: *x}", "Y05"),
        ("a: " + "[" * 30 + "]" * 30, "Y06"),
        ("a: !!python/object/apply:os.system [ls]", "Y07"),
        ("a: !!int 3", "Y07"),
        ("a: !!set {x, y}", "Y07"),
        ("<<: {a: 1}", "Y08"),
        ("[a, b]: 1", "Y08"),
        ("a: 1\na: 2", "Y09"),
        ("a:", "Y10"),
        ("a: ~", "Y10"),
        ("a: no", "Y11"),
        ("a: 012", "Y12"),
        ("a: 1_000", "Y12"),
        ("a: 1e3", "Y12"),
        ("a: .inf", "Y12"),
        ("a: 9999999999999999999999", "Y12"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        load(text)
    assert code in [trouble.code for trouble in refused.value.troubles]


def test_plain_values() -> None:
    document = load('a: 22:30\nb: 2024-01-31\nc: "no"\nd: 0.5\ne: -3\nf: true\ng: [x, "1"]\n')
    assert document.value == {
        "a": "22:30",
        "b": "2024-01-31",
        "c": "no",
        "d": 0.5,
        "e": -3,
        "f": True,
        "g": ["x", "1"],
    }
    assert document.line("$.g[1]") == 7
    assert document.line("$.g[1].nowhere") == 7
