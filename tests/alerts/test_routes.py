"""Who may take up an alert, and what the button does."""

from collections.abc import Callable
from uuid import UUID

import pytest

from app.alerts import queries
from app.lib.ids import new_id
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import Browser, read, text_of
from tests.people import Cast

BrowserFor = Callable[..., Browser]


async def raised(people: Cast) -> UUID:
    await phq9(people, SUFFERING)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    return alert.id


@pytest.mark.parametrize(
    ("who", "status"), [(None, 303), ("zoe", 404), ("paul", 403), ("claire", 404), ("ines", 303), ("marc", 303)]
)
async def test_who_may_take_an_alert_up(browser_for: BrowserFor, people: Cast, who: str | None, status: int) -> None:
    alert = await raised(people)
    reply = await browser_for(who).post(f"/alerts/{alert}/acknowledge", data={"note": "Called."})
    assert reply.status_code == status
    kept = await queries.get_alert(alert)
    assert kept.acknowledged_by == (people[who].account if who in {"ines", "marc"} else None)


async def test_a_stranger_is_sent_to_sign_in(browser_for: BrowserFor, people: Cast) -> None:
    reply = await browser_for(None).post(f"/alerts/{await raised(people)}/acknowledge")
    assert reply.headers["location"].startswith("/sign-in")


async def test_an_alert_that_does_not_exist_is_not_found(browser_for: BrowserFor) -> None:
    assert (await browser_for("ines").post(f"/alerts/{new_id()}/acknowledge")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/patients/x", "/patients/x"),
        ("https://evil.example/", "/today"),
        ("//evil.example", "/today"),
        (None, "/today"),
    ],
)
async def test_one_comes_back_to_the_page_the_button_stood_on(
    browser_for: BrowserFor, people: Cast, asked: str | None, led: str
) -> None:
    form = {"note": ""} | ({"next": asked} if asked else {})
    reply = await browser_for("ines").post(f"/alerts/{await raised(people)}/acknowledge", data=form)
    assert (reply.status_code, reply.headers["location"]) == (303, led)


async def test_the_form_is_also_a_page_until_somebody_took_the_alert_up(browser_for: BrowserFor, people: Cast) -> None:
    alert = await raised(people)
    url, record = f"/alerts/{alert}/acknowledge", f"/patients/{people.paul_patient}"
    page = await browser_for("ines").page(url)
    assert page.select_one("input[name=next]")["value"] == record  # type: ignore[index]
    assert page.select(".nhsuk-error-summary") == []
    seen = [(await browser_for(who).get(url)).status_code for who in ("zoe", "paul")]
    await browser_for("ines").post(url, data={"note": ""})
    reply = await browser_for("ines").get(url)
    assert (seen, reply.status_code, reply.headers["location"]) == ([404, 403], 303, record)


async def test_pressing_twice_changes_nothing(browser_for: BrowserFor, people: Cast) -> None:
    alert = await raised(people)
    await browser_for("marc").post(f"/alerts/{alert}/acknowledge", data={"note": "first"})
    reply = await browser_for("ines").post(f"/alerts/{alert}/acknowledge", data={"note": "second"})
    kept = await queries.get_alert(alert)
    assert (reply.status_code, kept.acknowledged_by, kept.note) == (303, people["marc"].account, "first")


async def test_a_note_that_is_too_long_is_kept_on_the_page_and_takes_nothing_up(
    browser_for: BrowserFor, people: Cast
) -> None:
    alert, note = await raised(people), "é" * 1001
    browser = browser_for("ines", language="fr")
    reply = await browser.post(f"/alerts/{alert}/acknowledge", data={"note": note, "next": "/patients"})
    page = read(reply)
    assert reply.status_code == 422
    assert text_of(page.select_one("title")).startswith("Erreur\xa0: Prendre en charge une alerte")
    assert text_of(page.select_one("#note")) == note
    assert "1\xa0000\xa0caractères" in text_of(page.select_one("#note-error"))
    assert page.select_one("input[name=next]")["value"] == "/patients"  # type: ignore[index]
    assert (await queries.get_alert(alert)).is_open


@pytest.mark.parametrize(("typed", "kept"), [("a\0b", "ab"), ("Appelé 📞\r\nvu", "Appelé 📞\nvu"), ("  ", "")])
async def test_odd_signs_in_a_note(browser_for: BrowserFor, people: Cast, typed: str, kept: str) -> None:
    alert = await raised(people)
    await browser_for("ines").post(f"/alerts/{alert}/acknowledge", data={"note": typed})
    assert (await queries.get_alert(alert)).note == kept
