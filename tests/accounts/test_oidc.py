"""Signing in with an outside identity, against a real provider: who gets in, who does not, and what is said then."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from app.accounts import queries, tokens
from app.accounts.notices import Notice
from app.accounts.oidc import offered
from app.audit.actions import Action
from app.cli.local import free_port
from app.lib import clock, pages
from app.lib.db import execute, fetch, fetch_value
from app.lib.keys import ring
from app.lib.openid import CALLBACK
from app.settings import settings
from tests import oidc_provider
from tests.browser import Browser, read, text_of
from tests.oidc_provider import Provider
from tests.people import signed_in

RPPS = "10001234567"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with oidc_provider.running(free_port(), f"http://test{CALLBACK}") as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The provider, named in the settings."""
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    running.knows("ines-there")
    yield running
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def psc(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The same, taken for Pro Santé Connect."""
    monkeypatch.setenv("OIDC_PROFILE", "pro_sante_connect")
    settings.cache_clear()
    return provider


async def way_there(browser: Browser, following: str = "/") -> str:
    """The provider's page, as the button leads to it."""
    reply = await browser.get(f"/sign-in/oidc?next={quote(following)}")
    assert reply.status_code == 303, reply.text
    return reply.headers["location"]


async def link(browser: Browser, provider: Provider, subject: str = "ines-there"):
    """Link an identity as its owner does; the last answer."""
    going = await browser.post("/me/identity/link")
    address = str(read(going).select_one("main a.nhsuk-button")["href"])
    return await browser.get(provider.show(address, subject))


async def events(subject: object) -> list[str]:
    rows = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", subject)
    return [row["action"] for row in rows]


async def whose(browser: Browser):
    """Who this browser is now."""
    found = await queries.find_session(tokens.hash_of(browser.cookies["cohorte_session"]), clock.now())
    return found[1] if found else None


async def test_it_is_off_unless_the_settings_name_a_provider(browser_for):
    assert offered() == ""
    assert pages.render("accounts/_oidc_button.html", next="/").strip() == ""
    assert (await browser_for(None).get("/sign-in/oidc")).status_code == 404
    assert (await browser_for(None).get(CALLBACK)).status_code == 404
    for method, path in [("GET", "/me/identity"), ("POST", "/me/identity/link"), ("POST", "/me/identity/unlink")]:
        assert (await browser_for("ines").request(method, path)).status_code == 404


async def test_patients_have_no_such_page(browser_for, provider):
    for method, path in [("GET", "/me/identity"), ("POST", "/me/identity/link"), ("POST", "/me/identity/unlink")]:
        assert (await browser_for("paul").request(method, path)).status_code == 404


async def test_the_request_asks_for_little_and_is_bound_to_this_browser(browser_for, provider):
    browser = browser_for(None)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(await way_there(browser)).query).items()}

    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert asked["redirect_uri"] == f"http://test{CALLBACK}"
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    [row] = await fetch("SELECT * FROM oidc_flow")
    assert row["browser_hash"] == tokens.hash_of(browser.cookies["cohorte_oidc"])
    assert asked["state"].encode() not in row["state_hash"]


@pytest.mark.capability("A11")
async def test_a_professional_links_an_identity_and_signs_in_with_it(browser_for, people, provider):
    provider.knows("ines-there", amr=["mfa"])
    linked = await link(browser_for("ines"), provider)
    browser = browser_for(None)

    back = await browser.get(provider.show(await way_there(browser, "/patients"), "ines-there"))

    assert (linked.status_code, linked.headers["location"]) == (303, "/me/identity?done=linked")
    assert (back.status_code, back.headers["location"]) == (303, "/patients")
    assert (await whose(browser)).id == people["ines"].account
    assert "cohorte_oidc" not in browser.cookies
    assert [event for event in await events(people["ines"].account) if event in {"identity.linked", "session.opened"}][
        -2:
    ] == [Action.IDENTITY_LINKED, Action.SESSION_OPENED]
    told = await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner'")
    assert [Notice.FACTOR_ADDED in row["args"] for row in told] == [True]
    kept = await fetch("SELECT * FROM oidc_identity")
    assert "ines-there" not in str([dict(row) for row in kept])
    page = await browser_for("ines").page("/me/identity")
    assert "Hospital ID" in text_of(page.main)


