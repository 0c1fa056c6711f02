"""Invitations: who may invite, what the mail says, what its link does, and what becomes of it."""

import re
from asyncio import get_running_loop
from datetime import timedelta
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP

from app.access.policy import Role
from app.accounts import passwords, queries, tokens
from app.accounts.actions.opening import close_account, create_account
from app.accounts.actions.places import change_membership, end_membership
from app.accounts.invitations import actions
from app.accounts.model import Kind, NewAccount, NewPlace
from app.accounts.organisations.actions import close_organisation
from app.audit.actions import NOBODY, Action
from app.cli.local import free_port
from app.lib import clock
from app.lib.db import execute, fetch, fetch_row, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.mailbox import list_messages
from app.settings import settings
from tests.browser import read, text_of

HERE = "/administration/invitations"
EMAIL = "nina.roux@example.org"
FORM = {
    "email": " Nina.Roux@Example.org ",
    "given_name": "Nina",
    "family_name": "Roux",
    "language": "en",
    "profession": "psychologist",
    "access": "team",
}
PASSWORD = "seven herons over quiet water"
NO_NAME = "Write the name in letters, at most 80 of them, with a space after each full stop"
NEW = {"given_name": "Nina", "family_name": "Roux", "password": PASSWORD}


async def run_mail_jobs() -> None:
    """Do what the worker would do with the invitations that wait."""
    found = "DELETE FROM procrastinate_jobs WHERE task_name = 'invitations:mail_invitation' RETURNING args"
    for row in await fetch(found):
        invitation = re.search(r'"invitation": "([^"]+)"', row["args"])
        assert invitation is not None
        await actions.mail_invitation(invitation[1], at=clock.now())


async def invited(browser_for, mailbox, who: str = "odile", **typed: str) -> str:
    """Invite, send the mail, and read its link."""
    reply = await browser_for(who).post(HERE, data=FORM | typed)
    assert reply.status_code == 303, text_of(read(reply).main)
    await run_mail_jobs()
    return link_in(mailbox)


def link_in(mailbox) -> str:
    found = re.search(r"http://test(/invitations/\S+)", list_messages(mailbox)[0].text)
    assert found is not None
    return found[1]


async def only_invitation():
    [row] = await fetch("SELECT * FROM invitation")
    return row


async def state_of(browser_for, who: str = "odile") -> str:
    """What the list says of the only invitation."""
    page = await browser_for(who).page(HERE)
    [status] = page.select("tbody .co-status")
    return text_of(status)


def errors(reply) -> dict[str, str]:
    return {str(a["href"])[1:]: a.text for a in read(reply).select(".nhsuk-error-summary__list a")}


@pytest.mark.capability("E35")
@pytest.mark.capability("E26")
async def test_an_invited_professional_opens_an_account_and_gets_in(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox)
    [message] = list_messages(mailbox)
    nina = browser_for(None)
    page = await nina.page(link)
    reply = await nina.post(link, data=NEW)

    assert (message.to, message.subject) == (EMAIL, "Your invitation to Centre expert de Lyon on Cohorte")
    assert "Odile Garnier invites you" in message.text
    assert "Odile Garnier invites you to work with this team" in text_of(page.main)
    assert page.select_one("#given_name")["value"] == "Nina"
    assert (reply.status_code, reply.headers["location"]) == (303, "/invitations/accepted")

    session, actor = await queries.find_session(tokens.hash_of(nina.cookies["cohorte_session"]), clock.now())
    assert (actor.role, actor.organisation, actor.name) == (Role.PRACTITIONER, people.lyon, "Nina Roux")
    account = await fetch_row("SELECT kind, email_verified_at, password_hash FROM account WHERE id = $1", actor.id)
    assert (account["kind"], account["email_verified_at"] is not None) == ("professional", True)
    assert passwords.matches(PASSWORD, account["password_hash"])
    assert await fetch_value("SELECT method FROM session WHERE id = $1", session.id) == "invitation"
    row = await only_invitation()
    assert (row["account"], row["accepted_at"] is not None) == (actor.id, True)


