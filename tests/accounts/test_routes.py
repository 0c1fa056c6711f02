"""Signing in, out, and again: what each door says to whom."""

from tests.browser import read, text_of


async def test_a_stranger_is_asked_for_an_address(browser_for):
    page = await browser_for(None).page("/sign-in")

    assert text_of(page.h1) == "Sign in"
    assert page.select_one("#email")["name"] == "email"


async def test_who_is_signed_in_is_led_to_their_door(browser_for):
    assert (await browser_for("paul").get("/sign-in")).headers["location"] == "/home"
    assert (await browser_for("ines").get("/")).headers["location"] == "/today"
