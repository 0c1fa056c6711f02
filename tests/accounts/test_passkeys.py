"""Passkeys: made, used to sign in and to confirm, refused, removed. Real browsers use them in the journeys."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from app.accounts import queries, tokens
from app.accounts.passkeys.carried import carried
from app.accounts.passkeys.queries import list_passkeys
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.settings import settings
from tests.accounts.devices import Device
from tests.browser import read, text_of


async def add(browser, device: Device, name: str = "My phone"):
    options = (await browser.post("/me/passkeys/options", json={})).json()
    return await browser.post("/me/passkeys", json={"name": name, "credential": device.make(options)})


async def sign_in(browser, device: Device, following: str = "/"):
    options = (await browser.post("/sign-in/passkey/options", json={})).json()
    return await browser.post("/sign-in/passkey", json={"credential": device.use(options), "next": following})


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


@pytest.fixture
def device() -> Device:
    return Device()


async def told(account) -> list[str]:
    """Of what the owner is told, in order."""
    rows = await fetch(
        "SELECT args ->> 'notice' AS notice FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner'"
        " AND args ->> 'account' = $1 ORDER BY id",
        str(account),
    )
    return [row["notice"] for row in rows]


@pytest.mark.capability("E13")
@pytest.mark.parametrize(("who", "door"), [("ines", "/today"), ("paul", "/home"), ("sacha", "/administration")])
async def test_a_passkey_alone_signs_in(browser_for, people, device, who, door):
    added = await add(browser_for(who), device)

    stranger = browser_for(None)
    done = await sign_in(stranger, device)

    assert (added.status_code, added.json()) == (200, {"next": "/me/passkeys"})
    assert (done.status_code, done.json()) == (200, {"next": door})
    session, actor = await queries.find_session(tokens.hash_of(stranger.cookies["cohorte_session"]), clock.now())
    assert replace(actor, factor_at=None) == replace(people[who].actor, factor_at=None)
    assert actor.factor_at == await fetch_value("SELECT created_at FROM session WHERE id = $1", session.id)
    assert await fetch_value("SELECT method FROM session WHERE id = $1", session.id) == "passkey"
    assert await told(people[who].account) == ["factor_added"]


async def test_what_is_asked_of_the_device(browser_for, people, device):
    ines = browser_for("ines")
    first = (await ines.post("/me/passkeys/options", json={})).json()
    await add(ines, device)
    second = (await ines.post("/me/passkeys/options", json={})).json()
    using = (await browser_for(None).post("/sign-in/passkey/options", json={})).json()

    assert first["authenticatorSelection"]["userVerification"] == using["userVerification"] == "required"
    assert (first["rp"]["id"], using["rpId"], first["excludeCredentials"]) == ("test", "test", [])
    assert first["challenge"] != second["challenge"]
    assert len(second["excludeCredentials"]) == 1
    # Nobody learns which passkeys there are.
    assert using["allowCredentials"] == []


async def test_the_name_is_the_owners_and_sealed(browser_for, people, device):
    await add(browser_for("paul"), device, "  Le   téléphone de Léa ")

    [kept] = await list_passkeys(people["paul"].account)
    row = await fetch_value("SELECT passkey::text FROM passkey")
    page = await browser_for("paul").page("/me/passkeys")

    assert kept.name == "Le téléphone de Léa"
    assert "Léa" not in row
    assert "Le téléphone de Léa" in text_of(page.main)
    assert "Not used yet" in text_of(page.main)


async def refused(reply) -> bool:
    return reply.status_code == 422 and "not accepted" in reply.json()["problem"]


async def test_a_device_that_does_not_verify_its_owner_is_refused(browser_for, people, device):
    device.verifies = False
    not_added = await add(browser_for("ines"), device)
    device.verifies = True
    await add(browser_for("ines"), device)
    device.verifies = False
    stranger = browser_for(None)

    assert await refused(not_added)
    assert await refused(await sign_in(stranger, device))
    assert "cohorte_session" not in stranger.cookies


async def test_what_was_signed_for_another_site_is_refused(browser_for, device):
    await add(browser_for("ines"), device)
    device.origin = "https://cohorte.evil.example"

    assert await refused(await sign_in(browser_for(None), device))


async def test_an_answer_counts_once_in_the_browser_that_was_asked(browser_for, device):
    await add(browser_for("ines"), device)
    one, other = browser_for(None), browser_for(None)
    answer = {"credential": device.use((await one.post("/sign-in/passkey/options", json={})).json())}
    cookie = one.cookies["cohorte_passkey"]
    await other.post("/sign-in/passkey/options", json={})

    elsewhere = await other.post("/sign-in/passkey", json=answer)
    right = await one.post("/sign-in/passkey", json=answer)
    thief = browser_for(None)
    thief.cookies.set("cohorte_passkey", cookie)
    replayed = await thief.post("/sign-in/passkey", json=answer)

    assert [elsewhere.status_code, right.status_code, replayed.status_code] == [422, 200, 422]


async def test_a_challenge_runs_out(browser_for, device):
    await add(browser_for("ines"), device)
    stranger = browser_for(None)
    options = (await stranger.post("/sign-in/passkey/options", json={})).json()
    stranger.cookies.delete("cohorte_passkey")
    challenge = urlsafe_b64decode(options["challenge"] + "=")
    for seconds in (0, 60):  # made up anew by us: only what is past is refused
        until = clock.now() + timedelta(seconds=seconds)
        stranger.cookies.set("cohorte_passkey", carried(challenge, until, settings().secret_key))
        reply = await stranger.post("/sign-in/passkey", json={"credential": device.use(options)})
        assert await refused(reply) is (seconds == 0)
        stranger.cookies.delete("cohorte_passkey")


async def test_a_challenge_to_confirm_runs_out(browser_for, device):
    ines = browser_for("ines")
    await add(ines, device)
    options = (await ines.post("/step-up/passkey/options", json={})).json()
    await execute("UPDATE passkey_challenge SET valid_until = now() - interval '1 second'")

    assert await refused(await ines.post("/step-up/passkey", json={"credential": device.use(options)}))


async def test_asking_and_answering_wrongly_leaves_nothing_behind(browser_for, device):
    stranger = browser_for(None)
    options = (await stranger.post("/sign-in/passkey/options", json={})).json()
    await refused(await stranger.post("/sign-in/passkey", json={"credential": device.use(options)}))

    assert await fetch_value("SELECT count(*) FROM passkey_challenge") == 0


async def test_a_challenge_is_good_for_its_purpose_alone(browser_for, device):
    await add(browser_for("ines"), device)
    ines = browser_for("ines")
    options = (await ines.post("/step-up/passkey/options", json={})).json()

    assert await refused(await ines.post("/sign-in/passkey", json={"credential": device.use(options)}))


async def test_a_copied_passkey_is_refused_and_its_owner_told(browser_for, people, device):
    await add(browser_for("ines"), device)
    await sign_in(browser_for(None), device)
    device.count = 0
    stranger = browser_for(None)

    reply = await sign_in(stranger, device)

    assert (reply.status_code, "seems to have been copied" in reply.json()["problem"]) == (422, True)
    assert "cohorte_session" not in stranger.cookies
    assert await told(people["ines"].account) == ["factor_added", "passkey_copied"]


async def test_a_passkey_shared_between_devices_does_not_count(browser_for, device):
    device.count = None
    await add(browser_for("ines"), device)

    assert [(await sign_in(browser_for(None), device)).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("sent", [{}, [], {"credential": None}, {"credential": {"rawId": "é"}}, {"credential": "x"}])
async def test_what_is_no_answer_is_refused(browser_for, sent):
    stranger = browser_for(None)
    await stranger.post("/sign-in/passkey/options", json={})

    assert await refused(await stranger.post("/sign-in/passkey", json=sent))


async def test_what_is_no_json_is_refused(browser_for):
    reply = await browser_for(None).post("/sign-in/passkey", content=b"{", headers={"Content-Type": "application/json"})

    assert await refused(reply)


async def test_a_passkey_of_another_does_not_confirm(browser_for, people, device):
    await add(browser_for("zoe"), device)
    ines = browser_for("ines")
    options = (await ines.post("/step-up/passkey/options", json={})).json()

    assert await refused(await ines.post("/step-up/passkey", json={"credential": device.use(options)}))


async def test_a_closed_account_is_not_entered(browser_for, people, device):
    await add(browser_for("ines"), device)
    await execute("UPDATE account SET closed_at = now() WHERE id = $1", people["ines"].account)

    assert await refused(await sign_in(browser_for(None), device))


async def test_a_removed_passkey_opens_nothing(browser_for, people, device):
    ines = browser_for("ines")
    await add(ines, device)
    [kept] = await list_passkeys(people["ines"].account)

    page = await ines.page(f"/me/passkeys/{kept.id}/remove")
    gone = await ines.post(f"/me/passkeys/{kept.id}/remove")

    assert "You will sign in with your password and a code." in text_of(page.main)
    assert (gone.status_code, gone.headers["location"]) == (303, "/me/passkeys")
    assert await refused(await sign_in(browser_for(None), device))
    assert (await ines.get(f"/me/passkeys/{kept.id}/remove")).status_code == 404
    assert await told(people["ines"].account) == ["factor_added", "factor_removed"]
    recorded = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", kept.id)
    assert [row["action"] for row in recorded] == [Action.PASSKEY_ADDED, Action.PASSKEY_REVOKED]


@pytest.mark.parametrize("who", ["zoe", "paul", "sacha"])
async def test_a_passkey_of_somebody_else_does_not_exist(browser_for, people, device, who):
    await add(browser_for("ines"), device, "The phone of Inès")
    [kept] = await list_passkeys(people["ines"].account)
    other = browser_for(who)

    assert (await other.get(f"/me/passkeys/{kept.id}/remove")).status_code == 404
    assert (await other.post(f"/me/passkeys/{kept.id}/remove")).status_code == 404
    assert "Inès" not in text_of((await other.page("/me/passkeys")).main)
    assert len(await list_passkeys(people["ines"].account)) == 1


async def test_a_device_registers_once(browser_for, device):
    await add(browser_for("ines"), device)

    assert await refused(await add(browser_for("zoe"), device))


@pytest.mark.parametrize(("name", "words"), [("", "Give the passkey a name"), ("x" * 61, "Use at most 60 characters")])
async def test_the_name_is_asked_for(browser_for, device, name, words):
    by_script = await add(browser_for("ines"), device, name)
    without = await browser_for("ines").post("/me/passkeys/new", data={"name": name})

    assert words in by_script.json()["problem"]
    assert words in text_of(read(without).select_one("#name-error"))


async def test_without_javascript_the_page_says_so_and_keeps_the_name(browser_for):
    ines, paul = browser_for("ines"), browser_for("paul")

    reply = await ines.post("/me/passkeys/new", data={"name": "Mon <téléphone>"})

    assert (reply.status_code, read(reply).select_one("#name")["value"]) == (422, "Mon <téléphone>")
    assert "switched off here" in text_of(read(reply).select_one("#name-error"))
    assert read(reply).select_one("noscript a")["href"] == "/me/authenticator"
    assert not (await paul.page("/me/passkeys/new")).select("noscript a")
    explained = await browser_for(None).page(f"/sign-in/passkey?next={quote('/answers')}")
    assert "/sign-in?next=/answers" in [a["href"] for a in explained.select("main a")]


async def test_a_stranger_is_led_on_only_within_the_site(browser_for, device):
    await add(browser_for("paul"), device)

    assert (await sign_in(browser_for(None), device, "/answers")).json() == {"next": "/answers"}
    assert (await sign_in(browser_for(None), device, "//evil.example")).json() == {"next": "/home"}


@pytest.mark.parametrize("method", ["get", "post"])
async def test_who_may_see_passkeys(browser_for, method):
    path = "/me/passkeys" if method == "get" else "/me/passkeys/options"

    reply = await getattr(browser_for(None), method)(path)

    assert (reply.status_code, reply.headers["location"].partition("?")[0]) == (303, "/sign-in")
