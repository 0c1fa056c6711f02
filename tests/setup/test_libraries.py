import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Machine:
    """A machine of fakes: whether its Python finds the libraries, who runs there, what apt would bring."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.clone = folder / "clone"
        shutil.copytree(ROOT / "deploy", self.clone / "deploy")
        (self.clone / ".venv" / "bin").mkdir(parents=True)
        self.programs.mkdir()
        for name in ("sh", "dirname", "mktemp", "rm", "cat", "tail", "touch", "test"):
            (self.programs / name).symlink_to(shutil.which(name))
        self.put(self.programs / "id", "#!/bin/sh\necho 1000\n")
        self.put(self.clone / ".venv" / "bin" / "python", f"#!/bin/sh\ncat >{folder}/asked; test -e {folder}/there\n")
        self.there = folder / "there"

    def put(self, path: Path, script: str) -> None:
        path.write_text(script)
        path.chmod(0o755)

    def ask(self, want: str) -> subprocess.CompletedProcess[str]:
        script = self.clone / "deploy" / "libraries.sh"
        return subprocess.run(["sh", script, want], env={"PATH": str(self.programs)}, capture_output=True, text=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_where_they_are_nothing_is_said(machine: Machine) -> None:
    machine.there.touch()
    for want in ("run", "test"):
        done = machine.ask(want)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_gets_them(machine: Machine) -> None:
    machine.put(machine.programs / "id", "#!/bin/sh\necho 0\n")
    apt = f'#!/bin/sh\ncase "$*" in *install*libpango-1.0-0*libpangoft2-1.0-0*) touch {machine.there} ;; esac\n'
    machine.put(machine.programs / "apt-get", apt)
    assert machine.ask("test").returncode == 0


@pytest.mark.parametrize(("want", "code"), [("run", 0), ("test", 1)])
def test_without_them_the_demonstration_runs_and_tests_do_not(machine: Machine, want: str, code: int) -> None:
    done = machine.ask(want)
    assert done.returncode == code
    assert "apt-get install libpango-1.0-0" in done.stderr