async def test_nothing_of_a_patient_comes_before_the_course(browser_for, people, mailbox):
    nina = browser_for(None)
    await nina.post(await invited(browser_for, mailbox), data=NEW)
    nina.secret = await fetch_value("SELECT csrf_secret FROM session ORDER BY created_at DESC LIMIT 1")

    welcome = text_of((await nina.page("/invitations/accepted")).main)
    assert "You act in Centre expert de Lyon from now on." in welcome
    assert "A short course first" in welcome
    assert "Add a passkey" in welcome
    for path in ("/today", "/patients", f"/patients/{people.paul_patient}"):
        assert (await nina.get(path)).headers["location"].startswith("/training?next=")


async def test_the_list_says_what_became_of_it(browser_for, mailbox):
    await browser_for("odile").post(HERE, data=FORM)
    states = [await state_of(browser_for)]
    await run_mail_jobs()
    states.append(await state_of(browser_for))
    nina = browser_for(None)
    link = link_in(mailbox)
    await nina.get(link)
    states.append(await state_of(browser_for))
    await nina.post(link, data=NEW)
    states.append(await state_of(browser_for))

    assert states == ["Being sent", "Email sent", "Link opened", "Accepted"]
    invitation = (await only_invitation())["id"]
    events = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", invitation)
    assert [row["action"] for row in events] == [
        Action.INVITATION_SENT,
        Action.DELIVERY_NOTED,
        Action.INVITATION_SENT,
        Action.INVITATION_OPENED,
        Action.INVITATION_ACCEPTED,
    ]


async def test_opening_the_link_accepts_nothing(browser_for, mailbox):
    link = await invited(browser_for, mailbox)
    for _ in range(3):
        await browser_for(None).get(link)

    assert (await only_invitation())["accepted_at"] is None
    assert await fetch_value("SELECT count(*) FROM account WHERE email_hash = $1", queries.email_hash(EMAIL)) == 0


class Unknown:
    """A mail server's rules: nobody is known here."""

    def __init__(self) -> None:
        setattr(self, "handle_" + "RCPT", self.refuse)

    async def refuse(self, *_asked) -> str:
        return "550 5.1.1 nobody of that name"


async def test_a_letter_that_comes_back_is_said(browser_for, monkeypatch):
    port = free_port()
    server = await get_running_loop().create_server(lambda: SMTP(Unknown()), "127.0.0.1", port)
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    await browser_for("odile").post(HERE, data=FORM)
    await run_mail_jobs()
    server.close()
    monkeypatch.undo()
    settings.cache_clear()

    assert await state_of(browser_for) == "Email came back"
    assert "Invitations that came back" in text_of((await browser_for("odile").page("/administration")).main)
    assert "Nina Roux" in text_of((await browser_for("odile").page(f"{HERE}?show=bounced")).main)
    assert "Nina Roux" not in text_of((await browser_for("zoe").page(f"{HERE}?show=bounced")).main)


async def test_a_letter_that_comes_back_later_is_said_too(browser_for, mailbox):
    await invited(browser_for, mailbox)
    invitation = (await only_invitation())["id"]
    tag = await execute("UPDATE delivery SET state = 'bounced' WHERE subject = $1", invitation)
    assert tag == "UPDATE 1"
    assert await state_of(browser_for) == "Email came back"
    assert "Invitations that came back" in text_of((await browser_for("odile").page("/administration")).main)


async def test_one_sent_again_has_a_new_link_and_the_old_one_dies(browser_for, mailbox):
    old = await invited(browser_for, mailbox)
    invitation = (await only_invitation())["id"]
    await browser_for("odile").post(f"{HERE}/{invitation}/again")
    assert (await browser_for(None).get(old)).status_code == 404
    await run_mail_jobs()
    new = link_in(mailbox)

    assert new != old
    assert (await browser_for(None).get(old)).status_code == 404
    assert (await browser_for(None).get(new)).status_code == 200


async def test_a_link_that_ran_out_works_again_once_it_is_sent_again(browser_for, mailbox):
    link = await invited(browser_for, mailbox)
    await execute("UPDATE invitation SET valid_until = now() - interval '1 second'")
    assert (await browser_for(None).get(link)).status_code == 404
    assert await state_of(browser_for) == "Run out"

    await browser_for("odile").post(f"{HERE}/{(await only_invitation())['id']}/again")
    await run_mail_jobs()
    row = await only_invitation()
    assert (await browser_for(None).get(link_in(mailbox))).status_code == 200
    assert row["valid_until"] - row["sent_at"] == timedelta(days=7)


