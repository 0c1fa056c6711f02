import smtplib
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.cli.local import free_port
from app.lib.mailbox import MOST_MESSAGES, list_messages, read_message, store


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The server as `make run` starts it: another process, real SMTP."""
    port, folder = free_port(), tmp_path_factory.mktemp("mail") / "mailbox"
    server = subprocess.Popen([sys.executable, "-m", "app.lib.mailbox", "--port", str(port), "--folder", folder])
    end = time.monotonic() + 5
    while True:
        try:
            smtplib.SMTP("127.0.0.1", port).quit()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.02)
    yield port, folder
    server.terminate()
    assert server.wait(3) == 0


def letter(subject: str, text: str, html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Cohorte <ne-pas-repondre@localhost>"
    mail["To"] = "Élise Martin <elise@example.org>"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 24 Nov 2026 14:32:00 +0100"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def test_a_french_letter_comes_through_real_smtp(mailbox: tuple[int, Path]) -> None:
    port, folder = mailbox
    with smtplib.SMTP("127.0.0.1", port) as link:
        link.send_message(letter("Votre code à usage unique : 482 913", "Bonjour Élise,\n\n482913 – dix minutes.\n"))
        link.send_message(letter("Rappel", "Un questionnaire vous attend.", "<p>Un questionnaire</p>"))
    newest, oldest = list_messages(folder)
    assert newest.subject == "Rappel"
    assert newest.text == "Un questionnaire vous attend.\n"
    assert oldest.subject == "Votre code à usage unique : 482 913"
    assert oldest.to == "Élise Martin <elise@example.org>"
    assert oldest.text == "Bonjour Élise,\n\n482913 – dix minutes.\n"
    assert oldest.sent_at.isoformat() == "2026-11-24T13:32:00+00:00"
    assert read_message(folder, oldest.id) == oldest
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600, 0o600]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_oldest_letters_go(tmp_path: Path) -> None:
    for number in range(MOST_MESSAGES):
        (tmp_path / f"{number:020d}-00000000.eml").write_bytes(b"Subject: old\n\n")
    kept = store(tmp_path, b"Subject: new\n\nhello")
    assert len(list(tmp_path.iterdir())) == MOST_MESSAGES
    assert not (tmp_path / f"{0:020d}-00000000.eml").exists()
    assert list_messages(tmp_path)[0].id == kept.stem


@pytest.mark.parametrize("name", ["../secrets", "", "nothing", "00000000000000000001-0000000g", "a/b"])
def test_a_name_that_is_no_letters_finds_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "nothing.eml").write_bytes(b"Subject: no\n\n")
    assert read_message(tmp_path, name) is None


def test_a_broken_letter_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    kept = store(tmp_path, b"Subject: odd\nDate: never\nContent-Type: text/plain; charset=klingon\n\n\xe9t\xe9")
    [message] = list_messages(tmp_path)
    assert (message.id, message.subject) == (kept.stem, "odd")
    assert "t" in message.text


def test_an_empty_mailbox_is_empty(tmp_path: Path) -> None:
    assert list_messages(tmp_path / "none") == []
