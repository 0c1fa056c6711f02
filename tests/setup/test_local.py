import json
import socket
import stat
from pathlib import Path

import pytest

from app.cli.local import CannotRun, child_environment, free_port, local_secrets, port_fault
from app.cli.run import run_everything
from app.settings import Settings

DATABASE = "postgresql://cohorte_app@/cohorte"


def test_a_local_run_needs_no_setting(tmp_path: Path) -> None:
    environment = child_environment({}, tmp_path, 8123)
    settings = Settings.from_env(environment | {"DATABASE_URL": DATABASE})
    assert (settings.demo, settings.port, settings.base_url) == (True, 8123, "http://localhost:8123")
    assert settings.var_dir == tmp_path


def test_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    first = local_secrets(tmp_path)
    assert local_secrets(tmp_path) == first
    assert local_secrets(_folder(tmp_path / "other")) != first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert json.loads(first["IDENTITY_KEYS"])["current"] == "local"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_broken_secrets_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(CannotRun, match="Restore it"):
        local_secrets(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_production_makes_nothing_up(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="Set SECRET_KEY, IDENTITY_KEYS, DATABASE_URL, SMTP_URL"):
        child_environment({"COHORTE_ENV": "production"}, tmp_path, 8000)
    assert list(tmp_path.iterdir()) == []


def test_production_may_name_files_of_secrets(tmp_path: Path) -> None:
    names = ("SECRET_KEY", "IDENTITY_KEYS", "DATABASE_URL", "SMTP_URL")
    given = {f"{name}_FILE": "/run/credentials" for name in names}
    environment = child_environment({"COHORTE_ENV": "production", **given}, tmp_path, 8000)
    assert [environment.get(name) for name in names] == [None] * 4


def test_what_the_caller_sets_wins(tmp_path: Path) -> None:
    given = {
        "SECRET_KEY": "mine",
        "BASE_URL": "https://example.org",
        "DATABASE_URL": DATABASE,
        "SMTP_URL": "",
    }
    environment = child_environment(given, tmp_path, 8000)
    assert [environment[name] for name in ("SECRET_KEY", "BASE_URL")] == ["mine", "https://example.org"]
    assert "SMTP_URL" not in environment


def test_a_taken_port_is_named_with_another_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
        assert run_everything(_arguments()) == 1
        said = capsys.readouterr().out
        assert said.startswith(f"Port {port} is taken")
        assert f"PORT={port + 1} make run" in said
    assert port_fault("127.0.0.1", port) is None


def test_a_port_that_is_no_number_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    assert run_everything(_arguments()) == 1
    assert capsys.readouterr().out == "PORT is 'http': write a whole number.\n"


def test_free_ports_are_free() -> None:
    assert port_fault("127.0.0.1", free_port()) is None


def _arguments() -> object:
    from argparse import Namespace

    return Namespace(host="127.0.0.1")
