"""The authors' guide to trials: what it quotes is in the example, its commands run, both languages agree."""

import re
from pathlib import Path

import pytest

from app.cli import main
from app.trials.format.shapes import TrialFile
from tests.trials.format.samples import DEMO

ROOT = Path(__file__).parents[3]
GUIDES = [ROOT / "docs/trials.md", ROOT / "docs/trials.fr.md"]
pytestmark = pytest.mark.capability("E20")


def blocks(guide: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_what_is_quoted_is_in_the_example() -> None:
    quoted = blocks(GUIDES[0], "yaml")
    assert len(quoted) >= 8
    assert [block for block in quoted if block not in DEMO] == []


@pytest.mark.capability("E55")
def test_both_languages_say_the_same() -> None:
    english, french = GUIDES
    for language in ("yaml", "console", "text"):
        assert blocks(english, language) == blocks(french, language)
    for pattern in (r"^#+ ", r"^\| `[A-Z]\d\d`", r"^\|", r"^- \*\*"):
        counts = [len(re.findall(pattern, guide.read_text("utf-8"), re.MULTILINE)) for guide in GUIDES]
        assert counts[0] == counts[1] > 0, pattern


def test_the_french_guide_has_french_spaces() -> None:
    prose = re.sub(r"^```.*?^```", "", GUIDES[1].read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "x", prose)
    assert re.findall(r".{0,20} [;:!?»]|.{0,20}« .{0,5}|.{0,20}\w'\w.{0,5}|\w[;!?]\s", prose) == []


def test_commands_run_as_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = 0
    for block in blocks(GUIDES[0], "console"):
        command, _, expected = block.partition("\n")
        assert main(command.removeprefix("$ cohorte ").split()) == 0
        assert capsys.readouterr().out == expected
        ran += 1
    assert ran == 2


def test_the_printed_trouble_is_what_check_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo.yml").write_text(DEMO.replace("after: event:surgery", "after: event:diagnosis"))
    assert main(["trial", "check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.removeprefix(f"{tmp_path}/") == blocks(GUIDES[0], "text")[0]


def test_every_code_is_in_the_guide_and_no_other() -> None:
    source = "".join(path.read_text() for path in (ROOT / "app/trials/format").rglob("*.py"))
    said = set(re.findall(r'"(T\d\d)"', source))
    listed = set(re.findall(r"`(T\d\d)`", GUIDES[0].read_text("utf-8")))
    assert said == listed


def test_every_part_of_a_file_is_named_in_the_guide() -> None:
    named = set(re.findall(r"[a-z_]+", GUIDES[0].read_text("utf-8")))
    assert set(TrialFile.__struct_encode_fields__) - {"format"} <= named
