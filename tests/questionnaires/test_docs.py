"""The authors' guide: its examples load, what it quotes is in them, its commands run, and both languages agree."""

import io
import re
from pathlib import Path

import pytest

from app.cli import main
from app.questionnaires.library import check_file, read_file
from app.questionnaires.shapes import QuestionnaireFile
from app.questionnaires.troubles import Refused

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs/examples").glob("*.yml"))
GUIDES = [ROOT / "docs/questionnaires.md", ROOT / "docs/questionnaires.fr.md"]
pytestmark = pytest.mark.capability("E17")


def blocks(guide: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_load_without_a_remark(path: Path) -> None:
    assert check_file(path) == []


def test_the_three_kinds_stand_there() -> None:
    formulas = {path.stem: read_file(path, run_examples=True).file.scores[-1].formula for path in EXAMPLES}
    assert set(formulas) == {"sum", "grouped_maximum", "norm_table"}
    assert formulas["sum"].startswith("sum(")
    assert "max(" in formulas["grouped_maximum"]
    assert "norm(" in formulas["norm_table"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_is_quoted_is_in_the_files(guide: Path) -> None:
    texts = [path.read_text("utf-8") for path in EXAMPLES]
    quoted = blocks(guide, "yaml")
    assert len(quoted) >= 6
    for block in quoted:
        assert any(block in text for text in texts), block


@pytest.mark.capability("E55")
def test_both_languages_say_the_same() -> None:
    english, french = GUIDES
    for language in ("yaml", "console", "text"):
        assert blocks(english, language) == blocks(french, language)
    for pattern in (r"^#+ ", r"^\| `[A-Z]\d\d`", r"^\| `cohorte ", r"^\|"):
        counts = [len(re.findall(pattern, guide.read_text("utf-8"), re.MULTILINE)) for guide in GUIDES]
        assert counts[0] == counts[1] > 0, pattern


def test_the_french_guide_has_french_spaces() -> None:
    prose = re.sub(r"^```.*?^```", "", GUIDES[1].read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "x", prose)
    assert re.findall(r".{0,20} [;:!?»]|.{0,20}« .{0,5}|.{0,20}\w'\w.{0,5}", prose) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_commands_run_as_printed(
    guide: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ran = 0
    for block in blocks(guide, "console"):
        command, _, expected = block.partition("\n")
        given = re.fullmatch(r"\$ (?:echo '(.*)' \| )?cohorte (.*)", command)
        assert given
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((given[1] or "").encode())))
        assert main(given[2].split()) == 0
        assert capsys.readouterr().out == expected
        ran += 1
    assert ran == 2


def test_the_printed_trouble_is_what_check_says(tmp_path: Path) -> None:
    printed = blocks(GUIDES[0], "text")[0].strip()
    wrong = (ROOT / "docs/examples/sum.yml").read_text("utf-8").replace("reverse(q4), q5)", "reverse(q4), q6)")
    (tmp_path / "sum.yml").write_text(wrong)
    assert f"sum.yml:{check_file(tmp_path / 'sum.yml')[0]}" == printed


def test_every_code_of_the_guide_can_be_said() -> None:
    source = "".join(path.read_text() for path in (ROOT / "app/questionnaires").rglob("*.py"))
    said = set(re.findall(r'"([YSQEV]\d\d)"', source))
    listed = set(re.findall(r"`([YSQEV]\d\d)`", GUIDES[0].read_text("utf-8")))
    assert listed <= said, listed - said


def test_every_part_of_a_file_is_named_in_the_guide() -> None:
    guide = GUIDES[0].read_text("utf-8")
    named = set(re.findall(r"[a-z_]+", guide))
    keys = set(QuestionnaireFile.__struct_encode_fields__) - {"format", "codes", "no_score_because", "tables"}
    assert keys <= named, keys - named


def test_a_change_to_an_example_is_noticed(tmp_path: Path) -> None:
    text = (ROOT / "docs/examples/sum.yml").read_text("utf-8").replace("total: 8.75", "total: 8")
    (tmp_path / "sum.yml").write_text(text)
    with pytest.raises(Refused):
        read_file(tmp_path / "sum.yml", run_examples=True)
