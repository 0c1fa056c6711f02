"""What Linux says of processes, and children that do not outlive their parent; starts nothing by itself."""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# Loaded before any fork: loading a library between fork and exec may deadlock.
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the child this signal when the thread that started it ends."""
    parent = os.getpid()

    def before_exec() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # the parent ended between fork and prctl: nobody would send the signal
            os.kill(os.getpid(), signal.SIGKILL)

    return before_exec


def adopt_orphans() -> None:
    """From now on grandchildren whose parent dies become children of this process, which must reap them."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody reaps does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def command_line(pid: int) -> list[str]:
    """The words the process was started with; empty when it is gone or a zombie."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [os.fsdecode(word) for word in raw.rstrip(b"\0").split(b"\0")] if raw else []
