"""A reset from the owner's side and by the rules: two people, every way in gone, one link, one objection."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from app.access.policy import Role
from app.accounts import passwords, queries, tokens
from app.accounts.actions import codes, notices, sessions, signing_in
from app.accounts.actions.places import change_membership
from app.accounts.model import NewPlace
from app.accounts.notices import Notice
from app.accounts.oidc import actions as outside
from app.accounts.oidc.model import OidcProblem
from app.accounts.oidc.queries import rpps_hash
from app.accounts.own.queries import get_profile, password_hash_of
from app.accounts.problems import Problem
from app.accounts.recovery.actions import make_recovery_codes
from app.accounts.resets import actions
from app.accounts.resets.hands import NEW_ADDRESS_WAITS
from app.accounts.resets.model import LINK_LASTS, WAITS_FOR_A_SECOND, Fault, NewReset, Stage
from app.accounts.resets.queries import get_reset
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.mailbox import list_messages
from app.lib.openid import Vouched
from tests.browser import read, text_of
from tests.people import PASSWORD, TOTP_SECRET

pytestmark = pytest.mark.usefixtures("db")

REASON = "Came to the desk with an identity card"
BETTER = "violet kettle over nine fields"
NEW = "marc.nouveau@example.org"
MADE_UP = "/reset/" + "x" * 43


async def work() -> None:
    """Do what the worker would do with the mails that wait."""
    acts = {"mail_reset_asked": actions.mail_objection, "mail_reset_link": actions.mail_link}
    await execute("DELETE FROM procrastinate_jobs WHERE task_name = 'accounts:mail_code'")
    for row in await fetch("DELETE FROM procrastinate_jobs WHERE queue_name = 'mail' RETURNING task_name, args"):
        what, args = row["task_name"].removeprefix("accounts:"), dict(re.findall(r'"(\w+)": "([^"]+)"', row["args"]))
        at = clock.now()
        if what == "tell_owner":
            await notices.send_notice(UUID(args["account"]), Notice(args["notice"]), at, at=at)
        else:
            await acts[what](UUID(args["reset"]), at=at)


def link_to(folder, address: str) -> str:
    """The path of the newest link mailed there."""
    found = [re.search(r"http://test(/reset/\S+)", message.text) for message in list_messages(folder)]
    to = [message.to for message in list_messages(folder)]
    return next(match[1] for match, who in zip(found, to, strict=True) if match and who == address)


async def asked_for(people, who: str = "marc", *, by: str = "ines", email: str = "") -> UUID:
    asked = await actions.ask_for_reset(people[by].actor, NewReset(people[who].account, REASON, email), at=clock.now())
    assert isinstance(asked, UUID)
    return asked


async def confirmed(people, who: str = "marc", *, email: str = "", by: str = "zoe") -> UUID:
    reset = await asked_for(people, who, email=email)
    await actions.confirm_reset(people[by].actor, reset, at=clock.now())
    return reset


async def add_every_factor(account: UUID) -> None:
    at, one = clock.now(), new_id()
    await execute(
        "INSERT INTO passkey (id, account, credential_id, public_key, name, created_at)"
        " VALUES ($1, $2, $3, '', '', $4)",
        one,
        account,
        one.bytes,
        at,
    )
    await execute(
        "INSERT INTO recovery_code (id, account, code_hash, created_at) VALUES ($1, $2, '', $3)", new_id(), account, at
    )
    await execute(
        "INSERT INTO oidc_identity (id, account, issuer, subject_hash, created_at) VALUES ($1, $2, 'i', '', $3)",
        new_id(),
        account,
        at,
    )


@pytest.mark.capability("E13")
async def test_confirming_ends_every_way_in_at_once(browser_for, people, mailbox):
    marc = people["marc"].account
    await add_every_factor(marc)
    browser = browser_for("marc")
    assert (await browser.get("/me")).status_code == 200

    reset = await confirmed(people)

    assert (await browser.get("/me")).headers["location"].startswith("/sign-in")
    found = await get_profile(marc, clock.now())
    assert (found.has_password, found.has_authenticator) == (False, False)
    assert (found.passkeys, found.recovery_codes, found.identities, found.sessions) == (0, 0, 0, 0)
    others = await get_profile(people["ines"].account, clock.now())
    assert (others.has_password, others.has_authenticator) == (True, True)
    about = "SELECT action FROM audit_event WHERE subject = $1 AND action LIKE 'reset.%' ORDER BY id"
    assert [row["action"] for row in await fetch(about, marc)] == [Action.RESET_ASKED, Action.RESET_CONFIRMED]
    assert (await get_reset(reset)).stage(clock.now()) is Stage.CONFIRMED


@pytest.mark.capability("E13")
async def test_the_owner_chooses_a_password_and_proves_the_new_address(browser_for, people, mailbox):
    marc = people["marc"].account
    await confirmed(people, email=NEW)
    await work()
    link, stranger = link_to(mailbox, NEW), browser_for(None)
    assert "marc@example.org" in {message.to for message in list_messages(mailbox)}
    page = await stranger.page(link)

    weak = await stranger.post(link, data={"password": "marc petit 2026"})
    empty = await stranger.post(link, data={"password": ""})
    before = await queries.get_email(marc)
    done = await stranger.post(link, data={"password": BETTER})
    again = await stranger.post(link, data={"password": "another kettle over ten fields"})

    assert NEW in text_of(page.main)
    assert (weak.status_code, empty.status_code, before) == (422, 422, "marc@example.org")
    assert "Leave out your names" in text_of(read(weak).select_one("#password-error"))
    assert (done.status_code, done.headers["location"]) == (303, "/reset/done/team")
    assert (await stranger.page("/reset/done/team")).select_one("main a.nhsuk-button")[
        "href"
    ] == "/sign-in/team?next=/me"
    assert (again.status_code, text_of(read(again).h1)) == (404, "This link no longer works")
    assert await queries.get_email(marc) == NEW
    assert (await queries.find_account_by_email(queries.email_hash(NEW)))["id"] == marc
    assert passwords.matches(BETTER, await password_hash_of(marc))
    assert BETTER not in weak.text + empty.text


async def test_a_patient_gets_back_in_by_the_new_address(browser_for, people, mailbox):
    await confirmed(people, "paul", email="paul.n@example.org", by="sacha")
    await execute("UPDATE account SET phone_verified_at = now() WHERE id = $1", people["paul"].account)
    await work()
    link, stranger = link_to(mailbox, "paul.n@example.org"), browser_for(None)
    page = await stranger.page(link)

    opened_only = await queries.get_email(people["paul"].account)
    done = await stranger.post(link)

    assert page.select("input[type=password]") == []
    assert (opened_only, done.headers["location"]) == ("paul@example.org", "/reset/done/patient")
    assert await queries.get_email(people["paul"].account) == "paul.n@example.org"
    assert await password_hash_of(people["paul"].account) is None
    # Perhaps it was lost with the rest.
    verified = "SELECT phone_verified_at FROM account WHERE id = $1"
    assert await fetch_value(verified, people["paul"].account) is None


async def test_the_owner_objects_before_anything_is_decided(browser_for, people, mailbox):
    reset = await asked_for(people)
    await work()
    link, stranger = link_to(mailbox, "marc@example.org"), browser_for(None)
    page = await stranger.page(link)

    looked = (await get_reset(reset)).stage(clock.now())
    early = await stranger.post(link, data={"password": BETTER})
    done = await stranger.post(f"{link}/objection")
    again = await stranger.post(f"{link}/objection")

    assert text_of(page.h1) == "Did you ask for a reset of your account?"
    assert (looked, early.status_code) == (Stage.ASKED, 404)
    assert text_of(read(done).h1) == "The reset will not take place"
    assert again.status_code == 404
    found = await get_reset(reset)
    assert (found.stage(clock.now()), found.refused_by) == (Stage.REFUSED, people["marc"].account)
    with pytest.raises(Refused, match="decided"):
        await actions.confirm_reset(people["zoe"].actor, reset, at=clock.now())
    assert (await get_profile(people["marc"].account, clock.now())).has_password


async def test_the_link_to_object_does_not_open_the_account(browser_for, people, mailbox):
    reset = await asked_for(people)
    await work()
    link = link_to(mailbox, "marc@example.org")
    await actions.confirm_reset(people["zoe"].actor, reset, at=clock.now())

    assert (await browser_for(None).get(link)).status_code == 404
    assert (await browser_for(None).post(link, data={"password": BETTER})).status_code == 404
    assert (await browser_for(None).post(f"{link}/objection")).status_code == 404


async def test_the_link_to_get_back_in_cannot_object(browser_for, people, mailbox):
    await confirmed(people)
    await work()

    assert (await browser_for(None).post(f"{link_to(mailbox, 'marc@example.org')}/objection")).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_link_that_opens_nothing_says_what_to_do(browser_for, language):
    browser = browser_for(None, language=language)

    for reply in (await browser.get(MADE_UP), await browser.post(MADE_UP), await browser.post(f"{MADE_UP}/objection")):
        assert reply.status_code == 404
        assert read(reply).select_one("main a.nhsuk-button")["href"] == "/sign-in"


async def test_links_and_requests_run_out(people, mailbox):
    at = clock.now()
    reset = await asked_for(people)
    with pytest.raises(Refused, match="decided"):
        await actions.confirm_reset(people["zoe"].actor, reset, at=at + WAITS_FOR_A_SECOND + timedelta(minutes=1))
    await actions.confirm_reset(people["zoe"].actor, reset, at=at)
    await work()
    token = link_to(mailbox, "marc@example.org").removeprefix("/reset/")

    assert await actions.use_reset(token, BETTER, at=at + LINK_LASTS + timedelta(minutes=1)) is None
    assert (await actions.use_reset(token, BETTER, at=at)).account == people["marc"].account


async def test_one_person_is_not_two(people):
    reset = await asked_for(people)

    with pytest.raises(Refused, match="same_person"):
        await actions.confirm_reset(people["ines"].actor, reset, at=clock.now())
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction():
            await execute("UPDATE account_reset SET confirmed_by = asked_by WHERE id = $1", reset)


async def test_nobody_has_a_hand_in_their_own_reset(people):
    own = NewReset(people["ines"].account, REASON)
    with pytest.raises(Refused, match="own_account"):
        await actions.ask_for_reset(people["ines"].actor, own, at=clock.now())
    reset = await asked_for(people, "zoe", by="sacha")
    with pytest.raises(Refused, match="own_account"):
        await actions.confirm_reset(people["zoe"].actor, reset, at=clock.now())


async def test_those_of_the_network_look_after_one_another(people):
    new = NewReset(people["sacha"].account, REASON)
    with pytest.raises(Refused, match="of_the_network"):
        await actions.ask_for_reset(people["ines"].actor, new, at=clock.now())
    third = replace(people["nour"].actor, id=people["odile"].account)
    reset = await actions.ask_for_reset(people["nour"].actor, new, at=clock.now())
    with pytest.raises(Refused, match="of_the_network"):
        await actions.confirm_reset(people["ines"].actor, reset, at=clock.now())

    await actions.confirm_reset(third, reset, at=clock.now())

    assert (await get_reset(reset)).stage(clock.now()) is Stage.CONFIRMED


async def test_one_reset_at_a_time_and_a_lost_link_is_replaced(browser_for, people, mailbox):
    first = await asked_for(people)
    new = NewReset(people["marc"].account, REASON)
    waits = await actions.ask_for_reset(people["zoe"].actor, new, at=clock.now())
    await actions.confirm_reset(people["zoe"].actor, first, at=clock.now())
    await work()
    lost = link_to(mailbox, "marc@example.org")

    second = await asked_for(people)

    assert waits is Fault.ALREADY_ASKED
    assert (await get_reset(first)).stage(clock.now()) is Stage.REFUSED
    assert (await get_reset(second)).stage(clock.now()) is Stage.ASKED
    assert (await browser_for(None).get(lost)).status_code == 404


async def test_an_address_of_somebody_else_cannot_be_taken(browser_for, people, mailbox):
    taken = NewReset(people["marc"].account, REASON, "yann@example.org")
    assert await actions.ask_for_reset(people["ines"].actor, taken, at=clock.now()) is Fault.EMAIL_UNUSABLE
    await confirmed(people, email=NEW)
    await work()
    moved = "UPDATE account SET email_hash = $2 WHERE id = $1"
    await execute(moved, people["yann"].account, queries.email_hash(NEW))

    reply = await browser_for(None).post(link_to(mailbox, NEW), data={"password": BETTER})

    assert reply.status_code == 422
    assert "This address cannot be used" in text_of(read(reply).select_one("#password-error"))


async def door(who: str = "paul") -> UUID:
    """A new try at the patients' door, with the code that the worker would mail."""
    attempt = await attempted(f"{who}@example.org")
    await codes.send_code(attempt, at=clock.now())
    return attempt


