"""An embedded PostgreSQL as a child process: start, wait, stop, recover. No TCP, no password, no tables."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, Self

from app.lib.postgres_home import SOCKET_PORT, WHEEL, CannotStart, Home, caller, has_database, settle
from app.lib.processes import command_line, die_with_parent, is_alive

OWNER = "cohorte_owner"
APP = "cohorte_app"
ADMIN = "postgres"
DATABASE = "cohorte"

# Single-user mode takes one statement a line.
_FIRST_STATEMENTS = f"""\
CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE
CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE
CREATE DATABASE {DATABASE} OWNER {OWNER}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
GRANT CONNECT ON DATABASE {DATABASE} TO {APP}
"""

_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "96MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "recovery_init_sync_method": "syncfs",  # one call after a crash, not one for each of a thousand files
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_NO_PROCESS = 4_194_305  # one more than the highest pid of Linux


class AlreadyRunning(CannotStart):
    """Another process holds the folder."""


class Postgres:
    """One server over one folder. Start it from the main thread of a process that stays.

    The kernel ties the child to the thread that started it: when that ends, however it ends, the server
    shuts down cleanly.
    """

    def __init__(self, root: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.wanted_root = root
        self.durable = durable
        self._log = log
        self._home: Home | None = None
        self._lock: IO[str] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def home(self) -> Home:
        """Where the server lives; known once `prepare` has run."""
        if self._home is None:
            raise CannotStart("PostgreSQL has no place yet: prepare() comes first.")
        return self._home

    @property
    def log(self) -> Path:
        return self._log or self.wanted_root / "postgres.log"

    @property
    def app_dsn(self) -> str:
        """For web and worker: a role that owns nothing."""
        return self.dsn(APP)

    @property
    def owner_dsn(self) -> str:
        """For migrations: the role that owns the database."""
        return self.dsn(OWNER)

    @property
    def admin_dsn(self) -> str:
        """For tests that make databases: the superuser."""
        return self.dsn(ADMIN, ADMIN)

    def dsn(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={self.home.socket}&port={SOCKET_PORT}"

    def start(self) -> Self:
        try:
            self.prepare()
            self.spawn()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def prepare(self) -> None:
        """Take the folder for this process and make the database when there is none."""
        self._take_lock()
        self._home = settle(self.wanted_root)
        if has_database(self.home.root):
            self._refuse_other_version()
        else:
            self._initialise()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server, once what a dead one left behind is out of the way."""
        self._clear_former_server()
        options = _ALWAYS | (_DURABLE if self.durable else _THROWAWAY)
        command = [
            str(self.home.binaries / "postgres"),
            "-D",
            str(self.home.data),
            "-k",
            str(self.home.socket),
        ]
        command += ["-p", str(SOCKET_PORT)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.home.identity,
            )
        return self.process

    def is_ready(self) -> bool:
        """Whether this server said, in its pid file, that it takes connections."""
        pid_file = self._pid_file()
        return len(pid_file) > 7 and pid_file[7].strip() == "ready" and pid_file[0] == str(self._pid())

    def wait_until_ready(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                raise CannotStart(f"PostgreSQL stopped while starting. {self.log} ends with:\n{self.last_words()}")
            if time.monotonic() > end:
                raise CannotStart(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s; see {self.log}.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Fast shutdown; at once, without a checkpoint, when that takes too long."""
        if self.process is not None:
            _end(self.process)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def last_words(self) -> str:
        try:
            return self.log.read_text(encoding="utf-8", errors="replace")[-800:].strip()
        except FileNotFoundError:
            return ""

    def _pid(self) -> int | None:
        return self.process.pid if self.process else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.wanted_root.mkdir(parents=True, exist_ok=True)
        lock = (self.wanted_root / "lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise AlreadyRunning(f"{self.wanted_root} is in use by process {holder}.") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _refuse_other_version(self) -> None:
        made_by = (self.home.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = version(WHEEL).partition(".")[0]
        if made_by != ours:
            raise CannotStart(
                f"{self.home.data} was made by PostgreSQL {made_by}, this one is {ours}. "
                "Dump it with the version that made it, or move the folder away to begin anew."
            )

    def _initialise(self) -> None:
        """Make database and roles beside the final place, so that a kill half-way leaves no half database."""
        home, partial = self.home, self.home.root / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        if home.identity:
            os.chown(partial, home.identity["user"], home.identity["group"])
        self._run("initdb", "-D", str(partial), "-U", ADMIN, "--auth=reject", "--encoding=UTF8",
                  "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums",
                  *([] if self.durable else ["--no-sync"]))  # fmt: skip
        self._run("postgres", "--single", "-D", str(partial), "-c", "log_checkpoints=off", ADMIN,
                  said=_FIRST_STATEMENTS)  # fmt: skip
        # Peer: the kernel says who connects, and only the account that started us is anybody here.
        _overwrite(partial / "pg_hba.conf", "local all all peer map=cohorte\n")
        _overwrite(partial / "pg_ident.conf", f'cohorte "{caller()}" all\n')
        shutil.rmtree(home.data, ignore_errors=True)
        partial.rename(home.data)

    def _run(self, program: str, *arguments: str, said: str = "") -> None:
        done = subprocess.run(  # noqa: S603
            [self.home.binaries / program, *arguments],
            input=said.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            umask=0o077,
            check=False,
            **self.home.identity,
        )
        output = done.stdout.decode(errors="replace")
        if done.returncode or "ERROR:" in output:
            raise CannotStart(f"{program} failed:\n{output[-800:].strip()}")

    def _clear_former_server(self) -> None:
        """Wait for a server that is still shutting down, and forget a pid that is no longer a server's.

        Where nobody reaps orphans, or where the pid was given to another process, PostgreSQL would take the
        pid in its file for a living server. We hold the lock, so whatever still runs here lost its parent.
        """
        words = self._pid_file()
        pid = int(words[0]) if words and words[0].isdigit() else 0
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._is_our_server(pid):
                os.kill(pid, number)
            end = time.monotonic() + _STOP_SECONDS
            while self._is_our_server(pid) and time.monotonic() < end:
                time.sleep(0.02)
        if words:
            # Only the pid is wrong: the rest names the shared memory that must be free of old backends.
            text = "".join(f"{word}\n" for word in [str(_NO_PROCESS), *words[1:]])
            # A server that has just shut down in order has taken its file along: there is nothing to forget.
            with suppress(FileNotFoundError):
                _overwrite(self.home.data / "postmaster.pid", text)
        (self.home.socket / f".s.PGSQL.{SOCKET_PORT}.lock").unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        return pid > 0 and is_alive(pid) and str(self.home.data) in command_line(pid)


@contextmanager
def temporary(*, durable: bool = False) -> Iterator[Postgres]:
    """A server for tests and measurements, in a folder of its own that goes away with it."""
    with tempfile.TemporaryDirectory(prefix="cohorte-") as folder:
        Path(folder).chmod(0o711)  # the server's account passes through, nobody lists
        with Postgres(Path(folder), durable=durable) as server:
            yield server


def _overwrite(path: Path, text: str) -> None:
    """Keeps owner and mode. The folder is the server's, so as root we follow no link put there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no secret, no PG* variable."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
