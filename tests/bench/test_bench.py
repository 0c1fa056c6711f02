"""What the measurements rest on: a database that waits for the disk, a questionnaire that is what it says, figures."""

from pathlib import Path

import pytest

from app.lib.postgres import Postgres
from app.questionnaires.library import FOLDER, Library
from bench.__main__ import line
from bench.house import NotDurable, refuse_if_not_durable
from bench.memory import pss
from bench.sixty import KEY, an_answer, make_library


def test_nothing_is_measured_on_a_database_that_does_not_wait_for_the_disk(server: Postgres, database: str) -> None:
    with pytest.raises(NotDurable, match="fsync and synchronous_commit must be on"):
        refuse_if_not_durable(server.app_dsn)


def test_the_measured_questionnaire_asks_sixty_things_on_one_page(tmp_path: Path) -> None:
    make_library(tmp_path, FOLDER)
    q = Library(tmp_path).find(KEY)
    assert [len(page.questions) for page in q.pages] == [60]
    wrong = {name for name, question in q.questions.items() if question.read(an_answer(question, 3))[1] is not None}
    assert wrong == set()
    assert Library(tmp_path).find("phq9").file.status == "published"


def test_a_figure_is_name_value_floor_and_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    line("open, req/s", 1234.5, 2469, 0.5, ">= 0.40")
    line("modules", 881)
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["open,", "req/s", "1,234", "2,469", "0.50", ">=", "0.40"]
    assert second.split() == ["modules", "881", "-", "-"]


def test_memory_is_that_of_this_process_and_its_children(root: Path) -> None:
    import os
    import subprocess
    import sys

    alone = pss(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", "held = b'x' * 40_000_000; print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert pss(os.getpid()) > alone + 35
        child.communicate(b"\n")
