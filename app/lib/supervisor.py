"""Keeps a handful of programs alive and stops them together; knows nothing of what they do."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.lib.processes import die_with_parent

Say = Callable[[str], None]
Process = subprocess.Popen[bytes]

FIRST_DELAY = 0.1
LONGEST_DELAY = 30.0
STEADY_SECONDS = 30.0  # a program that ran this long has earned a quick restart
GRACE_SECONDS = 6.0  # longer than any program takes to give up by itself
LOG_LIMIT = 5_000_000
_LOOK_SECONDS = 1.0
_NEED_SECONDS = 0.02  # between two looks at what a program waits for
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StepFailed(Exception):
    """A program that must run before the others ended badly."""


@dataclass(slots=True)
class Program:
    """One program to keep alive: how to start it, what asks it to stop, where it logs."""

    name: str
    start: Callable[[], Process]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = GRACE_SECONDS
    serves_others: bool = False
    needs: Callable[[], bool] = lambda: True  # what must be so before it starts again
    process: Process | None = None
    delay: float = FIRST_DELAY
    started_at: float = 0.0
    due_at: float = 0.0

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def command(
    name: str, words: Sequence[str], *, environment: Mapping[str, str], log: Path, cwd: Path | None = None
) -> Program:
    """A program started from its words, in a process group of its own, that ends with this process."""

    def start() -> Process:
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                list(words),
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is ours to pass on
                # Nobody is left to insist on a polite end, and every program must survive this one.
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    return Program(name, start, log)


@dataclass(slots=True)
class Supervisor:
    """Programs kept alive from the main thread, which is the one that signals reach."""

    say: Say
    programs: list[Program] = field(default_factory=list)
    stopping: bool = False
    _wake: list[int] = field(default_factory=list)

    def add(self, program: Program) -> None:
        """Start a program and keep it alive from now on."""
        self.programs.append(program)
        self._start(program)

    def run_once(self, program: Program) -> None:
        """Run a program to its end before anything else goes on; StepFailed when it fails."""
        process = program.start()
        while process.poll() is None and not self.stopping:
            self.look()
        if process.poll() is None:
            _kill_group(process, signal.SIGTERM)
            process.wait()
        elif process.returncode:
            raise StepFailed(f"{program.name} failed ({ending(process.returncode)}).\n{last_lines(program.log, 25)}")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Look after the programs until `ready` (True), a stop signal or so many seconds (False)."""
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            if ready():
                return True
            self.look(0.02)
        return False

    def watch(self) -> None:
        """Look after the programs until a signal says stop."""
        while not self.stopping:
            self.look()

    def look(self, seconds: float = _LOOK_SECONDS) -> None:
        """Sleep until a child ends, a restart is due or so many seconds passed, then see to every program."""
        now = time.monotonic()
        dues = [max(program.due_at - now, _NEED_SECONDS) for program in self.programs if program.process is None]
        self._sleep(max(0.0, min([seconds, *dues])))
        if self.stopping:
            return
        for program in self.programs:
            self._see_to(program)

    def stop(self) -> None:
        """Ask every program to end, those that serve the others last; insist after a few seconds."""
        self.stopping = True
        for serves_others in (False, True):
            chosen = [program for program in self.programs if program.serves_others is serves_others]
            for program in chosen:
                if program.is_running() and program.process:
                    _kill_group(program.process, program.stop_signal)
            for program in chosen:
                self._outlast(program)

    def _outlast(self, program: Program) -> None:
        if program.process is None:
            return
        try:
            program.process.wait(program.grace)
        except subprocess.TimeoutExpired:
            self.say(f"{program.name} did not stop when asked and was killed.")
        _kill_group(program.process, signal.SIGKILL)
        program.process.wait()

    def _see_to(self, program: Program) -> None:
        rotate(program.log)
        if program.process is None:
            if time.monotonic() >= program.due_at and program.needs():
                self._start(program)
        elif program.process.poll() is not None:
            self._mourn(program, program.process)

    def _mourn(self, program: Program, process: Process) -> None:
        _kill_group(process, signal.SIGKILL)  # what it started must not hold its port or its files
        if time.monotonic() - program.started_at >= STEADY_SECONDS:
            program.delay = FIRST_DELAY
        program.process = None
        program.due_at = time.monotonic() + program.delay
        self.say(
            f"{program.name} ended ({ending(process.returncode)}); "
            f"it starts again in {program.delay:.1f} s. Its log: {program.log}"
        )
        if process.returncode > 0:
            self.say(last_lines(program.log, 12))
        program.delay = min(program.delay * 2, LONGEST_DELAY)

    def _start(self, program: Program) -> None:
        try:
            program.process = program.start()
        except Exception as fault:
            program.process, program.due_at = None, time.monotonic() + program.delay
            program.delay = min(program.delay * 2, LONGEST_DELAY)
            self.say(f"{program.name} cannot start: {fault}")
        program.started_at = time.monotonic()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Stop signals and children that end wake the supervisor; a second stop signal insists."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)
        former = {number: signal.signal(number, self._on_stop_signal) for number in _STOP_SIGNALS}
        former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        former_fd = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._wake.append(reading)
        try:
            yield
        finally:
            self._wake.remove(reading)
            signal.set_wakeup_fd(former_fd)
            for number, handler in former.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _sleep(self, seconds: float) -> None:
        readable, _, _ = select.select(self._wake, [], [], seconds)
        for descriptor in readable:
            with suppress(BlockingIOError):
                os.read(descriptor, 4096)

    def _on_stop_signal(self, *_signal: object) -> None:
        if self.stopping:
            for program in self.programs:
                if program.process and not program.serves_others:
                    _kill_group(program.process, signal.SIGKILL)
        self.stopping = True


def _kill_group(process: Process, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def ending(code: int) -> str:
    """How a process ended, in words.

    >>> ending(1), ending(-9)
    ('exit code 1', 'signal SIGKILL')
    """
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def last_lines(log: Path, count: int) -> str:
    """The end of a log, indented for the terminal."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8000))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def rotate(log: Path, limit: int = LOG_LIMIT) -> None:
    """Keep one older file beside a log; the programs hold it open to append, so it is copied and emptied."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            older = log.with_name(f"{log.name}.1")
            older.write_bytes(log.read_bytes())
            os.truncate(log, 0)
