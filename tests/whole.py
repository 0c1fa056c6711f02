"""`cohorte run` in a folder of its own: start it, look at what it started, ask it for pages."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from app.lib.processes import command_line

ROOT = Path(__file__).parents[1]


class Run:
    """One `cohorte run` in a folder, and what it prints."""

    def __init__(self, folder: Path, port: int, environment: Mapping[str, str] | None = None) -> None:
        self.folder, self.port = folder, port
        self.environment = dict(environment or {})
        self.output = folder / "terminal"

    def start(self) -> None:
        kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp")}  # noqa: S108 - for Python alone
        with self.output.open("w") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"],
                cwd=ROOT,
                env=kept | self.environment | {"PORT": str(self.port), "VAR_DIR": str(self.folder / "var")},
                stdout=terminal,
                stderr=terminal,
            )
        self.until(lambda: "Stop: Ctrl-C" in self.said, 60)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(15)

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

    def environment_of(self, words: str) -> dict[str, str]:
        """What this process was started with."""
        raw = Path(f"/proc/{self.pid_of(words)}/environ").read_text()
        pairs = (line.partition("=") for line in raw.split("\0") if line)
        return {name: value for name, _, value in pairs}

    def status(self, path: str) -> int:
        link = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", path)
            return link.getresponse().status
        except OSError:
            return 0
        finally:
            link.close()
