import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """What a clone holds before anything is installed."""
    shutil.copytree(ROOT / "deploy", tmp_path / "clone" / "deploy")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path / "clone")
    return tmp_path / "clone"


def programs(folder: Path, **scripts: str) -> Path:
    """A folder with these shell scripts and the few programs that every Debian has."""
    folder.mkdir()
    for name in ("sh", "cmp", "dirname", "rm", "true"):
        (folder / name).symlink_to(shutil.which(name))
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def bootstrap(clone: Path, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", clone / "deploy" / "bootstrap.sh", "run"],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
    )


def test_without_python_it_says_what_to_install(fresh: Path, tmp_path: Path) -> None:
    done = bootstrap(fresh, programs(tmp_path / "bin", python3="exit 1"))
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed: apt-get install python3")


def test_without_venv_and_pip_and_root_it_says_what_to_ask_for(fresh: Path, tmp_path: Path) -> None:
    bare = f'case "$*" in *ensurepip*|*"-m pip"*) exit 1;; esac; exec {sys.executable} "$@"'
    done = bootstrap(fresh, programs(tmp_path / "bin", python3=bare, id="echo 1000"))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_what_is_installed_is_left_alone() -> None:
    stamp = ROOT / ".venv" / "installed" / "requirements.txt"
    before = stamp.stat().st_mtime_ns
    done = subprocess.run(["sh", ROOT / "deploy" / "bootstrap.sh", "run"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stamp.stat().st_mtime_ns == before


def test_the_command_runs_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()  # a folder of the same name must not be taken for ours
    (tmp_path / "cohorte").symlink_to(ROOT / ".venv" / "bin" / "cohorte")
    done = subprocess.run([tmp_path / "cohorte", "--help"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    assert "questionnaire" in done.stdout


def test_every_command_tells_what_it_is_for() -> None:
    from app.cli import COMMANDS

    for name in COMMANDS:
        words = [sys.executable, "-m", "app.cli", name, "--help"]
        done = subprocess.run(words, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
        assert (done.returncode, done.stdout[:14]) == (0, "usage: cohorte"), done.stderr


def test_a_red_run_ends_with_pytests_line_and_its_code(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text("test:\n\t@echo '1 failed, 2 passed in 0.3s'; exit 1\n")
    done = subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "1 failed, 2 passed in 0.3s"
    assert done.returncode != 0
