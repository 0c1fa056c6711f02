"""Real browser pages on the running product, and axe on any of them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.live import Live

AXE = Path(__file__).with_name("axe.min.js")
HEIGHT = 900
# Milliseconds: long enough for a machine that does other things too. What is right waits for none of it.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
QUIET = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium that is named, else Debian's, else the one Playwright brings."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


class Journeys:
    """Opens pages, each in a context of its own: another device, as far as the product can tell."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.live = live
        self.browser = browser
        self.open: list[tuple[BrowserContext, list[str]]] = []

    def page(self, language: str = "fr", width: int = 1280, *, js: bool = True, who: str | None = None) -> Page:
        """A page in this language and of this width; `who` from the cast is already signed in."""
        locale = {"fr": "fr-FR", "en": "en-GB"}[language]
        context = self.browser.new_context(
            base_url=self.live.url,
            locale=locale,
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=js,
            reduced_motion="reduce",
        )
        cookies = {"language": language}
        if who is not None:
            cookies["cohorte_session"] = self.live.do(_new_session(self.live.people[who].account))
        context.add_cookies([{"name": n, "value": v, "url": self.live.url} for n, v in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on("console", lambda said: _note_policy(troubles, said.text))
        self.open.append((context, troubles))
        return page

    def close_pages(self) -> None:
        """Close what a test opened; a script error or a broken content policy fails it."""
        troubles = [trouble for _, found in self.open for trouble in found]
        for context, _ in self.open:
            context.close()
        self.open.clear()
        assert not troubles, troubles


def _note_policy(troubles: list[str], said: str) -> None:
    if "Content Security Policy" in said:
        troubles.append(said)


async def _new_session(account: Any) -> str:
    from app.accounts.actions.sessions import open_session
    from app.lib import clock

    return (await open_session(account, at=clock.now())).token


def axe(page: Page) -> list[str]:
    """What axe finds wrong on this page, as `rule: element`; empty is right. Works by evaluation, past the policy."""
    page.wait_for_load_state()
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    # It leaves empty style attributes behind, which htmx would copy to what it swaps in, against the policy.
    page.evaluate("document.querySelectorAll('[style=\"\"]').forEach((one) => one.removeAttribute('style'))")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def overflows(page: Page) -> bool:
    """Whether the page scrolls sideways, which none may."""
    page.wait_for_load_state()
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