async def attempted(email: str) -> UUID:
    await execute("DELETE FROM throttle")  # as if a minute had passed since the last one
    token = await signing_in.ask_for_code(email, at=clock.now())
    return await fetch_value("SELECT id FROM sign_in_attempt WHERE token_hash = $1", tokens.hash_of(token))


def codes_to(folder, address: str) -> list[str]:
    return [one.text for one in list_messages(folder) if one.to == address and re.search(r"\b\d{6}\b", one.text)]


async def test_until_the_link_is_used_the_lost_mailbox_opens_nothing(people, mailbox):
    paul = people["paul"].account
    before = await attempted("paul@example.org")
    await confirmed(people, "paul", email="paul.n@example.org", by="sacha")
    paper = (await make_recovery_codes(people["paul"].actor, at=clock.now()))[0]

    await codes.send_code(before, at=clock.now())
    await door()
    await execute("DELETE FROM throttle")
    token = await signing_in.ask_for_code("paul@example.org", at=clock.now())
    on_paper = await signing_in.sign_in(token, paper, None, on_paper=True, at=clock.now())

    assert codes_to(mailbox, "paul@example.org") == []
    assert on_paper is Problem.RECOVERY_CODE_WRONG
    with pytest.raises(Refused, match=r"account\.closed"):  # whatever was proven while it was being confirmed
        await sessions.open_session(paul, at=clock.now())


