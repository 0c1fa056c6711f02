"""The demonstration's mailbox: there in a demonstration, and nowhere else."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from app.accounts import one_time
from app.demo.accounts import ANSWERERS, TEAM, known_secrets, summary
from app.demo.routes import current_codes
from app.lib import clock, mailbox
from app.main import create_app
from app.settings import settings
from tests.browser import Browser, text_of


@pytest.fixture
def demonstration(db, tmp_path, monkeypatch):
    """A stranger's browser on a demonstration whose files lie in a folder of this test."""
    monkeypatch.setenv("COHORTE_ENV", "demo")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("MAILBOX_FOLDER", str(tmp_path / "mailbox"))
    settings.cache_clear()
    yield Browser(create_app(own_pool=False), b"s" * 32, cohorte_form="stranger")
    monkeypatch.undo()
    settings.cache_clear()


def letter(subject: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "cohorte@localhost", "paul.lambert@example.org", subject
    mail["Date"] = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    mail.set_content("Bonjour,\n\n<b>123456</b>\n")
    return mail.as_bytes()


async def test_messages_and_codes_are_shown(demonstration, tmp_path):
    mailbox.store(tmp_path / "mailbox", letter("Votre code de connexion"))

    page = await demonstration.page("/mailbox")
    link = page.select_one("main li a")
    message = await demonstration.page(link["href"])

    assert link.text == "Votre code de connexion"
    assert text_of(message.h1) == "Votre code de connexion"
    assert "<b>123456</b>" in text_of(message.select_one(".co-lines"))
    rows = [[text_of(cell) for cell in row.select("th, td")] for row in page.select("#codes tbody tr")]
    assert [row[:2] for row in rows] == [[f"{p.given_name} {p.family_name}", p.email] for p in TEAM]


async def test_an_empty_mailbox_says_what_to_do(demonstration):
    page = await demonstration.page("/mailbox")

    assert "No message yet. Ask for a sign-in code" in text_of(page.main)


@pytest.mark.parametrize("name", ["nothing", "..%2fdemo.json", "00000000000000000000-00000000"])
async def test_only_messages_can_be_read(demonstration, name):
    assert (await demonstration.get(f"/mailbox/{name}")).status_code == 404


async def test_outside_a_demonstration_there_is_no_mailbox(browser_for):
    assert (await browser_for("ines").get("/mailbox")).status_code == 404


async def test_the_codes_shown_are_those_the_product_takes(demonstration, tmp_path):
    secrets = known_secrets(tmp_path)
    _, _, code = current_codes()[0]

    assert one_time.matching_step(secrets.totp[TEAM[0].key], code, clock.now(), 0) is not None


def test_each_installation_has_its_own_secrets(tmp_path):
    one, other = known_secrets(tmp_path / "."), known_secrets(_folder(tmp_path, "other"))

    assert one.password != other.password
    assert known_secrets(tmp_path) == one
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600
    assert set(json.loads((tmp_path / "demo.json").read_text())["totp"]) == {person.key for person in TEAM}


def _folder(parent, name):
    (parent / name).mkdir()
    return parent / name


def test_the_start_names_everybody_and_how_to_be_them(tmp_path):
    text = summary(tmp_path)

    assert [person.email for person in (*ANSWERERS, *TEAM) if person.email not in text] == []
    assert known_secrets(tmp_path).password in text
