"""What a visitor sees when something goes wrong."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Request, get, post

import app
from app.access.guard import PUBLIC
from app.lib.errors import Refused
from app.main import create_app
from app.site import wording
from tests.browser import Browser, read, text_of

APP = Path(app.__file__).parent


def refusal_codes() -> set[str]:
    """Every code that some rule of the product may refuse with."""
    calls = (
        node
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
    )
    return {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}


@pytest.fixture(scope="module")
def failing_application(database):
    """The product with three more routes, each of which fails in its own way."""

    @get("/broken", opt=PUBLIC)
    async def broken() -> None:
        raise ValueError("Ada Exemple")

    @get("/refused", opt=PUBLIC)
    async def refused() -> None:
        raise Refused("membership.not_held")

    @post("/taken", opt=PUBLIC)
    async def taken(request: Request) -> None:
        """Takes anything that is not too much."""
        await request.form()

    made = create_app(own_pool=False)
    for handler in (broken, refused, taken):
        made.register(handler)
    return made


@pytest.fixture
def failing(db, failing_application):
    """A stranger's browser on the failing product."""
    from app.accounts.authentication import form_secret

    def browser(**parts):
        return Browser(failing_application, form_secret("stranger"), cohorte_form="stranger", **parts)

    return browser


@pytest.mark.parametrize("code", sorted(refusal_codes()))
def test_every_refusal_has_its_own_words(code):
    assert wording.refusal_words(code) != wording.refusal_words("no.such_rule"), (
        f"say it in app/site/wording.py: {code}"
    )


async def test_a_stranger_is_led_to_sign_in_and_back(browser_for):
    reply = await browser_for(None).get("/membership?a=1&b=2")

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/membership%3Fa%3D1%26b%3D2")


async def test_something_sent_without_a_session_leads_back_to_the_page_it_came_from(browser_for):
    reply = await browser_for(None).post("/membership", headers={"Referer": "http://test/today?x=1"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/today")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_an_address_that_does_not_exist(browser_for, language):
    reply = await browser_for("paul", language=language).get("/nowhere")

    page = read(reply)
    assert (reply.status_code, page.html["lang"]) == (404, language)
    assert text_of(page.h1) == {"fr": "Cette page n’existe pas", "en": "This page does not exist"}[language]


async def test_an_address_that_only_takes_posts(browser_for):
    reply = await browser_for(None).get("/sign-out")

    assert (reply.status_code, reply.headers["allow"]) == (405, "POST, OPTIONS")
    assert text_of(read(reply).h1) == "This page cannot be opened this way"


async def test_a_fault_of_ours_says_so_and_can_be_found_again(failing, caplog):
    reply = await failing(language="fr").get("/broken")

    page = read(reply)
    assert reply.status_code == 500
    assert text_of(page.h1) == "Une panne de notre côté"
    assert "Vous n’avez rien fait de mal." in text_of(page.main)
    assert page.select_one("main a.nhsuk-button")["href"] == "/broken"
    failure = next(json.loads(r.message) for r in caplog.records if '"failure"' in r.message)
    assert failure["reference"] == text_of(page.select_one(".co-code-id"))
    assert (failure["error"], failure["at"][-1].endswith(" broken")) == ("ValueError", True)


async def test_in_production_the_log_keeps_what_people_typed_to_itself(failing, caplog, monkeypatch):
    from app.settings import Environment, settings
    from app.site import failures

    there = replace(settings(), environment=Environment.PRODUCTION)
    monkeypatch.setattr(failures, "settings", lambda: there)
    await failing().get("/broken")

    assert "Ada Exemple" not in caplog.text


async def test_a_rule_that_says_no(failing):
    reply = await failing().get("/refused")

    assert reply.status_code == 409
    assert text_of(read(reply).h1) == "You do not work in this centre"


async def test_a_rule_that_says_no_takes_the_place_of_the_open_page(failing):
    reply = await failing(htmx=True).get("/refused")

    assert (reply.status_code, reply.headers["hx-retarget"]) == (409, "#main")
    assert read(reply).html is None


async def test_too_much_at_once(failing):
    reply = await failing().post("/taken", data={"text": "a" * 4_200_000})

    assert reply.status_code == 413
    assert text_of(read(reply).h1) == "This is too much at once"


async def test_a_megabyte_is_not_too_much(failing):
    assert (await failing().post("/taken", data={"text": "é" * 500_000})).status_code == 201
