"""With a scanner nobody opens a document before it was looked at; nobody ever opens one where it found something."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.files.actions import keep_file, upkeep
from app.files.model import Kind, State, Upload
from app.files.queries import find_file
from app.lib import clock
from app.lib.clamd import ScannerFailed
from app.lib.db import fetch_value
from app.settings import settings
from tests.browser import text_of
from tests.files.clamd import Scanner, listening


@pytest_asyncio.fixture
async def scanner(tmp_path, monkeypatch) -> AsyncIterator[Scanner]:
    async with listening(tmp_path) as (url, scanning):
        monkeypatch.setenv("CLAMD_URL", url)
        settings.cache_clear()
        yield scanning
        monkeypatch.undo()
        settings.cache_clear()


async def kept(people: Any, content: bytes) -> Any:
    upload = Upload("a.txt", "", content)
    return await keep_file(people["ines"].actor, people.paul_patient, upload, Kind.LETTER, at=clock.now())


async def test_a_clean_document_opens_once_it_was_looked_at(browser_for, people, scanner):
    file = await kept(people, b"harmless " * 20_000)
    ines = browser_for("ines")
    assert (await ines.get(f"/documents/{file}/content")).status_code == 409
    assert "Being checked" in text_of((await ines.page(f"/documents/{file}")).select_one(".co-note"))
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'files:check'") == 1

    await upkeep.check_file(file, at=clock.now())

    assert scanner.seen == [b"harmless " * 20_000]
    assert (await ines.get(f"/documents/{file}/content")).status_code == 200
    await upkeep.check_file(file, at=clock.now())
    assert len(scanner.seen) == 1


async def test_a_virus_is_opened_by_nobody(browser_for, people, scanner):
    file = await kept(people, b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE")

    await upkeep.check_file(file, at=clock.now())

    for path in ("content", "download"):
        assert (await browser_for("ines").get(f"/documents/{file}/{path}")).status_code == 409
        assert (await browser_for("paul").get(f"/documents/{file}/{path}")).status_code == 404
    page = await browser_for("ines").page(f"/patients/{people.paul_patient}/documents")
    assert "a virus was found" in text_of(page.select_one("tbody"))


async def test_a_scanner_that_does_not_answer_leaves_it_waiting(db, people, scanner):
    file = await kept(people, b"harmless")
    scanner.mute = True

    with pytest.raises(ScannerFailed):
        await upkeep.check_file(file, at=clock.now())

    assert (await find_file(file)).state is State.RECEIVED
    await upkeep.ask_again(at=clock.now() + upkeep.FORGOTTEN_AFTER * 2)
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'files:check'") == 2
