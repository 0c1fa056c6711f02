import json
from argparse import Namespace
from collections.abc import Iterator

import psycopg
import pytest

from app.cli.database import run_check_config
from app.cli.local import new_secrets
from app.lib.postgres import Postgres, temporary

GOOD = {
    "COHORTE_ENV": "production",
    "BASE_URL": "https://cohorte.hospital.example",
    "SMTP_URL": "smtp://localhost",
    "TRUSTED_PROXIES": "none",
    **new_secrets(),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with temporary(durable=True) as server:
        with psycopg.connect(server.owner_dsn) as link:
            link.execute("CREATE TABLE owned (id int)")
        yield server


@pytest.fixture
def checked(server: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    """Runs the command with these settings besides good ones; its exit code and what it said."""

    def check(**changed: str) -> tuple[int, list[str]]:
        dsns = {"DATABASE_URL": server.app_dsn, "MIGRATION_DATABASE_URL": server.owner_dsn}
        for name, value in (GOOD | dsns | changed).items():
            monkeypatch.setenv(name, value)
        return run_check_config(Namespace()), capsys.readouterr().out.splitlines()

    return check


def test_good_settings_are_called_good(checked) -> None:
    assert checked() == (0, ["The settings are good."])


@pytest.mark.capability("E49")
def test_every_fault_is_named_at_once(checked, server: Postgres) -> None:
    code, said = checked(
        DATABASE_URL=server.owner_dsn, BASE_URL="http://cohorte.hospital.example", SMTP_URL="", SECRET_KEY="short"
    )
    assert code == 1
    for start in (
        "BASE_URL must",
        "SMTP_URL is",
        "MIGRATION_DATABASE_URL must",
        "SECRET_KEY is",
        "DATABASE_URL must",
    ):
        assert [line for line in said if line.startswith(start)] != [], start


def test_one_role_for_both_is_refused(checked, server: Postgres) -> None:
    code, said = checked(MIGRATION_DATABASE_URL=server.app_dsn)
    assert (code, len(said)) == (1, 1)
    assert "another role" in said[0]


def test_a_database_that_forgets_is_refused(checked, server: Postgres) -> None:
    with psycopg.connect(server.admin_dsn, autocommit=True) as link:
        link.execute("ALTER ROLE cohorte_app SET synchronous_commit = off")
        try:
            assert checked() == (
                1,
                ["PostgreSQL has synchronous_commit=off: an acknowledged answer could be lost."],
            )
        finally:
            link.execute("ALTER ROLE cohorte_app RESET synchronous_commit")


def test_a_database_that_is_not_there_is_said_so(checked) -> None:
    code, said = checked(DATABASE_URL="postgresql://cohorte_app@/cohorte?host=/nowhere")
    assert code == 1
    assert said[0].startswith("DATABASE_URL cannot be reached")


def test_a_place_for_documents_that_cannot_be_used_is_said_so(checked, tmp_path) -> None:
    (tmp_path / "wall").write_text("no folder")
    code, said = checked(FILES_URL=(tmp_path / "wall").as_uri(), CLAMD_URL=f"unix://{tmp_path}/nobody")
    assert code == 1
    assert [line.partition(" (")[0] for line in said] == ["FILES_URL cannot be used", "CLAMD_URL gives no answer"]


def test_missing_and_broken_keys_are_named(checked) -> None:
    assert checked(SECRET_KEY="")[1] == ["SECRET_KEY is missing. .env.example says what it holds."]
    ring = json.loads(GOOD["IDENTITY_KEYS"]) | {"lookup": "c2hvcnQ="}
    assert checked(IDENTITY_KEYS=json.dumps(ring))[1] == [
        "IDENTITY_KEYS cannot be read: each key must be 32 bytes, in base64."
    ]