async def test_a_professional_known_elsewhere_waits_for_the_link_too(people):
    tom, here = people["tom"].account, Vouched("https://idp.example", "tom", True, "10001234567")
    await execute("UPDATE account SET rpps_hash = $2 WHERE id = $1", tom, rpps_hash(here.rpps))
    reset = await confirmed(people, "tom", by="sacha")

    assert await outside.sign_in(here, None, at=clock.now()) is OidcProblem.UNKNOWN
    assert await signing_in.check_password("tom@example.org", PASSWORD, at=clock.now()) is Problem.NOT_RECOGNISED

    await actions.refuse_reset(people["sacha"].actor, reset, at=clock.now())
    assert (await outside.sign_in(here, None, at=clock.now())).account == tom


@pytest.mark.parametrize("end", ["withdrawn", "ran out", "used"])
async def test_what_ends_a_reset_gives_the_account_back(people, mailbox, end):
    """A new address that was mistyped locks nobody out for ever."""
    at = clock.now()
    first = await confirmed(people, "paul", by="sacha")
    again = await asked_for(people, "paul")  # the link was lost: what holds the mailbox back goes on
    await door()
    assert codes_to(mailbox, "paul@example.org") == []

    await actions.confirm_reset(people["sacha"].actor, again, at=at)
    await work()
    if end == "withdrawn":
        await actions.refuse_reset(people["odile"].actor, again, at=at)
    elif end == "used":
        await actions.use_reset(link_to(mailbox, "paul@example.org").removeprefix("/reset/"), "", at=at)
    else:
        await execute("UPDATE account_reset SET valid_until = $2 WHERE id = ANY($1)", [first, again], at)
    await door()

    assert len(codes_to(mailbox, "paul@example.org")) == 1
    assert (await sessions.open_session(people["paul"].account, at=clock.now())).account == people["paul"].account


