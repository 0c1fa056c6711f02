"""The same for a folder and for a bucket: what is put comes back, nothing readable lies there, a failure is said."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.local import free_port
from app.files import queries
from app.files.actions import keep_file, keep_files, keeping, upkeep
from app.files.model import About, Kind, Upload
from app.files.queries import open_file
from app.lib import clock, storage
from app.lib.db import execute, fetch_row, fetch_value
from app.lib.errors import Refused
from app.lib.storage import Missing, Store, StoreFailed, new_name, open_store
from app.storage_settings import Storage
from tests.browser import read, text_of
from tests.files import samples

KEY, SECRET = "AKIATEST", "a secret of this test"
SECRETS = b"Nobody else may read this line."


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Storage, Path]]:
    """A server that speaks S3 and checks signatures, with one bucket."""
    port, folder = free_port(), tmp_path_factory.mktemp("s3")
    (folder / "cohorte").mkdir()
    program = Path(sys.executable).with_name("nanio")
    environment = os.environ | {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    arguments = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", folder]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_for(endpoint)
        yield Storage("s3://cohorte/documents", endpoint, "us-east-1", KEY, SECRET), folder
        server.terminate()


def _wait_for(endpoint: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(endpoint, timeout=1)  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the bucket does not start")


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, Path]:
    """A store, and the folder below which everything it holds lies."""
    if request.param == "folder":
        return open_store(Storage(tmp_path.as_uri())), tmp_path
    where, folder = request.getfixturevalue("bucket")
    return open_store(where), folder


@pytest.fixture
def used(place: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product keeps its documents there."""
    for module in (storage, queries, keeping, upkeep):
        monkeypatch.setattr(module, "store", lambda: place[0])
    return place[1]


def lying(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_comes_back_until_it_is_deleted(place):
    store, _ = place
    name, other = new_name(), new_name()
    for content in (b"", b"x", bytes(range(256)) * 5000):
        name = new_name()
        store.put(name, content)
        assert store.get(name) == content

    held = {one.name: one.modified for one in store.held()}
    assert name in held
    assert abs((held[name] - clock.now()).total_seconds()) < 60
    store.delete(name)
    with pytest.raises(Missing):
        store.get(name)
    with pytest.raises(Missing):
        store.get(other)


@pytest.mark.parametrize("name", ["../secrets.json", "/etc/passwd", "aa/../../x", "aa/" + "b" * 37 + "/", ""])
def test_a_name_leads_nowhere_else(place, name):
    for act in (lambda: place[0].get(name), lambda: place[0].put(name, b"x"), lambda: place[0].delete(name)):
        with pytest.raises(StoreFailed):
            act()


def test_who_has_not_the_key_gets_nothing(bucket):
    where, _ = bucket
    with pytest.raises(StoreFailed):
        open_store(Storage(where.url, where.endpoint, where.region, KEY, "another secret")).put(new_name(), b"x")


async def test_nothing_readable_lies_in_the_store(db, people, used):
    upload = Upload("Secret.txt", "", SECRETS * 5000)
    file = await keep_file(people["ines"].actor, people.paul_patient, upload, Kind.LETTER, at=clock.now())

    row = await fetch_row("SELECT * FROM file WHERE id = $1", file)
    assert (await open_file(file))[1] == SECRETS * 5000
    assert SECRETS[:16] not in b"".join(lying(used))
    assert b"Secret" not in b"".join(value for value in row.values() if isinstance(value, bytes))
    assert str(people.paul_patient).encode() not in b"".join(lying(used))


async def test_what_was_altered_or_exchanged_is_refused(browser_for, people, place, used):
    by, at = people["ines"].actor, clock.now()
    files = [
        await keep_file(by, patient, Upload("a.txt", "", content), Kind.LETTER, at=at)
        for patient, content in ((people.paul_patient, b"of Paul"), (people.lea_patient, b"of L\xc3\xa9a"))
    ]
    names = [await fetch_value("SELECT object FROM file WHERE id = $1", file) for file in files]
    store, sealed = place[0], [place[0].get(name) for name in names]

    store.put(names[0], sealed[1])
    reply = await browser_for("ines").get(f"/documents/{files[0]}/content")

    assert reply.status_code == 409
    assert "cannot be opened" in text_of(read(reply).select_one("#main"))
    assert "of Léa" not in reply.text
    keys = await fetch_row("SELECT content_key, patient FROM file WHERE id = $1", files[1])
    await execute("UPDATE file SET content_key = $2 WHERE id = $1", files[0], keys["content_key"])
    with pytest.raises(Refused, match=r"^file\.broken$"):
        await open_file(files[0])


async def test_a_store_that_fails_keeps_nothing_and_says_so(browser_for, people, monkeypatch, tmp_path):
    wall = tmp_path / "wall"
    wall.write_text("a file where the folder should be")
    monkeypatch.setattr(keeping, "store", lambda: open_store(Storage(wall.as_uri())))
    reply = await browser_for("ines").post(
        f"/patients/{people.paul_patient}/documents",
        data={"kind": "report", "name": "Un titre"},
        files=[("files", ("a.pdf", samples.PASSIVE_PDF, "application/pdf"))],
    )
    assert reply.status_code == 503
    assert "storage does not answer" in text_of(read(reply).select_one("#files-error"))
    assert read(reply).select_one("#name")["value"] == "Un titre"
    assert await fetch_value("SELECT count(*) FROM file") == 0


async def test_nobody_waits_for_ever_for_a_store_that_is_mute(db, people, monkeypatch):
    mute = socket.create_server(("127.0.0.1", 0))
    where = Storage("s3://cohorte/x", f"http://127.0.0.1:{mute.getsockname()[1]}", "us-east-1", KEY, SECRET)
    monkeypatch.setattr(keeping, "store", lambda: open_store(where))
    monkeypatch.setattr(storage, "WHILE", 0.5)
    with mute, pytest.raises(Refused, match=r"^file\.store_failed$"):
        await keep_file(
            people["ines"].actor, people.paul_patient, Upload("a.txt", "", b"a"), Kind.LETTER, at=clock.now()
        )


async def test_all_or_none_are_kept_and_what_was_left_over_is_swept(db, people, place, used):
    by, at, store = people["ines"].actor, clock.now(), place[0]
    good, bad = Upload("a.txt", "", b"good"), Upload("b.heic", "", samples.HEIC)
    kept = await keep_file(by, people.paul_patient, good, Kind.LETTER, at=at)
    with pytest.raises(Refused):
        await keep_files(by, people.paul_patient, [good, bad], About(Kind.LETTER), at=at)
    assert await fetch_value("SELECT count(*) FROM file") == 1
    before = len(list(store.held()))

    assert await upkeep.sweep_orphans(at=at) == 0
    swept = await upkeep.sweep_orphans(at=at + upkeep.ORPHANED_AFTER * 2)

    assert swept == before - 1
    assert (await open_file(kept))[1] == b"good"


async def test_an_unfinished_write_is_no_object_and_goes(tmp_path):
    store = open_store(Storage(tmp_path.as_uri()))
    name = new_name()
    await asyncio.to_thread(store.put, name, b"x")
    old = tmp_path / name[:2] / f"{'0' * 38}.part"
    old.write_bytes(b"half")
    os.utime(old, (1, 1))

    assert [one.name for one in store.held()] == [name]
    assert not old.exists()
