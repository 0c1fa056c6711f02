"""The run fails over a log line that names somebody: shown here with lines that do."""

import subprocess
import sys

import pytest

from tests.live import ROOT
from tests.logs import Watch

PERSONAL = [
    "refused for Inès",
    '{"event": "failure", "message": "no mailbox of paul@example.org"}',
    "GET /sign-in?email=paul%40example.org",
    "born 1980-05-12",
    "called +33 6 39 98 00 01",
    "called 0639980001",
    "Key (name)=(Le Goff) already exists",
]
HARMLESS = [
    '{"event": "request", "id": "9f3a0c41d27be658", "route": "/patients/{patient_id:uuid}", "status": 200, "ms": 1.5}',
    "01a2008d-7400-7000-8000-000000000000 took 482106.5 ms at 05:14:34.482106",
    "marching on, a petite change",
]


@pytest.mark.capability("A23")
@pytest.mark.parametrize("line", PERSONAL)
def test_a_line_about_somebody_is_found(line):
    watch = Watch()
    watch.look(f"an ordinary line\n{line}\nanother", "a log")

    assert len(watch.found) == 1
    assert line in watch.found[0]


@pytest.mark.parametrize("line", HARMLESS)
def test_an_ordinary_line_is_not(line):
    watch = Watch()
    watch.look(line, "a log", frozenset({"482106"}))

    assert watch.found == []


def test_a_code_that_was_mailed_is_found():
    watch = Watch()
    watch.look("took 482106 for an answer", "a log", frozenset({"482106"}))

    assert len(watch.found) == 1


WITHIN = """
import logging

def test_that_passes(tmp_path):
    {act}
"""
WAYS = {
    "logged": 'logging.getLogger("any").warning("refused for %s", "Yann")',
    "written": '(tmp_path / "web.log").write_text("refused for Yann")',
    "quiet": 'logging.getLogger("any").warning("refused for %s", "somebody")',
}


ALONE, DIVIDED = (), ("-n", "1")


@pytest.mark.parametrize(
    ("way", "processes", "code"),
    [("logged", ALONE, 1), ("written", ALONE, 1), ("quiet", ALONE, 0), ("logged", DIVIDED, 1), ("written", DIVIDED, 1)],
)
def test_a_whole_run_fails_over_one_line(tmp_path, way, processes, code):
    """A run of its own whose only test passes, in its first process or in one beside it."""
    test = tmp_path / "test_within.py"
    test.write_text(WITHIN.format(act=WAYS[way]))
    plugins = ["-p", "tests.logs", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "-c", "/dev/null", *processes, test],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == code, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert done.stdout.count("in: ") == code
    assert ("somebody's data in a log" in done.stdout) == (code == 1)
