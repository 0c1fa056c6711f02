"""The demonstration's secrets: made at random once, kept in VAR_DIR for its account only."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from secrets import choice

from app.accounts import one_time

SPOKEN = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """One password for every team account of the demonstration, and one authenticator secret each."""

    password: str
    totp: dict[str, str]


def demo_secrets(var_dir: Path, names: list[str]) -> DemoSecrets:
    """Those of this installation; made now if there are none, completed if somebody joined."""
    path = var_dir / "demo.json"
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        kept = {"password": _password(), "totp": {}}
    missing = [name for name in names if name not in kept["totp"]]
    if missing:
        kept["totp"] |= {name: one_time.new_secret() for name in missing}
        _write(path, json.dumps(kept, indent=1))
    return DemoSecrets(kept["password"], kept["totp"])


def _password() -> str:
    return "-".join("".join(choice(SPOKEN) for _ in range(4)) for _ in range(3))


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    unfinished.rename(path)
