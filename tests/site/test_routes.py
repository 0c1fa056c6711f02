"""The front door, files, health and the pages everybody may read."""

import gzip
import json

import pytest

from app.lib.assets import address, assets
from app.lib.db import execute
from app.site.headers import CONTENT_SECURITY_POLICY
from tests.browser import read, text_of


@pytest.mark.parametrize(
    ("who", "door"), [(None, "/sign-in"), ("paul", "/home"), ("claire", "/home"), ("ines", "/today")]
)
async def test_the_front_door_leads_each_to_their_work(browser_for, who, door):
    reply = await browser_for(who).get("/")

    assert (reply.status_code, reply.headers["location"]) == (303, door)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", ["/help", "/privacy", "/accessibility", "/legal", "/sign-in", "/sign-in/team"])
async def test_everybody_may_read_these_pages_in_both_languages(browser_for, path, language):
    page = await browser_for(None, language=language).page(path)

    assert page.html["lang"] == language
    other = page.select_one("a.co-lang")
    assert other["href"] == f"/language/{'en' if language == 'fr' else 'fr'}?next={path}"


async def test_a_file_asked_for_by_its_fingerprint_is_kept_for_ever(browser_for):
    reply = await browser_for(None).get(address("app.css"))

    assert reply.headers["content-type"] == "text/css; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.content == assets()["app.css"].body


async def test_a_file_asked_for_without_fingerprint_is_kept_for_an_hour(browser_for):
    reply = await browser_for(None).get("/static/app.css?v=old")

    assert reply.headers["cache-control"] == "public, max-age=3600"


async def test_a_file_travels_squeezed_when_the_browser_can_take_it(browser_for):
    browser = browser_for(None)
    async with browser.stream("GET", "/static/app.js", headers={"Accept-Encoding": "gzip"}) as reply:
        sent = assets()["app.js"]
        assert reply.headers["content-encoding"] == "gzip"
        assert reply.headers["content-length"] == str(len(sent.squeezed))
        assert gzip.decompress(sent.squeezed) == sent.body


async def test_a_file_the_browser_has_is_not_sent_again(browser_for):
    browser = browser_for(None)
    first = await browser.get("/static/mark.svg")

    second = await browser.get("/static/mark.svg", headers={"If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "../app/main.py", "%2e%2e/app/main.py", "..%2fpyproject.toml", ""])
async def test_what_is_not_a_file_of_ours_is_not_found(browser_for, name):
    assert (await browser_for(None).get(f"/static/{name}")).status_code == 404


async def test_health_asks_nobody_who_they_are(browser_for):
    reply = await browser_for(None).get("/healthz")

    assert (reply.status_code, reply.text) == (200, "ok")
    assert "set-cookie" not in reply.headers


async def test_ready_with_the_newest_schema(browser_for):
    reply = await browser_for(None).get("/readyz")

    assert (reply.status_code, reply.json()) == (200, {"database": "ok", "schema": "newest"})


async def test_not_ready_with_an_old_schema(browser_for, monkeypatch):
    monkeypatch.setattr("app.site.routes.newest_schema", lambda: "2099-01-01T00:00:00:000000")

    reply = await browser_for(None).get("/readyz")

    assert (reply.status_code, reply.json()["schema"]) == (503, "old")


async def test_an_unknown_language_offers_those_that_exist(browser_for):
    reply = await browser_for("paul").get("/language/xx")

    page = read(reply)
    assert reply.status_code == 404
    assert text_of(page.h1) == "This language is not available"
    assert [a["href"] for a in page.select("main a")] == ["/language/fr", "/language/en"]


async def test_a_language_leads_back_to_this_site_only(browser_for):
    reply = await browser_for(None).get("/language/fr", params={"next": "https://evil.example/"})

    assert reply.headers["location"] == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/static/app.css", "/nowhere", "/membership"])
async def test_every_answer_carries_the_protective_headers(browser_for, path):
    headers = (await browser_for(None).get(path)).headers

    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers  # served in plain text here
    assert ("no-store" in headers["cache-control"]) == (path != "/static/app.css")


async def test_the_log_says_what_was_asked_and_nothing_of_who(browser_for, caplog):
    await browser_for("paul").get("/language/xx?next=/secret")

    [line] = [record.message for record in caplog.records if record.name == "cohorte.web"]
    assert '"route": "/language/{code}"' in line
    assert '"status": 404' in line
    assert "secret" not in line


async def test_an_unknown_address_leaves_a_line_without_it(browser_for, caplog):
    reply = await browser_for(None).get("/patients/Claire-Martin/nothing")

    [line] = [json.loads(record.message) for record in caplog.records if record.name == "cohorte.web"]
    assert (line["id"], line["status"], line["route"]) == (reply.headers["x-request-id"], 404, "?")


async def test_a_lost_database_is_said_by_readyz(browser_for, monkeypatch):
    await execute("SELECT 1")
    monkeypatch.setattr("app.lib.migrations.applied", _unreachable)

    reply = await browser_for(None).get("/readyz")

    assert (reply.status_code, reply.json()) == (503, {"database": "unreachable"})


async def _unreachable(_link: object) -> str:
    raise ConnectionRefusedError