async def test_unknown_used_late_and_withdrawn_links_look_alike(browser_for, mailbox):
    used = await invited(browser_for, mailbox)
    await browser_for(None).post(used, data=NEW)
    withdrawn = await invited(browser_for, mailbox, email="a@example.org")
    invitation = await fetch_value("SELECT id FROM invitation ORDER BY id DESC LIMIT 1")
    await browser_for("odile").post(f"{HERE}/{invitation}/withdraw")
    late = await invited(browser_for, mailbox, email="b@example.org")
    await execute("UPDATE invitation SET valid_until = now() WHERE accepted_at IS NULL")

    stranger = browser_for(None)
    replies = [await stranger.get(link) for link in ("/invitations/made-up", used, withdrawn, late)]
    sent = [await stranger.post(link, data=NEW) for link in ("/invitations/made-up", used, withdrawn, late)]
    assert {reply.status_code for reply in (*replies, *sent)} == {404}
    assert len({text_of(read(reply).main) for reply in (*replies, *sent)}) == 1
    assert "ask the person who invited you to send it again" in text_of(read(replies[0]).main)


async def test_a_link_works_once(browser_for, mailbox):
    link = await invited(browser_for, mailbox)
    first = await browser_for(None).post(link, data=NEW)
    second = await browser_for(None).post(link, data=NEW | {"given_name": "Somebody", "family_name": "Else"})

    assert (first.status_code, second.status_code) == (303, 404)
    assert await fetch_value("SELECT count(*) FROM account WHERE email_hash = $1", queries.email_hash(EMAIL)) == 1


async def test_the_link_of_a_closed_centre_does_not_work(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox)
    await close_organisation(people["sacha"].account, people.lyon, "Fermé", leaves_patients=True, at=clock.now())
    assert (await browser_for(None).get(link)).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("given_name", " ", "Enter the given name"),
        ("given_name", "win.example", NO_NAME),
        ("family_name", "x" * 81, "Shorten this to 80 characters at most"),
        ("password", "", "Choose a password"),
        ("password", "short", "Use at least 12 characters. Four or five words in a row make a good password."),
        ("password", "qwertyuiop123", "This password is on lists that are tried first. Choose another one."),
        ("password", "nina.roux.1234", "Leave out your names and your address: add words that nobody links to you."),
    ],
)
async def test_a_fault_is_said_beside_its_field(browser_for, mailbox, field, typed, words):
    link = await invited(browser_for, mailbox)
    reply = await browser_for(None).post(link, data=NEW | {field: typed})

    page = read(reply)
    assert (reply.status_code, errors(reply)) == (422, {field: words})
    assert page.select_one("#password")["value"] == ""
    assert page.title.text.startswith("Error: ")
    assert (await only_invitation())["accepted_at"] is None


async def test_an_address_with_an_account_signs_in_first_and_gets_no_second_one(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox, email="zoe@example.org")
    before = await fetch_value("SELECT count(*) FROM account")
    stranger = browser_for(None)
    page = await stranger.page(link)
    forced = await stranger.post(link, data=NEW)
    asked = await stranger.post(f"{link}/accept")

    assert page.select(".co-card a.nhsuk-button")[0]["href"].startswith("/sign-in/team?next=/invitations/")
    assert page.select("#password") == []
    assert (forced.status_code, asked.status_code) == (200, 303)
    assert asked.headers["location"].startswith("/sign-in?next=")
    assert await fetch_value("SELECT count(*) FROM account") == before

    zoe = browser_for("zoe")
    offered = await zoe.page(link)
    done = await zoe.post(f"{link}/accept")
    assert offered.select_one(f"form[action='{link}/accept']") is not None
    assert (done.status_code, done.headers["location"]) == (303, "/invitations/accepted")
    held = await queries.list_memberships(people["zoe"].account, clock.day_in("Europe/Paris", clock.now()))
    assert {place.organisation for place in held} == {people.lyon, people.brest}
    assert "You act in Centre expert de Lyon" in text_of((await zoe.page("/invitations/accepted")).main)
    assert await fetch_value("SELECT count(*) FROM account") == before


