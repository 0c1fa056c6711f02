"""The answers of an open alert: those that raised it, beside those that stand now."""

from collections.abc import Callable

import pytest

from tests.alerts.stories import CALM, answer, draft
from tests.browser import Browser, text_of
from tests.people import Cast

BrowserFor = Callable[..., Browser]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "at the time: “Several days” , now: “Not at all”"),
        ("fr", "au moment de l’alerte\xa0: «\xa0Plusieurs jours\xa0» , maintenant\xa0: «\xa0Pas du tout\xa0»"),
    ],
)
@pytest.mark.parametrize("address", ["/today", "/patients/{}"])
async def test_an_open_alert_shows_what_raised_it_and_what_stands_now(
    browser_for: BrowserFor, people: Cast, language: str, words: str, address: str
) -> None:
    response = await draft(people, CALM | {"q9": 1})
    await answer(people, response, "q9", 2, 0)

    page = await browser_for("ines", language=language).page(address.format(people.paul_patient))

    assert words in text_of(page.select_one(".co-flag"))


async def test_an_answer_that_was_emptied_says_so(browser_for: BrowserFor, people: Cast) -> None:
    response = await draft(people, CALM | {"q9": 1})
    await answer(people, response, "q9", None)

    page = await browser_for("ines").page("/today")

    assert "at the time: “Several days” , now: no answer" in text_of(page.select_one(".co-flag"))


async def test_an_answer_that_stands_is_said_once(browser_for: BrowserFor, people: Cast) -> None:
    await draft(people, CALM | {"q9": 1})
    said = text_of((await browser_for("ines").page("/today")).select_one(".co-flag"))
    assert "“Several days”" in said
    assert "at the time" not in said
