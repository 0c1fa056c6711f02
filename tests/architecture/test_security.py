"""docs/security.md names for each control the test that holds it; each of those must be there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
SECTIONS = ("Authentication", "Session", "Access", "Audit", "Identity", "Channels")


def section(name: str) -> str:
    return TEXT.partition(f"### {name}\n")[2].partition("\n#")[0]


@pytest.mark.parametrize(("path", "test"), NAMED, ids=lambda part: str(part).removeprefix("tests/"))
def test_every_named_test_is_there(path, test):
    tree = ast.parse((ROOT / path).read_text())
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("name", SECTIONS)
def test_every_control_names_its_test(name):
    rows = [line for line in section(name).splitlines() if line.startswith("| ") and not line.startswith("| Control")]
    assert rows, f"no table of controls under {name}"
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+`", row)] == []