async def test_an_invitation_is_for_its_address_alone(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox, email="zoe@example.org")
    for who in ("hugo", "lucie", "sacha"):
        page = await browser_for(who).page(link)
        assert "This invitation is for the address above." in text_of(page.main)
    await browser_for("lucie").post(f"{link}/accept")
    assert await fetch_value("SELECT count(*) FROM membership WHERE account = $1", people["lucie"].account) == 0
    assert (await browser_for("paul").post(f"{link}/accept")).status_code == 403

    out = await browser_for("hugo").post(f"{link}/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, link)
    assert (await browser_for("hugo").get("/questionnaires")).headers["location"].startswith("/sign-in")


async def test_the_address_of_a_patient_gets_no_place(browser_for, mailbox):
    link = await invited(browser_for, mailbox, email="paul@example.org")
    for who in (None, "paul"):
        page = await browser_for(who).page(link)
        assert "another kind of account" in text_of(page.main)
        assert page.select(f"form[action^='{link}']") == []


async def test_an_account_opened_meanwhile_is_not_doubled(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox)
    new = NewAccount(kind=Kind.PROFESSIONAL, email=EMAIL, given_name="N", family_name="R", password=PASSWORD)
    await create_account(NOBODY, new, at=clock.now())
    reply = await browser_for(None).post(link, data=NEW)
    assert "Sign in, and you come back here to accept." in text_of(read(reply).main)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("email", "", "Enter the email address"),
        ("email", "nina", "Enter an email address like name@example.org"),
        ("email", "marc@example.org", "This person already has a place in this centre"),
        ("given_name", "", "Enter the given name"),
        ("family_name", "http://x.example", NO_NAME),
        ("profession", "wizard", "Choose the profession"),
        ("access", "", "Choose what the person does in the centre"),
        ("access", "superadmin", "Choose what the person does in the centre"),
        ("language", "eo", "Choose the language of the email"),
    ],
)
async def test_the_form_refuses_and_keeps_what_was_typed(browser_for, field, typed, words):
    reply = await browser_for("odile").post(HERE, data=FORM | {field: typed})

    page = read(reply)
    assert (reply.status_code, errors(reply)) == (422, {field: words})
    kept = {"given_name": "Nina", "family_name": "Roux"}
    assert all(page.select_one(f"#{name}")["value"] == value for name, value in kept.items() if name != field)
    assert await fetch_value("SELECT count(*) FROM invitation") == 0


async def test_nobody_is_invited_twice_to_one_centre(browser_for):
    await browser_for("odile").post(HERE, data=FORM)
    again = await browser_for("ines").post(HERE, data=FORM)
    other = await browser_for("zoe").post(HERE, data=FORM)

    assert errors(again) == {
        "email": "This address is already invited to this centre. Send that invitation again instead."
    }
    assert other.status_code == 303


async def test_one_person_does_not_write_to_everybody(browser_for, people):
    for n in range(actions.BY_ONE_PERSON.tries):
        await browser_for("odile").post(HERE, data=FORM | {"email": f"n{n}@example.org"})
    reply = await browser_for("odile").post(HERE, data=FORM)

    assert errors(reply) == {"email": "Too many invitations today. Go on tomorrow, or ask another administrator."}
    assert (await browser_for("ines").post(HERE, data=FORM)).status_code == 303


async def test_a_centre_invites_to_itself_whatever_it_sends(browser_for, people):
    await browser_for("odile").post(HERE, data=FORM | {"organisation": str(people.brest)})
    assert (await only_invitation())["organisation"] == people.lyon
    unchosen = await browser_for("sacha").post(HERE, data=FORM)
    await browser_for("sacha").post(HERE, data=FORM | {"organisation": str(people.brest)})
    assert errors(unchosen) == {"organisation": "Choose a centre"}
    assert await fetch_value("SELECT count(*) FROM invitation WHERE organisation = $1", people.brest) == 1


