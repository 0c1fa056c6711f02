"""`cohorte trial` as it is typed: lines out, exit codes, printed calendars, the schema for editors."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.cli import main
from app.questionnaires.yaml_reader import load
from app.trials.format.library import FOLDER
from app.trials.format.schema import schema_text
from app.trials.format.shapes import TrialFile
from tests.trials.format.samples import DEMO, FILES

GOLDEN = Path(__file__).parent / "golden"
DEMO_FILE = str(FILES / "demo.yml")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*words: str) -> tuple[int, str, str]:
        code = main(["trial", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return typed


@pytest.mark.capability("E20")
def test_check_prints_a_line_for_each_trouble(run: Run, tmp_path: Path) -> None:
    (tmp_path / "demo.yml").write_text(DEMO.replace("after: event:surgery", "after: event:diagnosis"))
    code, out, err = run("check", str(tmp_path))
    assert code == 1
    assert out == (
        f"{tmp_path}/demo.yml:72: error T07 at $.visits[3].after: There is no anchor 'event:diagnosis'. "
        "Use inclusion, birth, event:<id> or visit:<id of an earlier visit>.\n"
    )
    assert err == "1 files, 1 errors, 0 warnings\n"


def test_check_of_a_good_file_says_nothing(run: Run) -> None:
    assert run("check", DEMO_FILE) == (0, "", "1 files, 0 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "trials/none.yml"], "there is no file or folder trials/none.yml."),
        (["calendar", "none.yml", "--from", "2026-01-31"], "none.yml cannot be read: No such file or directory."),
        (["calendar", DEMO_FILE, "--from", "2026-01-31", "--arm", "x"], "there is no arm 'x'. There are: usual, app."),
        (
            ["calendar", DEMO_FILE, "--from", "2026-01-31", "--event", "surgery:2026-02-01"],
            "--event surgery:2026-02-01: write ID=2026-01-31; there are: surgery.",
        ),
        (
            ["calendar", DEMO_FILE, "--from", "2026-01-31", "--event", "surgery=2026-02-30"],
            "--event surgery=2026-02-30: there is no such day.",
        ),
    ],
)
def test_what_cannot_be_used_is_said(run: Run, words: list[str], said: str) -> None:
    assert run(*words) == (2, "", f"cohorte trial: {said}\n")


def test_a_calendar_of_a_wrong_file_shows_what_is_wrong(run: Run, tmp_path: Path) -> None:
    (tmp_path / "demo.yml").write_text(DEMO.replace("at: -30 days", "at: soon"))
    code, out, err = run("calendar", str(tmp_path / "demo.yml"), "--from", "2026-01-31")
    assert (code, out) == (2, "")
    assert "29: error T01 at $.visits[0].at: 'soon' is not a length of time." in err


CALENDARS = {
    # Included and born on 29 February; the operation on the last day of a long month.
    "leap_year": "--from 2024-02-29 --birth 2008-02-29 --sex female --arm app --event surgery=2024-08-31",
    # The last day of January: February, April and June are shorter.
    "month_end": "--from 2026-01-31 --birth 1990-02-28 --sex male --arm usual --visit start=2026-02-03 --language fr",
    # Windows over both changes of the clock in Europe/Paris, 29 March and 25 October 2026: days stay days.
    "clock_change": "--from 2026-03-22 --birth 1990-02-28 --arm app --event surgery=2026-09-25",
    # Nothing is known but the day: what depends on more waits or is not asked.
    "unknown": "--from 2025-12-31",
}


@pytest.mark.parametrize("name", CALENDARS)
def test_printed_calendars(run: Run, name: str) -> None:
    code, out, _ = run("calendar", DEMO_FILE, *CALENDARS[name].split())
    assert code == 0
    assert out == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_the_shipped_schema_is_up_to_date(run: Run) -> None:
    code, out, _ = run("schema")
    assert code == 0
    assert out == (FOLDER / "schema.json").read_text("utf-8"), "cohorte trial schema > trials/schema.json"


def test_the_schema_knows_every_key_and_no_other() -> None:
    schema = json.loads(schema_text())
    parts = schema["$defs"]
    assert parts["TrialFile"]["properties"].keys() == set(TrialFile.__struct_encode_fields__)
    for part in parts.values():
        assert part["additionalProperties"] is False
    assert msgspec.convert(load(DEMO).value, TrialFile)
    assert parts["Visit"]["properties"]["at"]["pattern"] == "^(0|[+-]?[0-9]{1,5} (day|week|month|year)s?)$"
