"""What `cohorte run` gives its children: an environment, secrets made once, free ports. Starts nothing."""

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

SECRET_NAMES = ("SECRET_KEY", "IDENTITY_KEYS")


class CannotRun(Exception):
    """Why nothing was started, and what to do about it."""


def is_given(environment: Mapping[str, str], name: str) -> bool:
    """Whether a setting is there, or the file that holds it."""
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


def new_secrets() -> dict[str, str]:
    """A session key and a ring of one identity key."""
    ring = {"current": "local", "keys": {"local": _key()}, "lookup": _key()}
    return {"SECRET_KEY": secrets.token_urlsafe(48), "IDENTITY_KEYS": json.dumps(ring)}


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def local_secrets(var_dir: Path) -> dict[str, str]:
    """The secrets of this folder, made at its first start. Without them its identity columns are noise."""
    path = var_dir / "secrets.json"
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        found = new_secrets()
        _write_private(path, json.dumps(found, indent=1))
    except ValueError as fault:
        raise CannotRun(f"{path} cannot be read ({fault}). Restore it, or start anew with another VAR_DIR.") from fault
    return {name: found[name] for name in SECRET_NAMES}


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def child_environment(given: Mapping[str, str], var_dir: Path, port: int) -> dict[str, str]:
    """The caller's environment and what a local run needs besides; production brings its own secrets."""
    base = {
        "COHORTE_ENV": "demo",
        "PORT": str(port),
        "BASE_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    if given.get("COHORTE_ENV", "demo") == "production":
        missing = [name for name in (*SECRET_NAMES, "DATABASE_URL", "SMTP_URL") if not is_given(given, name)]
        if missing:
            raise CannotRun(f"COHORTE_ENV=production makes nothing up. Set {', '.join(missing)}; see .env.example.")
    else:
        base |= local_secrets(var_dir)
    return base | {name: value for name, value in given.items() if value} | {"VAR_DIR": str(var_dir)}


def local_texts() -> dict[str, str]:
    """A provider of text messages on this machine, which keeps them in the mailbox; its number is one of fiction."""
    return {
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_FROM": "+33639980099",
        "SMS_URL": f"http://127.0.0.1:{free_port()}",
    }


def free_port() -> int:
    """A port of this machine that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_fault(host: str, port: int) -> str | None:
    """Why nobody can listen there; None when one can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError:
            return f"Port {port} is reserved for root. Choose another: PORT=8000 make run"
        except OSError as fault:
            other = port + 1 if port < 65535 else 8000
            reason = f"Port {port} is taken ({fault.strerror})."
            return f"{reason} Stop what uses it or choose another: PORT={other} make run"
    return None
