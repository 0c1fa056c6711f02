import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKS = '#!/bin/sh\necho "Chromium 156"\n'


class Machine:
    """A machine of fakes: what it has installed, who runs there, what apt and Playwright would bring."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.clone = folder / "clone"
        shutil.copytree(ROOT / "deploy", self.clone / "deploy")
        (self.clone / ".venv" / "bin").mkdir(parents=True)
        self.programs.mkdir()
        for name in ("sh", "dirname", "mktemp", "rm", "cat", "tail", "chmod"):
            (self.programs / name).symlink_to(shutil.which(name))
        self.put(self.programs / "id", "#!/bin/sh\necho 1000\n")
        self.put(self.clone / ".venv" / "bin" / "python", "#!/bin/sh\nexit 1\n")

    def put(self, path: Path, script: str) -> None:
        path.write_text(script)
        path.chmod(0o755)

    def ask(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", self.clone / "deploy" / "chromium.sh"],
            env={"PATH": str(self.programs)} | environment,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_installed_one_is_found(machine: Machine) -> None:
    machine.put(machine.programs / "chromium", WORKS)
    assert machine.ask().stdout == f"{machine.programs}/chromium\n"


def test_the_one_that_is_named_comes_first(machine: Machine, tmp_path: Path) -> None:
    machine.put(machine.programs / "chromium", WORKS)
    machine.put(tmp_path / "mine", WORKS)
    assert machine.ask(CHROMIUM=str(tmp_path / "mine")).stdout == f"{tmp_path}/mine\n"


def test_root_gets_the_package_after_an_update(machine: Machine) -> None:
    machine.put(machine.programs / "id", "#!/bin/sh\necho 0\n")
    target = machine.programs / "chromium"
    apt = f"""#!/bin/sh
case "$*" in
*update*) echo updated > {machine.clone}/updated ;;
*install*chromium*) cat {machine.clone}/updated && echo '#!/bin/sh' > {target} && chmod 755 {target} ;;
esac
"""
    machine.put(machine.programs / "apt-get", apt)
    done = machine.ask()
    assert (done.returncode, done.stdout) == (0, f"{target}\n")


def test_anybody_else_gets_playwrights_own(machine: Machine) -> None:
    own = machine.clone / "chrome"
    python = f"""#!/bin/sh
case "$*" in
*playwright*install*) echo '#!/bin/sh' > {own} && chmod 755 {own} ;;
*) echo {own} ;;
esac
"""
    machine.put(machine.clone / ".venv" / "bin" / "python", python)
    assert machine.ask().stdout == f"{own}\n"


def test_without_any_it_fails_and_says_what_to_do(machine: Machine) -> None:
    machine.put(machine.programs / "chromium", "#!/bin/sh\nexit 127\n")  # libraries missing, a snap's stub
    done = machine.ask()
    assert (done.returncode, done.stdout) == (1, "")
    assert "apt-get install chromium" in done.stderr
    assert "CHROMIUM=/path/to/chromium make test" in done.stderr
