"""The gallery in both languages, and one Chromium for all browser tests of the parts."""

import shutil
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, async_playwright, expect

from app.access.policy import Actor, Role
from app.lib import i18n, pages
from tests.components.samples import ENV, bands, points

QUIET = [
    "no-first-run",
    "disable-quic",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
]
# Milliseconds: long enough for a machine that does other things too. What is right waits for none of it.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

SOMEBODY = Actor(UUID(int=1), Role.PRACTITIONER, "Dr Lambert", organisation_name="Lyon")


@pytest.fixture
def draw() -> Any:
    """Render a piece of template text with the product's own environment, in English unless told."""

    def render(text: str, language: str = "en", **context: Any) -> str:
        token = i18n.locale.set(language)
        visit = pages.visit.set(pages.Visit(actor=SOMEBODY))
        try:
            return ENV.from_string(text).render(**context)
        finally:
            i18n.locale.reset(token)
            pages.visit.reset(visit)

    return render


@pytest.fixture
def gallery(draw: Callable[..., str]) -> Callable[..., str]:
    often = [(0, "Never"), (1, "Some days"), (2, "Most days"), (9, "I would rather not say")]

    def render(base: str = "patient", language: str = "en") -> str:
        text = '{% extends "gallery.html" %}'
        return draw(text, language, base=base, points=points(), bands=bands(), often=often)

    return render


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    arguments = [f"--{name}" for name in QUIET] + ["--no-sandbox"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        await browser.close()
