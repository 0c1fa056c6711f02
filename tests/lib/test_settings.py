"""Settings: everything wrong is named at once, and production refuses what is not safe."""

import json

import pytest

from app.settings import BadSettings, Settings

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
GOOD = {
    "COHORTE_ENV": "production",
    "DATABASE_URL": "postgresql://app@db/cohorte",
    "MIGRATION_DATABASE_URL": "postgresql://owner@db/cohorte",
    "SECRET_KEY": "x" * 40,
    "IDENTITY_KEYS": json.dumps({"current": "k1", "keys": {"k1": KEY}, "lookup": KEY}),
    "BASE_URL": "https://cohorte.example.org/",
    "SMTP_URL": "smtps://mail.example.org",
}


def test_good_settings_have_no_fault():
    found = Settings.from_env(GOOD)

    assert found.production_faults() == []
    assert (found.secure, found.demo, found.base_url) == (True, False, "https://cohorte.example.org")
    assert found.mail_from == "Cohorte <ne-pas-repondre@cohorte.example.org>"


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


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"BASE_URL": "http://cohorte.example.org"}, "BASE_URL"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"MIGRATION_DATABASE_URL": GOOD["DATABASE_URL"]}, "another role"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ],
)
def test_production_refuses_what_is_not_safe(changed, said):
    [fault] = Settings.from_env(GOOD | changed).production_faults()

    assert said in fault
