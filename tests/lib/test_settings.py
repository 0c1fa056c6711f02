"""Settings: everything wrong is named at once, and production refuses what is not safe."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode

import pytest

from app.cli.local import new_secrets
from app.settings import BadSettings, OpenId, Profile, Settings, Twilio

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
TYPED = json.dumps({"current": "k1", "keys": {"k1": KEY}, "lookup": KEY})
GOOD = {
    "COHORTE_ENV": "production",
    "DATABASE_URL": "postgresql://app@db/cohorte",
    "MIGRATION_DATABASE_URL": "postgresql://owner@db/cohorte",
    **new_secrets(),
    "BASE_URL": "https://cohorte.hospital.example/",
    "SMTP_URL": "smtps://mail.example.org",
    "TRUSTED_PROXIES": "127.0.0.1/32, 10.1.0.0/16",
}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "TWILIO_AUTH_TOKEN": "9b1f7c0e35d84a62af07c4e8d15b3926",
    "TWILIO_FROM": "+33939990001",
}
OIDC = {
    "OIDC_ISSUER": "https://id.hospital.example/realms/staff/",
    "OIDC_CLIENT_ID": "cohorte",
    "OIDC_CLIENT_SECRET": "kept apart",
}


def ring(**changed: object) -> str:
    """A good ring, with these parts of it changed."""
    return json.dumps(json.loads(GOOD["IDENTITY_KEYS"]) | changed)


@pytest.mark.capability("E49")
def test_the_example_names_every_setting(root):
    code = "".join((root / "app" / name).read_text() for name in ("settings.py", "storage_settings.py"))
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', code)) - {"PASSWORD"}
    shown = set(re.findall(r"^([A-Z_]+)=", (root / ".env.example").read_text(), re.MULTILINE))

    # The mailbox of a demonstration is for `cohorte run` alone.
    assert read - {"MAILBOX_FOLDER"} == shown


def test_the_example_itself_is_refused(root):
    lines = (root / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    with pytest.raises(BadSettings, match="SECRET_KEY is missing"):
        Settings.from_env(given)
    filled = {name: value.strip('"') for name, value in (given | new_secrets()).items()}
    assert len(Settings.from_env(filled).production_faults()) == 4


def test_good_settings_have_no_fault():
    found = Settings.from_env(GOOD)

    assert found.production_faults() == []
    assert (found.secure, found.demo, found.base_url) == (True, False, "https://cohorte.hospital.example")
    assert found.mail_from == "Cohorte <ne-pas-repondre@cohorte.hospital.example>"
    assert (found.twilio, found.openid) == (None, None)


@pytest.mark.parametrize(
    ("said", "trusted"), [("none", ()), ("127.0.0.1, 10.0.0.0/8", ("127.0.0.1/32", "10.0.0.0/8")), ("", None)]
)
def test_that_there_is_no_proxy_must_be_said(said, trusted):
    found = Settings.from_env(GOOD | {"TRUSTED_PROXIES": said})

    assert found.trusted_proxies == trusted
    assert (found.production_faults() == []) is (trusted is not None)


def test_whole_providers_have_no_fault():
    found = Settings.from_env(GOOD | TWILIO | OIDC)

    assert found.production_faults() == []
    assert found.twilio == Twilio(*TWILIO.values())
    assert found.openid == OpenId(
        "https://id.hospital.example/realms/staff", "cohorte", "kept apart", Profile.GENERIC, "id.hospital.example"
    )


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TWILIO_FROM": "+33939990001"}, "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: missing"),
        ({"OIDC_ISSUER": "https://id.hospital.example"}, "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET: missing"),
        (TWILIO | {"SMS_URL": "stub:8026"}, "SMS_URL must look like"),
        (OIDC | {"OIDC_PROFILE": "franceconnect"}, "write generic or pro_sante_connect"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8, my-proxy"}, "'my-proxy'"),
        ({"WEB_PROCESSES": "two"}, "WEB_PROCESSES is 'two'"),
    ],
)
@pytest.mark.parametrize("environment", ["demo", "production"])
def test_what_is_only_half_there_stops_the_start_everywhere(environment, given, missing):
    with pytest.raises(BadSettings) as fault:
        Settings.from_env(GOOD | given | {"COHORTE_ENV": environment})

    assert missing in str(fault.value)
    assert "kept apart" not in str(fault.value)


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(BadSettings) as fault:
        Settings.from_env({"PORT": "http", "COHORTE_ENV": "staging"})

    named = str(fault.value)
    for name in ("DATABASE_URL", "SECRET_KEY", "IDENTITY_KEYS", "PORT", "COHORTE_ENV"):
        assert name in named


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("no json", "cannot be read"),
        ('{"keys": {}}', "lacks 'lookup'"),
        (json.dumps({"current": "k2", "keys": {"k1": KEY}, "lookup": KEY}), "current key is not among its keys"),
        (json.dumps({"current": "k1", "keys": {"k1": "c2hvcnQ="}, "lookup": KEY}), "must be 32 bytes"),
    ],
)
def test_a_bad_key_ring_says_why(keys, said):
    with pytest.raises(BadSettings, match=said):
        Settings.from_env(GOOD | {"IDENTITY_KEYS": keys})


@pytest.mark.capability("A10")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"BASE_URL": "http://cohorte.hospital.example"}, ["BASE_URL must start"]),
        ({"BASE_URL": "https://cohorte.example.org"}, ["BASE_URL is the sample", "MAIL_FROM is the sample"]),
        ({"SMTP_URL": ""}, ["SMTP_URL is missing"]),
        ({"SMTP_URL": "mail.example.org:25"}, ["SMTP_URL must look"]),
        ({"MIGRATION_DATABASE_URL": GOOD["DATABASE_URL"]}, ["MIGRATION_DATABASE_URL must name another role"]),
        ({"DATABASE_URL": "postgresql://app:PASSWORD@db/cohorte"}, ["DATABASE_URL has the sample password"]),
        ({"SECRET_KEY": "short"}, ["SECRET_KEY is too short"]),
        ({"SECRET_KEY": "x" * 40}, ["SECRET_KEY can be guessed"]),
        ({"SECRET_KEY": "a secret for tests only, of some length"}, ["SECRET_KEY can be guessed"]),
        ({"SECRET_KEY": "change-me-" * 4}, ["SECRET_KEY can be guessed"]),
        ({"SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789"}, ["SECRET_KEY can be guessed"]),
        ({"IDENTITY_KEYS": TYPED}, ["IDENTITY_KEYS holds a key that can", "IDENTITY_KEYS holds one key twice"]),
        ({"IDENTITY_KEYS": ring(lookup=b64encode(bytes(32)).decode())}, ["IDENTITY_KEYS holds a key that can"]),
        ({"IDENTITY_KEYS": ring(lookup=json.loads(ring())["keys"]["local"])}, ["IDENTITY_KEYS holds one key twice"]),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, ["TRUSTED_PROXIES trusts everybody"]),
        ({"TRUSTED_PROXIES": " "}, ["TRUSTED_PROXIES is missing"]),
        (TWILIO | {"TWILIO_ACCOUNT_SID": "ACxxx"}, ["TWILIO_ACCOUNT_SID must be"]),
        (TWILIO | {"TWILIO_AUTH_TOKEN": "0" * 32}, ["TWILIO_AUTH_TOKEN can be guessed"]),
        (TWILIO | {"SMS_URL": "https://sms.hospital.example"}, ["SMS_URL sends codes elsewhere"]),
        (TWILIO | {"SMS_URL": "http://sms.hospital.example", "SMS_URL_MEANT": "yes"}, ["SMS_URL must start"]),
        (OIDC | {"OIDC_ISSUER": "http://id.hospital.example"}, ["OIDC_ISSUER must start"]),
    ],
)
def test_production_refuses_what_is_not_safe(changed, said):
    faults = Settings.from_env(GOOD | changed).production_faults()

    assert [fault.startswith(start) for fault, start in zip(faults, said, strict=True)] == [True] * len(said), faults


@pytest.mark.capability("A10")
def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{GOOD['SECRET_KEY']}\n")
    without = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}

    found = Settings.from_env(without | {"SECRET_KEY_FILE": str(tmp_path / "key")})

    assert found.secret_key.decode() == GOOD["SECRET_KEY"]
    for wrong, said in [
        (without | {"SECRET_KEY_FILE": str(tmp_path / "none")}, "SECRET_KEY_FILE cannot be read: FileNotFoundError"),
        (GOOD | {"SECRET_KEY_FILE": str(tmp_path / "key")}, "both there"),
    ]:
        with pytest.raises(BadSettings, match=said):
            Settings.from_env(wrong)


def test_another_way_to_twilio_may_be_meant():
    proxied = TWILIO | {"SMS_URL": "https://sms.hospital.example", "SMS_URL_MEANT": "yes"}

    assert Settings.from_env(GOOD | proxied).production_faults() == []


def test_drawn_secrets_are_never_called_guessable():
    for _ in range(200):
        assert Settings.from_env(GOOD | new_secrets()).production_faults() == []


@pytest.mark.capability("A10")
@pytest.mark.parametrize("command", [["web"], ["worker"], ["migrate"], ["run"], ["routes"]])
def test_nothing_starts_in_production_with_unsafe_settings(command, tmp_path):
    unsafe = GOOD | {"SECRET_KEY": "x" * 40, "VAR_DIR": str(tmp_path), "BASE_URL": "http://cohorte.hospital.example"}
    started = subprocess.run(
        [sys.executable, "-m", "app.cli", *command],
        env={"PATH": os.environ["PATH"], **unsafe},
        capture_output=True,
        text=True,
        timeout=60,
    )

    said = started.stdout + started.stderr
    assert started.returncode == 1, said
    assert "SECRET_KEY can be guessed" in said
    assert "BASE_URL must start" in said
    assert "Traceback" not in said