async def test_after_one_factor_the_second_is_asked_for_here(browser_for, people, provider):
    await link(browser_for("ines"), provider)
    browser = browser_for(None)

    back = await browser.get(provider.show(await way_there(browser, "/patients"), "ines-there"))

    assert (back.status_code, back.headers["location"]) == (303, "/sign-in/team/code?next=/patients")
    assert "cohorte_session" not in browser.cookies
    page = await browser.page(back.headers["location"])
    assert page.select("input[name=code]")
    assert await fetch_value("SELECT account FROM sign_in_attempt WHERE method = 'oidc'") == people["ines"].account


async def test_an_unknown_identity_learns_how_to_link(browser_for, provider):
    provider.knows("somebody", amr=["mfa"])
    for language, words in [("en", "then link it"), ("fr", "puis reliez-la")]:
        browser = browser_for(None, language=language)
        back = await browser.get(provider.show(await way_there(browser), "somebody"))
        assert back.status_code == 403
        assert words in text_of(read(back).main)
        assert "cohorte_session" not in browser.cookies


async def test_an_identity_of_a_closed_account_opens_nothing(browser_for, people, provider):
    provider.knows("ines-there", amr=["mfa"])
    await link(browser_for("ines"), provider)
    await execute("UPDATE account SET closed_at = now() WHERE id = $1", people["ines"].account)
    browser = browser_for(None)

    assert (await browser.get(provider.show(await way_there(browser), "ines-there"))).status_code == 403


async def test_one_identity_opens_one_account(browser_for, people, provider):
    provider.knows("shared", amr=["mfa"])
    await link(browser_for("ines"), provider, "shared")

    refused = await link(browser_for("zoe"), provider, "shared")

    assert refused.status_code == 403
    assert "belongs to another account" in text_of(read(refused).main)
    assert await fetch_value("SELECT count(*) FROM oidc_identity WHERE account = $1", people["zoe"].account) == 0


async def test_what_is_unlinked_opens_nothing_and_may_be_linked_anew(browser_for, people, provider):
    provider.knows("ines-there", amr=["mfa"])
    owner, browser = browser_for("ines"), browser_for(None)
    await link(owner, provider)

    done = await owner.post("/me/identity/unlink")

    assert done.headers["location"] == "/me/identity?done=unlinked"
    assert (await browser.get(provider.show(await way_there(browser), "ines-there"))).status_code == 403
    assert (await link(owner, provider)).headers["location"] == "/me/identity?done=linked"
    assert [event for event in await events(people["ines"].account) if event.startswith("identity.")] == [
        Action.IDENTITY_LINKED,
        Action.IDENTITY_UNLINKED,
        Action.IDENTITY_LINKED,
    ]


async def test_linking_asks_for_a_fresh_second_factor(browser_for, people, provider):
    person = await signed_in(people["ines"].account, people["ines"].email)
    await execute(
        "UPDATE session SET second_factor_at = $2 WHERE token_hash = $1",
        tokens.hash_of(person.signed_in.token),
        clock.now() - timedelta(hours=1),
    )
    browser = browser_for("ines")
    browser.cookies.set("cohorte_session", person.signed_in.token)
    browser.secret = person.signed_in.csrf_secret

    for method, path in [("GET", "/me/identity"), ("POST", "/me/identity/link"), ("POST", "/me/identity/unlink")]:
        reply = await browser.request(method, path)
        assert (reply.status_code, reply.headers["location"].partition("?")[0]) == (303, "/step-up"), path


async def test_who_links_must_still_be_signed_in(browser_for, provider):
    owner = browser_for("ines")
    going = await owner.post("/me/identity/link")
    address = str(read(going).select_one("main a.nhsuk-button")["href"])
    stranger = browser_for(None)
    stranger.cookies.set("cohorte_oidc", owner.cookies["cohorte_oidc"])

    assert (await stranger.get(provider.show(address, "ines-there"))).status_code == 403
    assert await fetch_value("SELECT count(*) FROM oidc_identity") == 0


