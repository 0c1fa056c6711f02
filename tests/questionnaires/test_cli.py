"""`cohorte questionnaire` as it is typed: lines out, exit codes, and clear words for bad input."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main

FILES = Path(__file__).parent / "files"
PHQ9 = str(FILES / "phq9.yml")
REST = str(FILES / "annotated.yml")
Capture = pytest.CaptureFixture[str]
Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> Run:
    def typed(*words: str, stdin: str | bytes = "") -> tuple[int, list[str], str]:
        raw = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code = main(["questionnaire", *words])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return typed


def score(run: Run, key: str, stdin: str | bytes) -> tuple[int, list[Any]]:
    code, lines, _ = run("score", key, "--answers", "-", "--json", stdin=stdin)
    return code, [json.loads(line) for line in lines]


@pytest.mark.capability("E17")
def test_check_prints_a_line_for_each_trouble(run: Run, tmp_path: Path) -> None:
    text = (FILES / "phq9.yml").read_text().replace("when: q9 >= 1", "when: q99 >= 1")
    (tmp_path / "mine.yml").write_text(text)
    code, lines, _ = run("check", str(tmp_path))
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "q99" in row)
    assert code == 1
    assert lines == [
        (
            f"{tmp_path}/mine.yml:{line}: error E10 at $.red_flags[0].when: 'q99' is neither an item, a value, "
            "a score nor a fact about the person. Did you mean 'q9'?"
        )
    ]


def test_check_accepts_good_files_and_runs_their_examples(run: Run, tmp_path: Path) -> None:
    code, lines, summary = run("check", str(FILES))
    assert (code, lines) == (0, [])
    assert "0 errors" in summary
    wrong = (FILES / "phq9.yml").read_text().replace("expect: {total: 12,", "expect: {total: 13,")
    (tmp_path / "wrong.yml").write_text(wrong)
    code, lines, _ = run("check", str(tmp_path / "wrong.yml"))
    assert code == 1
    assert "Q64" in lines[0]


@pytest.mark.capability("E16")
def test_score_one_object(run: Run) -> None:
    code, out = score(run, PHQ9, json.dumps({f"q{n}": 1 for n in range(1, 10)}, indent=2))
    assert code == 0
    assert out == [{"total": {"value": 9, "band": "mild", "status": "computed", "reason": None}}]


def test_score_lines_with_facts_and_day(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    answers = {"q1": 2, "q2": 1, "q3": 2, "q4": 9, "nights": 5}
    path.write_text(
        "\n".join(
            json.dumps(line)
            for line in (
                answers,
                {"answers": answers, "about": {"birth_date": "2018-01-01"}, "day": "2026-03-01"},
            )
        )
    )
    code, lines, _ = run("score", REST, "--answers", str(path), "--json")
    plain, young = (json.loads(line) for line in lines)
    assert code == 0
    assert plain["total"] == {"value": 20 / 3, "band": "tired", "status": "computed", "reason": None}
    assert young["exhausted"]["status"] == "not_applicable"


def test_reasons_are_sentences(run: Run) -> None:
    _, out = score(run, REST, '{"q1": 2, "q4": 0}')
    assert out[0]["total"]["reason"] == "Answered 2 of 4, needed 3."


BAD_LINES = [
    ("nonsense", "$: not JSON"),
    ("[1]", "$: must be an object"),
    ('{"q1": NaN}', "$: NaN is not a JSON number"),
    ('{"q1": 1, "q1": 2}', "q1: stands twice"),
    ('{"q1": 7}', "q1: unknown_option"),
    ('{"q1": "1"}', "q1: unknown_option"),
    ('{"q77": 1}', "q77: unknown_item"),
    ('{"q9 ... q1": 1}', "q9 ... q1:"),
    ('{"q1 ... q9": [1, 2]}', "q1 ... q9: 2 answers for 9 items"),
    ('{"answers": [], "about": {}}', "answers: must be an object"),
    ('{"answers": {}, "about": 3}', "about: must be an object"),
    ('{"answers": {}, "about": {"age": "x"}}', "about.age: must be a number"),
    ('{"answers": {}, "about": {"age": NaN}}', "$: NaN"),
    ('{"answers": {}, "about": {"sex": "x"}}', "about.sex: must be female or male"),
    ('{"answers": {}, "about": {"shoes": 3}}', "about.shoes: not a known fact"),
    ('{"answers": {}, "day": "20260301"}', "day: must be a day"),
    ('{"answers": {}, "more": 1}', "more: not known"),
    ('{"q1": ' + "9" * 5000 + "}", "$:"),
    ('{"q1": ' + "[" * 100_000 + "]" * 100_000 + "}", "$: nested too deeply"),
    ('{"' + "x" * 1_000_000 + '": 1}', "x"),
    ('{"q1": "\\ud800"}', "q1: unknown_option"),
]


@pytest.mark.parametrize(("line", "error"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_gives_an_error_in_its_place(line: str, error: str, run: Run) -> None:
    good = '{"q1 ... q9": 1}'
    code, out = score(run, PHQ9, f"{good}\n{line}\n{good}\n")
    assert code == 2
    assert [sorted(one) for one in out] == [["total"], ["error"], ["total"]]
    assert out[1]["error"].startswith(error), out[1]["error"][:200]
    assert len(out[1]["error"]) < 500


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("score", "nothing", "--answers", "-"), "there is no questionnaire 'nothing'"),
        (("score", "phq9@9.9.9", "--answers", "-"), "there is no questionnaire 'phq9@9.9.9'"),
        (("score", PHQ9, "--answers", "/nowhere.json"), "/nowhere.json cannot be read"),
        (("score", PHQ9, "--answers", "-"), "- is empty"),
        (("score", "/nowhere.yml", "--answers", "-"), "/nowhere.yml cannot be read"),
        (("explain", "nothing"), "there is no questionnaire 'nothing'"),
        (("explain", PHQ9, "--lang", "xx"), "is not written in 'xx'. It is in: en, fr"),
        (("check", "/nowhere"), "there is no file or folder /nowhere"),
        (("publish", "nothing"), "there is no questionnaire 'nothing'"),
    ],
)
def test_unusable_input(words: tuple[str, ...], said: str, run: Run) -> None:
    code, lines, err = run(*words)
    assert (code, lines) == (2, [])
    assert said in err


def test_answers_that_are_no_utf8(run: Run) -> None:
    code, lines, err = run("score", PHQ9, "--answers", "-", stdin=b'{"q1": "\xff"}')
    assert (code, lines) == (2, [])
    assert "not UTF-8" in err


def test_a_refused_file_is_not_scored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.yml").write_text(
        (FILES / "phq9.yml").read_text().replace("sum(q1, ..., q9)", "sum(x for x in q1)")
    )
    code, lines, err = run("score", str(tmp_path / "loop.yml"), "--answers", "-", stdin="{}")
    assert (code, lines) == (2, [])
    assert "A loop is not part of the language." in err


@pytest.mark.capability("E16")
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            "  Réponses manquantes\u00a0: Au moins 3 réponses sont nécessaires\u00a0; les manquantes sont",
        ),
        ("fr-CA", "total\u00a0: Fatigue"),
        ("en", "  Bands: from 0: rested; from 4: tired"),
    ],
)
def test_explain(language: str, expected: str, run: Run) -> None:
    code, lines, _ = run("explain", REST, "--lang", language)
    assert code == 0
    assert any(line.startswith(expected) for line in lines), lines


def test_plain_lines_codebook_and_schema(run: Run) -> None:
    code, lines, _ = run("score", PHQ9, "--answers", "-", stdin='{"q1 ... q9": 3}')
    assert (code, lines[0].split()) == (0, ["total", "27", "computed", "severe"])
    code, lines, _ = run("codebook", PHQ9)
    assert json.loads("\n".join(lines))[0]["variable"] == "phq9_q1"
    code, lines, _ = run("schema")
    assert "QuestionnaireFile" in json.loads("\n".join(lines))["$defs"]