async def test_what_was_gained_meanwhile_ends_when_the_link_is_used(people, mailbox):
    marc = people["marc"].account
    await confirmed(people)
    await work()
    await add_every_factor(marc)
    meanwhile = (
        "INSERT INTO session (id, token_hash, account, csrf_secret, created_at, last_seen_at, idle_until, valid_until)"
        " VALUES ($1, $2, $3, '', now(), now(), now() + interval '1 hour', now() + interval '1 hour')"
    )
    await execute(meanwhile, new_id(), b"gained", marc)

    await actions.use_reset(link_to(mailbox, "marc@example.org").removeprefix("/reset/"), BETTER, at=clock.now())

    found = await get_profile(marc, clock.now())
    assert (found.passkeys, found.recovery_codes, found.identities, found.sessions) == (0, 0, 0, 0)
    assert found.has_password


async def test_a_new_address_of_one_centre_alone_works_after_twelve_hours(browser_for, people, mailbox):
    at = clock.now()
    reset = await confirmed(people, "tom", email="tom.n@example.org", by="odile")
    await work()
    link = link_to(mailbox, "tom.n@example.org")

    page = await browser_for(None).page(link)
    sent = await browser_for(None).post(link, data={"password": BETTER})
    token, found = link.removeprefix("/reset/"), await get_reset(reset)

    assert page.select("main form") == []
    assert "This link works from" in text_of(page.main)
    assert sent.status_code == 422
    assert found.valid_from - found.confirmed_at == NEW_ADDRESS_WAITS
    assert found.valid_until - found.valid_from == LINK_LASTS
    assert (await actions.use_reset(token, BETTER, at=at + NEW_ADDRESS_WAITS + timedelta(minutes=1))).id == reset
    # At once where somebody from outside the centre agrees, or the address is the known one.
    outside_of_it = await confirmed(people, "hugo", email="hugo.n@example.org", by="sacha")
    known = await confirmed(people, "tom", by="odile")
    for one in (outside_of_it, known):
        assert (await get_reset(one)).works_from(clock.now()) is None


