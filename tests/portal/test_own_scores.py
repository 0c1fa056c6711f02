"""A score that a person may see: it comes by itself, and a forgotten page stops asking for it."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from app.lib import clock, db
from app.lib.watching import LONGEST
from app.questionnaires.library import FOLDER, library, read_file
from app.responses.actions import score_response
from tests.alerts.stories import CALM, phq9
from tests.browser import Browser, read, text_of
from tests.people import Cast

BrowserFor = Callable[..., Browser]
SCORE = "  - id: total\n"


@pytest.fixture
async def sent(db: None, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Paul has sent a PHQ-9 of which he may see the score, and the worker has not come yet."""
    told = (FOLDER / "phq9" / "1.0.0.yml").read_text("utf-8").replace(SCORE, f"{SCORE}    shown_to: [team, patient]\n")
    file = tmp_path / "1.0.0.yml"
    file.write_text(told, "utf-8")
    monkeypatch.setitem(library()._read, ("phq9", "1.0.0"), read_file(file, run_examples=False))
    return await phq9(people, CALM)


async def test_the_result_comes_by_itself(browser_for: BrowserFor, sent: UUID) -> None:
    part = (await browser_for("paul").page(f"/responses/{sent}/sent")).select_one("#own-scores")
    assert part is not None
    assert "It will appear here by itself" in text_of(part)
    await score_response(sent, at=clock.now())

    after = read(await browser_for("paul", htmx=True).get(str(part["hx-get"]))).select_one("#own-scores")

    assert after is not None
    assert "0, minimal" in text_of(after)
    assert after.get("hx-get") is None


async def test_a_forgotten_page_asks_no_more_and_says_what_to_do(browser_for: BrowserFor, sent: UUID) -> None:
    opened = int((clock.now() - LONGEST).timestamp()) - 5
    recent = int(clock.now().timestamp()) - 5
    paul = browser_for("paul", htmx=True)

    replies = [read(await paul.get(f"/responses/{sent}/sent?since={since}")) for since in (opened, recent)]

    late, early = (reply.select_one("#own-scores") for reply in replies)
    assert late is not None
    assert early is not None
    assert late.get("hx-get") is None
    assert "Come back later" in text_of(late)
    assert f"since={recent}" in str(early["hx-get"])


async def test_a_page_that_asks_again_is_no_new_reading(browser_for: BrowserFor, sent: UUID) -> None:
    part = (await browser_for("ines").page(f"/responses/{sent}/sent")).select_one("#own-scores")
    assert part is not None
    ines, events = browser_for("ines", htmx=True), "SELECT count(*) FROM audit_event WHERE action = 'response.read'"
    await ines.get(str(part["hx-get"]))
    assert await db.fetch_value(events) == 1
    await score_response(sent, at=clock.now())
    await ines.get(str(part["hx-get"]))
    assert await db.fetch_value(events) == 2
