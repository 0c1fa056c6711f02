"""`cohorte trial plan` and `apply`: what they print, what they refuse, what they leave behind."""

from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.cli.trial_applying import apply, plan
from app.consents.queries import code_of
from app.lib.db import fetch_value
from app.trials.applying.difference import compare
from tests.trials.stories import applied, joined, opened, text_of, trial_of

OTHER = Path("small.yml")


def amended() -> str:
    """Once more at home, in a longer window, and one more scale at the start."""
    text = (
        text_of("small").replace('version: "1.0.0"\ntitle', 'version: "1.1.0"\ntitle').replace("times: 6", "times: 7")
    )
    text = text.replace("questionnaires: [madrs,", "questionnaires: [madrs, cgi,").replace("10 days]", "12 days]")
    line = '{version: "1.1.0", approved: "2026-06-01", changes: {en: Longer., fr: Prolongé.}, '
    return text.replace("sdv:", f"amendments:\n  - {line}enrolled_people: future_visits}}\nsdv:")


def proposed(text: str) -> tuple[Path, str, Any]:
    return OTHER, text, trial_of(text)


async def test_a_first_version_is_planned_applied_and_then_there(db, people, capsys):
    text = text_of("small")
    assert await plan(*proposed(text), people=False) == 3
    assert capsys.readouterr().out == (
        "small: 1.0.0, for the first time\n"
        "  + visit start: 0 from inclusion, permitted 0 – 21 days; 4 questionnaires\n"
        "  + visit home: 1 month from inclusion, every 1 month, 6 times, permitted -7 days – 10 days; 1 questionnaire\n"
    )
    assert await apply([proposed(text)], people=False, yes=True) == 0
    assert capsys.readouterr().out.endswith("small 1.0.0 is applied; 0 enrolments changed.\n")
    assert await plan(*proposed(text), people=False) == 0
    assert capsys.readouterr().out == "small 1.0.0 is applied already: nothing to do.\n"


@pytest.mark.capability("E20")
async def test_a_plan_says_what_changes_for_the_protocol_and_for_whom(db, people, capsys):
    await applied(text_of("small"))
    await opened("small", people.lyon)
    await joined(people, "small")
    capsys.readouterr()

    assert await plan(*proposed(amended()), people=True) == 3
    code = await code_of(people.paul_patient)
    said = capsys.readouterr().out
    assert said.startswith(
        "small: 1.0.0 → 1.1.0\n"
        "  amendment 1.1.0, approved 2026-06-01, future_visits: Longer.\n"
        "  ~ visit start asks more: cgi (clinician)\n"
        "  ~ visit home: repeat every 1 month, 6 times → every 1 month, 7 times\n"
        "  ~ visit home: permitted -7 days – 10 days → -7 days – 12 days\n"
        "people enrolled: 1\n"
        "  1 follow at once, 0 once they agree, 0 unchanged\n"
        "  1 visits added\n"
        "  6 visits moved\n"
        "  1 visits that ask more\n"
        f"  {code} · Centre expert de Lyon · 1.0.0\n"
        "    start#0: asks more, cgi (clinician)\n"
    )
    assert "Lambert" not in said
    assert await fetch_value("SELECT count(*) FROM trial_version") == 1


async def test_nothing_is_applied_before_somebody_says_yes(db, people, capsys, monkeypatch):
    await applied(text_of("small"))
    monkeypatch.setattr("builtins.input", lambda _asked: "no")
    assert await apply([proposed(amended())], people=False, yes=False) == 1
    assert capsys.readouterr().err == "Nothing was applied.\n"
    assert await fetch_value("SELECT count(*) FROM trial_version") == 1
    monkeypatch.setattr("builtins.input", lambda _asked: "yes")
    assert await apply([proposed(amended())], people=False, yes=False) == 0
    assert await fetch_value("SELECT count(*) FROM trial_version") == 2


async def test_another_text_of_the_same_version_and_an_older_version_are_refused(db, people, capsys):
    await applied(amended())
    for text, why in (
        (amended().replace("7 days]", "8 days]"), "another text was applied under version 1.1.0"),
        (text_of("small"), "a newer version is applied"),
    ):
        assert await plan(*proposed(text), people=False) == 1
        assert why in capsys.readouterr().err
        assert await apply([proposed(text)], people=False, yes=True) == 1
        assert why in capsys.readouterr().err
    assert await fetch_value("SELECT count(*) FROM trial_version") == 1


async def test_one_refused_file_keeps_the_others_from_being_applied(db, people, capsys):
    await applied(amended())
    other = text_of("small").replace("key: small", "key: tiny")
    assert await apply([proposed(other), proposed(text_of("small"))], people=False, yes=True) == 1
    assert await fetch_value("SELECT count(*) FROM trial WHERE key = 'tiny'") == 0


def test_a_file_with_errors_is_said_line_by_line(tmp_path, capsys):
    wrong = tmp_path / "small.yml"
    wrong.write_text(text_of("small").replace("at: 1 month", "at: soon"))
    for command in (["plan", str(wrong)], ["apply", "--yes", str(wrong)]):
        assert main(["trial", *command]) == 1
        assert f"{wrong}:25: error T01" in capsys.readouterr().err
    assert main(["trial", "apply"]) == 2
    assert main(["trial", "plan", str(tmp_path / "none.yml")]) == 2


def test_every_part_of_a_protocol_that_differs_is_said():
    text = text_of("small")
    before = trial_of(text)
    after = trial_of(
        text.replace("sponsor: Example hospital", "sponsor: Another hospital")
        .replace("{id: adult,", "{id: grown,")
        .replace('version: "1.0", title: {en: Study', 'version: "1.1", title: {en: Study')
        .replace("[madrs, {key: ymrs, required: false}]", "[{key: ymrs, required: true}]")
        .replace("critical: [phq9.q9]", "critical: [phq9.q8]")
    )  # fmt: skip
    assert compare(before, after) == [
        "~ sponsor: Example hospital → Another hospital",
        "~ consent main: version",
        "+ eligibility rule grown",
        "- eligibility rule adult",
        "~ visit start asks less: madrs (clinician)",
        "~ visit start asks otherwise: ymrs",
        "~ source data verification: critical",
    ]
    assert compare(before, before) == []