@pytest.mark.parametrize(("giver", "given"), [("ines", "odile"), ("odile", "ines")])
async def test_who_gave_the_other_their_place_is_no_second(people, giver, given):
    to_give = "UPDATE membership SET given_by = $2 WHERE account = $1"
    await execute(to_give, people[given].account, people[giver].account)
    reset = await asked_for(people, "tom")

    with pytest.raises(Refused, match="placed_by_the_other"):
        await actions.confirm_reset(people["odile"].actor, reset, at=clock.now())


@pytest.mark.parametrize("who", ["ines", "odile"])
async def test_a_place_of_yesterday_gives_no_hand(people, who):
    day = clock.now().date() - timedelta(days=6)
    await execute("UPDATE membership SET given_on = $2 WHERE account = $1", people[who].account, day)
    reset = await asked_for(people, "tom")

    with pytest.raises(Refused, match="place_too_new"):
        await actions.confirm_reset(people["odile"].actor, reset, at=clock.now())


async def test_the_power_that_is_given_later_counts_from_then(people):
    hugo = await fetch_value("SELECT id FROM membership WHERE account = $1", people["hugo"].account)
    leads = NewPlace(people.lyon, "arc", Role.ARC, administers=True)
    await change_membership(people["ines"].actor, hugo, leads, at=clock.now())
    reset, actor = await asked_for(people, "tom"), replace(people["hugo"].actor, administers=True)

    with pytest.raises(Refused, match="placed_by_the_other"):
        await actions.confirm_reset(actor, reset, at=clock.now())


async def test_one_centre_alone_resets_nobody_who_works_in_another(people):
    reset = await asked_for(people, "marc")

    with pytest.raises(Refused, match="other_centre_needed"):
        await actions.confirm_reset(people["odile"].actor, reset, at=clock.now())
    await actions.confirm_reset(people["zoe"].actor, reset, at=clock.now())


async def test_a_mail_sent_twice_brings_a_fresh_link(browser_for, people, mailbox):
    reset = await confirmed(people)
    await work()
    first = link_to(mailbox, "marc@example.org")
    await actions.mail_link(reset, at=clock.now())
    second = link_to(mailbox, "marc@example.org")

    assert (await browser_for(None).get(first)).status_code == 404
    assert (await browser_for(None).get(second)).status_code == 200
    held = await fetch_value("SELECT token_hash FROM account_reset WHERE id = $1", reset)
    assert held == tokens.hash_of(second.removeprefix("/reset/"))


async def test_what_is_kept_names_nobody_and_no_secret(people, mailbox):
    reset = await confirmed(people, email=NEW)
    await work()

    kept = dict(await _row(reset))
    text = repr([value for value in kept.values() if value is not None])
    assert REASON not in text
    assert NEW not in text
    events = await fetch("SELECT details FROM audit_event WHERE subject = $1", people["marc"].account)
    assert not [row for row in events if NEW in row["details"] or REASON in row["details"]]
    assert TOTP_SECRET not in text


async def _row(reset: UUID):
    return (await fetch("SELECT * FROM account_reset WHERE id = $1", reset))[0]
