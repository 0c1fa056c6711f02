import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.lib.processes import is_alive
from app.lib.supervisor import LONGEST_DELAY, Program, StepFailed, Supervisor, command, rotate

# Writes its pid, starts a child of its own that does too, and sleeps.
FAMILY = "echo $$ >> $0.pid; sleep 60 & echo $! > $0.child; wait"
STUBBORN = "trap '' TERM; echo $$ >> $0.pid; while :; do sleep 1; done"

RUNNER = """
import sys
from pathlib import Path
from app.lib.supervisor import Supervisor, command
folder = Path(sys.argv[1])
supervisor = Supervisor(print)
with supervisor.signals():
    for name in ("one", "two"):
        words = ["sh", "-c", "echo $$ > $0.pid; exec sleep 60", str(folder / name)]
        supervisor.add(command(name, words, environment={}, log=folder / f"{name}.log"))
    print("ready", flush=True)
    supervisor.watch()
    supervisor.stop()
"""


class Scene:
    """A supervisor, what it said, and tiny shell programs in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.supervisor = Supervisor(self.said.append)

    def program(self, name: str, script: str) -> Program:
        words = ["sh", "-c", script, str(self.folder / name)]
        return command(name, words, environment={"PATH": "/usr/bin:/bin"}, log=self.folder / f"{name}.log")

    def pids(self, name: str) -> list[int]:
        path = self.folder / f"{name}.pid"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def until(self, condition: Callable[[], bool]) -> None:
        assert self.supervisor.wait_until(condition, 5), self.said


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    with scene.supervisor.signals():
        yield scene
        scene.supervisor.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_a_killed_program_starts_again_and_its_children_are_swept(scene: Scene) -> None:
    program = scene.program("web", FAMILY)
    scene.supervisor.add(program)
    child = scene.folder / "web.child"
    scene.until(lambda: child.exists() and child.read_text().strip() != "")
    orphan = int(child.read_text())
    os.kill(scene.pids("web")[0], signal.SIGKILL)
    scene.until(lambda: len(scene.pids("web")) == 2)
    wait_for(lambda: not is_alive(orphan))
    assert scene.said[0].startswith("web ended (signal SIGKILL)")
    assert is_alive(scene.pids("web")[1])


def test_what_keeps_dying_waits_longer_each_time(scene: Scene) -> None:
    program = scene.program("worker", "echo $$ >> $0.pid; echo oh no; exit 3")
    scene.supervisor.add(program)
    scene.until(lambda: len(scene.pids("worker")) == 3)
    delays = [re.search(r"again in ([\d.]+) s", line) for line in scene.said]
    assert [delay[1] for delay in delays if delay][:2] == ["0.1", "0.2"]
    assert "    oh no" in scene.said[1]
    program.delay = LONGEST_DELAY
    scene.until(lambda: program.process is None)
    assert program.due_at - time.monotonic() <= LONGEST_DELAY
    assert program.delay <= LONGEST_DELAY


def test_a_program_waits_for_what_it_needs(scene: Scene) -> None:
    program, there = scene.program("web", "echo $$ >> $0.pid; exec sleep 60"), scene.folder / "database"
    program.needs = there.exists
    scene.supervisor.add(program)
    scene.until(lambda: len(scene.pids("web")) == 1)
    os.kill(scene.pids("web")[0], signal.SIGKILL)
    assert not scene.supervisor.wait_until(lambda: len(scene.pids("web")) == 2, 0.5)
    there.touch()
    scene.until(lambda: len(scene.pids("web")) == 2)


def test_a_program_that_cannot_be_started_does_not_stop_the_others(scene: Scene) -> None:
    def never() -> subprocess.Popen[bytes]:
        raise OSError("no such program")

    scene.supervisor.add(Program("ghost", never, scene.folder / "ghost.log"))
    scene.supervisor.add(scene.program("web", "echo $$ >> $0.pid; exec sleep 60"))
    scene.until(lambda: len(scene.pids("web")) == 1)
    assert scene.said[0] == "ghost cannot start: no such program"


def test_stop_insists_and_keeps_what_serves_the_others_for_last(scene: Scene) -> None:
    order = scene.folder / "order"
    last = "trap 'echo database >> $0; exit' TERM; echo $$ > $0.pid; while :; do sleep 0.05; done"
    database = Program("order", scene.program("order", last).start, scene.folder / "order.log", serves_others=True)
    stubborn = scene.program("web", STUBBORN.replace("trap ''", f"trap 'echo web >> {order}'"))
    stubborn.grace = 0.3
    scene.supervisor.add(database)
    scene.supervisor.add(stubborn)
    scene.until(lambda: scene.pids("order") != [] and scene.pids("web") != [])
    scene.supervisor.stop()
    assert scene.said == ["web did not stop when asked and was killed."]
    assert not is_alive(scene.pids("web")[0])
    assert order.read_text().split()[-1] == "database"


def test_a_step_that_fails_says_so_with_the_end_of_its_log(scene: Scene) -> None:
    scene.supervisor.run_once(scene.program("good", "exit 0"))
    with pytest.raises(StepFailed, match=r"(?s)migrate failed \(exit code 4\).*no such table"):
        scene.supervisor.run_once(scene.program("migrate", "echo no such table >&2; exit 4"))


def start_runner(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, folder], stdout=subprocess.PIPE, text=True)
    assert runner.stdout.readline() == "ready\n"
    files = [folder / "one.pid", folder / "two.pid"]
    wait_for(lambda: all(file.exists() and file.read_text().endswith("\n") for file in files))
    return runner, [int(file.read_text()) for file in files]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    runner, pids = start_runner(tmp_path)
    runner.send_signal(number)
    runner.communicate(timeout=3)
    assert runner.returncode == 0
    assert [is_alive(pid) for pid in pids] == [False, False]


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    runner, pids = start_runner(tmp_path)
    runner.kill()
    runner.communicate(timeout=3)
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_a_long_log_is_put_aside_while_it_is_written_to(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 20)
        rotate(log, limit=10)
        writer.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "web.log.1").read_bytes() == b"x" * 20
