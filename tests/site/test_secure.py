"""Over TLS: cookies that only this site may set, and browsers told to come back the same way."""

import pytest

from app.accounts.authentication import form_secret
from app.main import create_app
from app.settings import settings
from tests.browser import Browser


@pytest.fixture
def secure(db, monkeypatch):
    """A stranger's browser on the product as it is served over TLS."""
    monkeypatch.setenv("BASE_URL", "https://cohorte.example.org")
    settings.cache_clear()
    browser = Browser(create_app(own_pool=False), form_secret("stranger"))
    browser.base_url = "https://cohorte.example.org"
    yield browser
    monkeypatch.undo()
    settings.cache_clear()


async def test_every_cookie_belongs_to_this_site_alone(secure):
    first = await secure.get("/sign-in")
    language = await secure.get("/language/fr")
    secure.cookies.set("__Host-cohorte_form", "stranger", domain="cohorte.example.org")
    asked = await secure.post("/sign-in", data={"email": "nobody@example.org"})

    for reply, name in [(first, "cohorte_form"), (language, "language"), (asked, "cohorte_sign_in")]:
        line = reply.headers["set-cookie"]
        assert line.startswith(f"__Host-{name}=")
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"path=/", "secure", "httponly", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)


async def test_browsers_are_told_to_come_back_over_tls(secure):
    for path in ("/sign-in", "/nowhere"):
        headers = (await secure.get(path)).headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_a_cookie_of_a_plain_site_is_not_taken(secure, people):
    secure.cookies.set("cohorte_session", people["ines"].signed_in.token, domain="cohorte.example.org")

    assert (await secure.get("/membership")).headers["location"].startswith("/sign-in?")
