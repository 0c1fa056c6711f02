"""`cohorte run` whole: the real database, web, worker and mailbox, killed and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from app.cli.local import free_port
from app.lib.processes import command_line, is_alive

ROOT = Path(__file__).parents[2]


class Run:
    """One `cohorte run` in a folder, and what it prints."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.output = folder / "terminal"

    def start(self) -> None:
        kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp")}  # noqa: S108 - for Python alone
        with self.output.open("w") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"],
                cwd=ROOT,
                env=kept | {"PORT": str(self.port), "VAR_DIR": str(self.folder / "var")},
                stdout=terminal,
                stderr=terminal,
            )
        self.until(lambda: "Stop: Ctrl-C" in self.said, 60)

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def children(self) -> dict[int, str]:
        """Every process below the supervisor, by pid."""
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(path.parent.name))
        below, found = [self.process.pid], {}
        while below:
            for pid in parents.get(below.pop(), []):
                found[pid] = " ".join(command_line(pid))
                below.append(pid)
        return found

    def pid_of(self, words: str) -> int:
        return min(pid for pid, line in self.children().items() if words in line)

    def status(self, path: str) -> int:
        link = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", path)
            return link.getresponse().status
        except OSError:
            return 0
        finally:
            link.close()


@pytest.fixture
def run(open_folder: Path) -> Iterator[Run]:
    run = Run(open_folder, free_port())
    run.start()
    yield run
    if run.process.poll() is None:
        run.process.terminate()
    run.process.wait(15)


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