async def test_an_administrator_is_invited_without_patients(browser_for, people, mailbox):
    nina = browser_for(None)
    link = await invited(browser_for, mailbox, profession="other", access="accounts")
    await nina.post(link, data=NEW)
    assert (await nina.get("/administration")).status_code == 200
    assert (await nina.get(f"/patients/{people.paul_patient}")).status_code == 404


async def test_who_manages_which_invitation(browser_for, people, mailbox):
    await invited(browser_for, mailbox)
    invitation = (await only_invitation())["id"]
    assert "Nina Roux" not in text_of((await browser_for("zoe").page(HERE)).main)
    assert "Nina Roux" in text_of((await browser_for("sacha").page(HERE)).main)
    for part in ("again", "withdraw"):
        path = f"{HERE}/{invitation}/{part}"
        found = {who: (await browser_for(who).post(path)).status_code for who in ("zoe", "paul", "lucie", "marc")}
        assert found == {"zoe": 404, "paul": 404, "lucie": 404, "marc": 403}
        assert (await browser_for("odile").post(f"{HERE}/{new_id()}/{part}")).status_code == 404
    assert (await only_invitation())["revoked_at"] is None


async def test_names_and_addresses_are_sealed_and_in_no_event(browser_for, mailbox):
    await invited(browser_for, mailbox)
    row = await only_invitation()
    kept = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert not any(word in kept for word in (b"Nina", b"Roux", b"example.org"))
    events = await fetch("SELECT details FROM audit_event WHERE subject = $1", row["id"])
    assert not any("Nina" in event["details"] or "example" in event["details"] for event in events)
    token = link_in(mailbox).removeprefix("/invitations/")
    assert row["token_hash"] == tokens.hash_of(token)


async def place_of(who) -> UUID:
    return await fetch_value("SELECT id FROM membership WHERE account = $1", who.account)


@pytest.mark.parametrize("how", ["ended", "changed", "closed"])
async def test_an_offer_does_not_outlive_the_power_to_make_it(browser_for, people, mailbox, how):
    at, sacha, odile = clock.now(), people["sacha"].actor, people["odile"]
    await browser_for("ines").post(HERE, data=FORM | {"email": "other@example.org"})
    link = await invited(browser_for, mailbox)

    if how == "ended":
        await end_membership(sacha, await place_of(odile), None, at=at)
    elif how == "changed":
        await change_membership(sacha, await place_of(odile), NewPlace(people.lyon, "arc", Role.ARC), at=at)
    else:
        await close_account(sacha.id, odile.account, at=at)

    reply = await browser_for(None).post(link, data=NEW)
    rows = await fetch("SELECT id, invited_by, revoked_at FROM invitation")
    assert reply.status_code == 404
    assert {row["invited_by"]: row["revoked_at"] is not None for row in rows} == {
        odile.account: True,
        people["ines"].account: False,
    }
    [mine] = [row["id"] for row in rows if row["invited_by"] == odile.account]
    said = "SELECT actor FROM audit_event WHERE subject = $1 AND action = $2"
    assert [row["actor"] for row in await fetch(said, mine, Action.INVITATION_REVOKED)] == [sacha.id]


async def test_a_place_that_ran_out_gives_no_other(browser_for, people, mailbox):
    link = await invited(browser_for, mailbox)
    ended = "UPDATE membership SET valid_to = '2025-06-01' WHERE account = $1"
    await execute(ended, people["odile"].account)

    opened = await browser_for(None).get(link)
    taken = await browser_for(None).post(link, data=NEW)

    assert (opened.status_code, taken.status_code) == (404, 404)
    token = link.removeprefix("/invitations/")
    with pytest.raises(Refused, match=r"invitation\.over"):
        await actions.accept_with_new_account(token, ("Nina", "Roux"), PASSWORD, None, at=clock.now())
    assert (await only_invitation())["accepted_at"] is None

    await browser_for("ines").post(f"{HERE}/{(await only_invitation())['id']}/again")
    await run_mail_jobs()
    assert "Inès Moreau invites you" in list_messages(mailbox)[0].text
    assert (await browser_for(None).get(link_in(mailbox))).status_code == 200
