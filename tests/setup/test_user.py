"""The command that opens the accounts of those who look after the network, as its own process on its own database."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.access.guard import requirements
from app.lib.postgres import APP, OWNER

ROOT = Path(__file__).parents[2]
NAME = "cohorte_user"
GOOD = "violet kettle over nine fields"
WHO = ["--email", "Ada@Example.org", "--given-name", "Ada", "--family-name", "Byron"]


@pytest.fixture(scope="module")
def environment(server) -> Iterator[dict[str, str]]:
    """The settings of a database that holds nobody yet."""
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {NAME} OWNER {OWNER}")
    made = os.environ | {"DATABASE_URL": server.dsn(APP, NAME), "MIGRATION_DATABASE_URL": server.dsn(OWNER, NAME)}
    assert cohorte(made, "migrate").returncode == 0
    yield made
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def cohorte(environment: dict[str, str], *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False)


def create(environment: dict[str, str], *words: str, typed: str = f"{GOOD}\n") -> subprocess.CompletedProcess[str]:
    return cohorte(environment, "user", "create-superadmin", "--password-stdin", *words, typed=typed)


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["--email", "ada", *WHO[2:]], GOOD, "is no email address"),
        ([*WHO[:4], "--family-name", " "], GOOD, "Both names are needed"),
        (WHO, "short", "at least 12 characters"),
        (WHO, "ada.byron.1815", "Leave out your names"),
        (WHO, "", "Enter your password"),
    ],
)
def test_what_is_missing_or_weak_is_refused(environment, words, typed, said):
    done = create(environment, *words, typed=f"{typed}\n")
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert "There is nobody yet" in cohorte(environment, "user", "list-superadmins").stdout


@pytest.mark.capability("E8")
def test_one_is_made_listed_and_not_made_twice(environment):
    made = create(environment, *WHO)
    again = create(environment, *WHO)
    listed = cohorte(environment, "user", "list-superadmins").stdout

    assert made.returncode == 0, made.stderr
    assert "Ada Byron looks after the whole network" in made.stdout
    assert re.search(r"^[A-Z2-7]{4}( [A-Z2-7]{4}){7}$", made.stdout, re.MULTILINE)
    assert GOOD not in made.stdout + made.stderr
    assert (again.returncode, "has an account already" in again.stderr) == (1, True)
    assert re.search(r"Ada Byron +ada@example\.org +since \d{4}-\d\d-\d\d, last sign-in never", listed)
    with psycopg.connect(environment["MIGRATION_DATABASE_URL"]) as link:
        assert link.execute("SELECT kind, totp_secret IS NOT NULL FROM account").fetchall() == [("superadmin", True)]
        assert link.execute("SELECT action FROM audit_event").fetchall() == [("account.created",)]


def test_at_a_terminal_the_password_is_asked_twice_and_not_shown(environment):
    leader, follower = pty.openpty()
    words = ["user", "create-superadmin", "--email", "grace@example.org", "--given-name", "Grace"]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT,
        env=environment,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    seen = ""
    for asked, answer in (
        ("Family name: ", "Hopper"),
        ("Password: ", GOOD),
        ("The same again: ", f"{GOOD}!"),
        ("Password: ", GOOD),
        ("The same again: ", GOOD),
    ):
        seen += until(leader, asked)
        os.write(leader, f"{answer}\n".encode())
    seen += until(leader, "under /me.")
    assert process.wait(20) == 0
    os.close(leader)

    assert "The two differ." in seen
    assert "\N{LOWER HALF BLOCK}" in seen or "\N{UPPER HALF BLOCK}" in seen
    assert GOOD not in seen


def until(leader: int, words: str) -> str:
    """What the terminal shows up to these words."""
    shown = b""
    while words.encode() not in shown:
        shown += os.read(leader, 4096)
    return shown.decode(errors="replace")


def test_no_page_can_make_one(application, root):
    """Roles and kinds come from fixed choices: no route's code names the kind that looks after the network."""
    assert not any("superadmin" in path for path in requirements(application))
    makers = [
        path.relative_to(root).as_posix()
        for path in (root / "app").rglob("*.py")
        if re.search(r"kind=Kind\.SUPERADMIN|kind\s*=\s*'superadmin'\s*WHERE\s+id", path.read_text())
    ]
    assert set(makers) <= {"app/cli/user.py", "app/demo/accounts.py"}
    writes = [
        path.relative_to(root).as_posix()
        for path in (root / "app").rglob("*.py")
        if re.search(r"UPDATE account SET[^\"]*\bkind\b", path.read_text())
    ]
    assert writes == []
