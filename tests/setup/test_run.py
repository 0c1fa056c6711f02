"""`cohorte run` whole: the real database, web, worker and mailbox, killed and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.local import free_port
from app.lib.processes import is_alive
from tests.whole import ROOT, Run


@pytest.fixture
def run(open_folder: Path) -> Iterator[Run]:
    run = Run(open_folder, free_port())
    run.start()
    yield run
    run.stop()


def test_everything_starts_survives_kills_and_leaves_nothing_behind(run: Run) -> None:
    assert f"Cohorte: http://localhost:{run.port}\n" in run.said
    assert f"Mail sent: http://localhost:{run.port}/mailbox" in run.said
    assert [run.status("/healthz"), run.status("/readyz")] == [200, 200]

    beside = subprocess.run(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(run.folder / "var")},
        capture_output=True,
        text=True,
    )
    assert beside.returncode == 1
    assert re.search(rf"already running \(pid {run.process.pid}\) at http://localhost:{run.port}", beside.stdout)

    for words in ("app.cli web", "app.cli worker", "app.lib.mailbox", "bin/postgres -D"):
        os.kill(run.pid_of(words), signal.SIGKILL)
    run.until(lambda: run.said.count("(signal SIGKILL)") >= 4)
    run.until(lambda: run.status("/readyz") == 200)

    before = run.children()
    run.process.kill()
    run.process.wait()
    run.start()
    assert run.status("/readyz") == 200
    assert [line for pid, line in before.items() if is_alive(pid)] == []

    last = run.children()
    began = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(10) == 0
    assert time.monotonic() - began < 6
    assert [line for pid, line in last.items() if is_alive(pid)] == []
    assert run.status("/readyz") == 0