class TestWhatIsRefused:
    @pytest.fixture
    async def known(self, browser_for, provider):
        provider.knows("ines-there", amr=["mfa"])
        await link(browser_for("ines"), provider)
        return provider

    async def refused(self, browser: Browser, address: str, words: str, status: int = 403) -> None:
        reply = await browser.get(address)
        assert (reply.status_code, "cohorte_session" in browser.cookies) == (status, False)
        assert words in text_of(read(reply).main)

    async def test_a_state_we_never_gave(self, browser_for, known):
        browser = browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        code = parse_qs(urlsplit(back).query)["code"][0]

        await self.refused(browser, f"{CALLBACK}?{urlencode({'code': code, 'state': 'made up'})}", "This step is over")
        await self.refused(browser, f"{CALLBACK}?{urlencode({'code': code})}", "This step is over")

    async def test_a_return_in_another_browser(self, browser_for, known):
        back = known.show(await way_there(browser_for(None)), "ines-there")

        await self.refused(browser_for(None), back, "This step is over")

    async def test_a_return_twice(self, browser_for, known):
        browser = browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        walker = browser.cookies["cohorte_oidc"]
        assert (await browser.get(back)).status_code == 303
        replaying = browser_for(None)
        replaying.cookies.set("cohorte_oidc", walker)

        await self.refused(replaying, back, "This step is over")

    async def test_a_return_too_late(self, browser_for, known):
        browser = browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        await execute("UPDATE oidc_flow SET valid_until = now() WHERE used_at IS NULL")

        await self.refused(browser, back, "This step is over")

    async def test_another_code_under_a_right_state(self, browser_for, known):
        """Somebody slips in the code of a walk of their own: the verifier does not fit."""
        browser, other = browser_for(None), browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        slipped = parse_qs(urlsplit(known.show(await way_there(other), "ines-there")).query)["code"][0]
        state = parse_qs(urlsplit(back).query)["state"][0]

        address = f"{CALLBACK}?{urlencode({'code': slipped, 'state': state})}"
        await self.refused(browser, address, "could not be checked")

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "of another walk"},
            {"iss": "https://elsewhere.example"},
            {"aud": "another client"},
            {"exp": 1},
            {"aud": ["ours", "another"], "azp": "another"},
        ],
        ids=["nonce", "issuer", "audience", "age", "party"],
    )
    async def test_a_token_that_is_not_for_this_walk(self, browser_for, known, claims):
        known.knows("ines-there", amr=["mfa"], **claims)
        browser = browser_for(None)

        await self.refused(browser, known.show(await way_there(browser), "ines-there"), "could not be checked")

    async def test_a_wrong_secret(self, browser_for, known, monkeypatch):
        browser = browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        monkeypatch.setenv("OIDC_CLIENT_SECRET", "another")
        settings.cache_clear()

        await self.refused(browser, back, "could not be checked")

    async def test_who_stops_there(self, browser_for, known):
        browser = browser_for(None)
        back = known.deny(await way_there(browser))
        state = parse_qs(urlsplit(back).query).get("state", [""])[0]
        sent = await fetch("SELECT id FROM oidc_flow WHERE used_at IS NULL")
        assert sent != []
        # This provider forgets the state when somebody stops; others give it back, as the standard says.
        words = "did not let you in" if state else "This step is over"

        await self.refused(browser, back, words)

    async def test_a_return_that_says_no(self, browser_for, known):
        browser = browser_for(None)
        state = parse_qs(urlsplit(await way_there(browser)).query)["state"][0]

        address = f"{CALLBACK}?{urlencode({'error': 'access_denied', 'state': state})}"
        await self.refused(browser, address, "Hospital ID did not let you in")

    async def test_a_provider_that_is_down(self, browser_for, known, monkeypatch):
        browser = browser_for(None)
        back = known.show(await way_there(browser), "ines-there")
        monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:1")
        settings.cache_clear()

        await self.refused(browser, back, "Hospital ID does not answer", 503)
        await self.refused(browser, "/sign-in/oidc", "Hospital ID does not answer", 503)
        going = await browser_for("ines").post("/me/identity/link")
        assert (going.status_code, "does not answer" in text_of(read(going).main)) == (503, True)

    async def test_a_provider_that_calls_itself_otherwise(self, browser_for, known, monkeypatch):
        monkeypatch.setenv("OIDC_ISSUER", known.url.replace("127.0.0.1", "localhost") + "/.")
        settings.cache_clear()

        await self.refused(browser_for(None), "/sign-in/oidc", "does not answer", 503)


async def test_nobody_leads_away_to_another_site(browser_for, people, provider):
    provider.knows("ines-there", amr=["mfa"])
    await link(browser_for("ines"), provider)
    browser = browser_for(None)

    back = await browser.get(provider.show(await way_there(browser, "https://evil.example/"), "ines-there"))

    assert back.headers["location"] == "/today"


async def test_pro_sante_connect_is_asked_for_its_own_level(browser_for, psc):
    asked = parse_qs(urlsplit(await way_there(browser_for(None))).query)

    assert (asked["acr_values"], asked["scope"]) == (["eidas1"], ["openid scope_all"])


@pytest.mark.capability("A11")
async def test_pro_sante_connect_opens_the_account_with_that_rpps_number(browser_for, people, psc):
    marc = people["marc"].account
    await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", marc, ring().lookup("account.rpps", RPPS))
    psc.knows("f:550dc1c8:8" + RPPS, acr="eidas1", SubjectNameID="8" + RPPS)
    browser = browser_for(None)

    for _ in range(2):
        back = await browser.get(psc.show(await way_there(browser), "f:550dc1c8:8" + RPPS))
        assert (back.status_code, back.headers["location"]) == (303, "/today")
        assert (await whose(browser)).id == marc
        del browser.cookies["cohorte_session"]
    assert (await events(marc)).count(Action.IDENTITY_LINKED) == 1


async def test_a_number_alone_opens_nothing_without_a_place_in_a_centre(browser_for, people, psc):
    lucie = people["lucie"].account
    await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", lucie, ring().lookup("account.rpps", RPPS))
    psc.knows("lucie-there", acr="eidas1", SubjectNameID="8" + RPPS)
    browser = browser_for(None)

    assert (await browser.get(psc.show(await way_there(browser), "lucie-there"))).status_code == 403


async def test_an_identity_that_was_unlinked_is_not_linked_by_its_number(browser_for, people, psc):
    marc = people["marc"].account
    await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", marc, ring().lookup("account.rpps", RPPS))
    psc.knows("marc-there", acr="eidas1", SubjectNameID="8" + RPPS)
    await link(browser_for("marc"), psc, "marc-there")
    await browser_for("marc").post("/me/identity/unlink")
    browser = browser_for(None)

    assert (await browser.get(psc.show(await way_there(browser), "marc-there"))).status_code == 403


async def test_somebody_elses_number_is_not_linked(browser_for, people, psc):
    marc = people["marc"].account
    await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", marc, ring().lookup("account.rpps", "10009999999"))
    psc.knows("other-there", acr="eidas1", SubjectNameID="8" + RPPS)

    refused = await link(browser_for("marc"), psc, "other-there")

    assert refused.status_code == 403
    assert "another RPPS number" in text_of(read(refused).main)


@pytest.mark.parametrize(
    "claims", [{"SubjectNameID": "8" + RPPS}, {"acr": "eidas1"}, {"acr": "0", "SubjectNameID": "8"}]
)
async def test_pro_sante_connect_must_say_level_and_number(browser_for, psc, claims):
    psc.knows("lacking", **claims)
    browser = browser_for(None)

    back = await browser.get(psc.show(await way_there(browser), "lacking"))

    assert back.status_code == 403
    assert "could not be checked" in text_of(read(back).main)


async def test_the_button_stands_at_the_teams_door(provider):
    drawn = pages.render("accounts/_oidc_button.html", next="/patients?q=1")

    assert 'href="/sign-in/oidc?next=/patients%3Fq%3D1"' in drawn
    assert "Hospital ID" in drawn
