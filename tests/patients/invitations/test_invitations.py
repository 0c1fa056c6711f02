"""Inviting a patient or somebody close: what the mail says, what its link asks, what it gives, what becomes of it."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from app.accounts.actions.opening import create_account
from app.accounts.actions.places import link_patient
from app.accounts.model import Kind, NewAccount
from app.accounts.proxies.model import Terms
from app.audit.actions import NOBODY
from app.lib import clock, i18n
from app.lib.db import execute, fetch, fetch_row, fetch_value
from app.lib.ids import new_id
from app.lib.mailbox import list_messages
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.invitations import actions
from tests.browser import Browser, read, text_of
from tests.people import signed_in

MINA = NewContact(given_name="Mina", family_name="Roux", email="mina@example.org", language="en", kind="grandparent")
RIGHTS = {"rights": ["view", "answer", "remind"]}
LEAS_BIRTH = {"born-day": "2", "born-month": "3", "born-year": "2014"}


async def run_mail_jobs() -> None:
    """Do what the worker would do with the invitations that wait."""
    found = f"DELETE FROM procrastinate_jobs WHERE task_name = '{actions.MAIL.name}' RETURNING args"
    for row in await fetch(found):
        invitation = re.search(r'"invitation": "([^"]+)"', row["args"])
        assert invitation is not None
        await actions.mail_invitation(invitation[1], at=clock.now())


def link_in(mailbox) -> str:
    found = re.search(r"http://test(/invitation/\S+)", list_messages(mailbox)[0].text)
    assert found is not None
    return found[1]


async def invited(browser_for, people, mailbox, email: str = MINA.email, contact=None) -> str:
    """Inès invites Mina for Léa, at this address; the link that she is mailed."""
    lea = people.lea_patient
    contact = contact or await add_contact(people["ines"].actor, lea, MINA, at=clock.now())
    form = {"email": email, "language": "en"} | RIGHTS
    reply = await browser_for("ines").post(f"/patients/{lea}/contacts/{contact}/invite", data=form)
    assert reply.status_code == 303, text_of(read(reply).main)
    await run_mail_jobs()
    return link_in(mailbox)


async def proven(browser: Browser, link: str) -> Browser:
    """The browser, having known Léa's birth date."""
    reply = await browser.post(f"{link}/birth-date", data=LEAS_BIRTH)
    assert reply.status_code == 303
    return browser


async def state_of(browser_for, people) -> str:
    page = await browser_for("ines").page(f"/patients/{people.lea_patient}/contacts")
    return text_of(page.select_one(".co-legend.nhsuk-u-margin-top-1 .co-status"))


@pytest.mark.capability("E26")
async def test_somebody_close_is_invited_opens_an_account_and_answers(browser_for, people, mailbox):
    link = await invited(browser_for, people, mailbox)
    states = [await state_of(browser_for, people)]
    stranger = browser_for(None)
    first = text_of((await stranger.page(link)).main)
    states.append(await state_of(browser_for, people))
    await proven(stranger, link)
    offered = await stranger.page(link)
    done = await stranger.post(link, data={"given_name": "Mina", "family_name": "Roux"})

    assert states == ["Invitation: email sent", "Invitation: link opened"]
    assert "Léa" not in first
    assert "Answer for Léa Martin" in text_of(offered.h1)
    assert "Grandparent" in text_of(offered.main)
    assert offered.select_one("#given_name")["value"] == "Mina"
    assert done.headers["location"] == "/home"
    row = await fetch_row(
        "SELECT l.rights, l.relationship, a.kind FROM patient_link l JOIN account a ON a.id = l.account"
        " WHERE l.patient = $1 AND l.contact IS NOT NULL",
        people.lea_patient,
    )
    assert (row["rights"], row["relationship"], row["kind"]) == (["answer", "remind", "view"], "grandparent", "patient")
    page = text_of((await browser_for("ines").page(f"/patients/{people.lea_patient}/contacts")).main)
    assert "Mina Roux Answers for the patient" in page
    assert (await browser_for(None).get(link)).status_code == 404


async def test_the_letter_and_the_page_name_no_patient(browser_for, people, mailbox):
    link = await invited(browser_for, people, mailbox)
    [letter] = list_messages(mailbox)
    page = await browser_for(None).get(link)

    whole = message_from_bytes(next(mailbox.glob("*.eml")).read_bytes(), policy=default)
    parts = [part.get_content() for part in whole.walk() if not part.is_multipart()]
    assert len(parts) == 2
    for text in (letter.subject, *parts, page.text):
        for secret in ("Léa", "Martin", "Mina", "2014", str(people.lea_patient)):
            assert secret not in text
    assert "Inès Moreau" in letter.text
    assert "Centre expert de Lyon" in letter.subject


async def test_five_wrong_birth_dates_close_the_link_and_a_new_one_opens(browser_for, people, mailbox):
    link, stranger = await invited(browser_for, people, mailbox), browser_for(None)
    empty = await stranger.post(f"{link}/birth-date", data={"born-day": "2"})
    wrong = [await stranger.post(f"{link}/birth-date", data=LEAS_BIRTH | {"born-day": "3"}) for _ in range(5)]
    right = await stranger.post(f"{link}/birth-date", data=LEAS_BIRTH)

    assert empty.status_code == 422
    assert [one.status_code for one in wrong] == [422, 422, 422, 422, 404]
    assert "4 more times" in text_of(read(wrong[0]).main)
    assert right.status_code == 404
    assert await state_of(browser_for, people) == "Invitation: closed after five wrong birth dates"
    invitation = await fetch_value("SELECT id FROM patient_invitation")
    await browser_for("ines").post(f"/patients/{people.lea_patient}/invitations/{invitation}/again")
    await run_mail_jobs()
    assert (await stranger.get(link)).status_code == 404
    await proven(stranger, link_in(mailbox))


async def test_without_the_birth_date_nothing_is_given(browser_for, people, mailbox):
    link, stranger = await invited(browser_for, people, mailbox), browser_for(None)
    names = {"given_name": "Mina", "family_name": "Roux"}
    skipped = await stranger.post(link, data=names)
    forged = await browser_for(None).post(link, data=names, headers={"Cookie": "cohorte_invited=guessed"})

    assert "birth date" in text_of(read(skipped).main)
    assert "Léa" not in skipped.text + forged.text
    assert await fetch_value("SELECT count(*) FROM account WHERE kind = 'patient'") == 3


async def test_an_account_of_the_address_is_linked_and_never_doubled(browser_for, people, mailbox, application):
    """Mina has an account: not signed in she is sent to sign in; signed in as somebody else, to sign out."""
    new = NewAccount(kind=Kind.PATIENT, email="mina@example.org", given_name="Mina", family_name="Roux")
    account = await create_account(NOBODY, new, at=clock.now())
    link = await invited(browser_for, people, mailbox)
    stranger, paul = await proven(browser_for(None), link), await proven(browser_for("paul"), link)
    # The last browser that knew the birth date goes on; the first asks again.
    await proven(stranger, link)
    page = await stranger.page(link)
    refused = await stranger.post(link, data={"given_name": "M", "family_name": "R"})
    await proven(paul, link)
    other = text_of((await paul.page(link)).main)
    mina = await signed_in(account, "mina@example.org")
    own = Browser(application, mina.signed_in.csrf_secret, cohorte_session=mina.signed_in.token)
    await proven(own, link)
    done = await own.post(f"{link}/accept")

    assert page.select_one("a.nhsuk-button")["href"].startswith("/sign-in?next=%2Finvitation%2F") or page.select_one(
        "a.nhsuk-button"
    )["href"].startswith("/sign-in?next=/invitation/")
    assert "You have an account with this address" in text_of(read(refused).main)
    assert "Sign out and go on" in other
    assert done.headers["location"] == "/home"
    assert (
        await fetch_value(
            "SELECT count(*) FROM account WHERE email_hash = (SELECT email_hash FROM account WHERE id = $1)", account
        )
        == 1
    )
    assert await fetch_value("SELECT patient FROM patient_link WHERE account = $1", account) == people.lea_patient


async def test_one_contact_answers_with_one_account(browser_for, people, mailbox):
    """Mina's invitation went to a mistyped address, whose owner accepted, then to the right one: it is refused."""
    here, ines = f"/patients/{people.lea_patient}/contacts", browser_for("ines")
    contact = await add_contact(people["ines"].actor, people.lea_patient, MINA, at=clock.now())
    wrong = await invited(browser_for, people, mailbox, "boris@example.org", contact)
    right = await invited(browser_for, people, mailbox, contact=contact)
    for link, name in ((wrong, "Boris"), (right, "Mina")):
        last = await (await proven(browser_for(None), link)).post(
            link, data={"given_name": name, "family_name": "Roux"}
        )
    third = await ines.post(f"{here}/{contact}/invite", data={"email": "mina2@example.org", "language": "en"} | RIGHTS)

    assert last.status_code == 409
    assert "Somebody answers for the patient as this contact already" in text_of(read(last).main)
    assert third.status_code == 422
    line = text_of((await ines.page(here)).select_one("section[aria-labelledby=contacts] li"))
    assert "With the account of Boris Roux" in line


async def test_every_account_that_answers_is_shown_and_ends_with_the_contact(browser_for, people):
    """As one contact two accounts may answer after a merge: both are named, and both end."""
    here, ines, at = f"/patients/{people.lea_patient}/contacts", browser_for("ines"), clock.now()
    contact = await add_contact(people["ines"].actor, people.lea_patient, MINA, at=at)
    person = await fetch_value("SELECT contact FROM relationship WHERE id = $1", contact)
    terms, since = Terms(contact=person), clock.day_in(i18n.ZONE, at)
    for name in ("Mina", "Boris"):
        new = NewAccount(kind=Kind.PATIENT, email=f"{name}@example.org", given_name=name, family_name="Roux")
        account = await create_account(NOBODY, new, at=at)
        await link_patient(NOBODY, account, people.lea_patient, "grandparent", terms, since=since, at=at)
    page = text_of((await ines.page(here)).select_one("section[aria-labelledby=contacts]"))
    await ines.post(f"{here}/{contact}/end", data={"until": since.isoformat(), "reason": "error"})

    assert "Mina Roux" in page
    assert "Boris Roux" in page
    assert page.count("Answers for the patient") == 3  # Claire too
    held = "SELECT count(*) FROM patient_link WHERE contact = $1 AND valid_to IS NULL"
    assert await fetch_value(held, person) == 0


async def test_nobody_becomes_the_patient_with_the_account_of_somebody_else(browser_for, people):
    """A family's mailbox: Paul's own account is not Léa's too; as a contact he may be invited."""
    at, ines = clock.now(), browser_for("ines")
    form = {"email": "paul@example.org", "language": "fr"}
    refused = await ines.post(f"/patients/{people.lea_patient}/invite", data=form)
    contact = await add_contact(people["ines"].actor, people.lea_patient, MINA, at=at)
    taken = await ines.post(f"/patients/{people.lea_patient}/contacts/{contact}/invite", data=form | RIGHTS)

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "somebody else’s own account" in text_of(read(refused).select_one("#email-error"))


@pytest.mark.parametrize(
    ("who", "email", "said"),
    [
        ("paul", "ines@example.org", "A professional account has this address"),
        ("paul", "anything@example.org", "The patient has an account already"),
        ("lea", "claire@example.org", "This address is used for this patient already"),
        ("lea", "claire@", "Enter an email address like"),
    ],
)
async def test_who_cannot_be_invited_is_said_beside_the_address(browser_for, people, who, email, said):
    patient = getattr(people, f"{who}_patient")
    reply = await browser_for("ines").post(f"/patients/{patient}/invite", data={"email": email, "language": "fr"})

    assert reply.status_code == 422
    assert said in text_of(read(reply).select_one("#email-error"))
    assert read(reply).select_one("#email")["value"] == email
    assert await fetch_value("SELECT count(*) FROM patient_invitation") == 0


async def test_the_patient_is_invited_and_the_team_hears_of_an_account_by_its_very_address(
    browser_for, people, mailbox
):
    """Léa's own invitation. That its address has an account is said after it was typed."""
    new = NewAccount(kind=Kind.PATIENT, email="lea@example.org", given_name="Léa", family_name="Martin")
    await create_account(NOBODY, new, at=clock.now())
    ines, here = browser_for("ines"), f"/patients/{people.lea_patient}"
    before = text_of((await ines.page(f"{here}/contacts")).main)
    await ines.post(f"{here}/invite", data={"email": "lea@example.org", "language": "fr"})
    twice = await ines.post(f"{here}/invite", data={"email": "lea@example.org", "language": "fr"})
    after = text_of((await ines.page(f"{here}/contacts")).main)

    assert "There is an account with this address" not in before
    assert "There is an account with this address" in after
    assert "is invited already" in text_of(read(twice).main)


async def test_for_somebody_of_age_a_ground_is_needed(browser_for, people):
    contact = await add_contact(people["ines"].actor, people.paul_patient, MINA, at=clock.now())
    url, ines = f"/patients/{people.paul_patient}/contacts/{contact}/invite", browser_for("ines")
    form = {"email": MINA.email, "language": "fr"} | RIGHTS
    without = await ines.post(url, data=form)
    undated = await ines.post(url, data=form | {"beyond": "agreed"})
    with_one = await ines.post(url, data=form | {"beyond": "agreed", "beyond_on": "2026-01-05"})
    nothing = await ines.post(url, data={"email": MINA.email, "language": "fr", "beyond": "court"})

    assert [one.status_code for one in (without, undated, with_one, nothing)] == [422, 422, 303, 422]
    assert "on what ground" in text_of(read(without).main)


async def test_nobody_answers_in_the_place_of_somebody_of_age(browser_for, people):
    """The box is not there, and ticking it all the same gives nothing."""
    ines, of_age, minor = browser_for("ines"), people.paul_patient, people.lea_patient
    contact = await add_contact(people["ines"].actor, of_age, MINA, at=clock.now())
    other = await add_contact(people["ines"].actor, minor, MINA, at=clock.now())
    url = f"/patients/{of_age}/contacts/{contact}/invite"
    boxes = [
        [box["value"] for box in (await ines.page(at)).select("input[name=rights]")]
        for at in (url, f"/patients/{minor}/contacts/{other}/invite")
    ]
    form = {"email": MINA.email, "language": "fr", "beyond": "agreed", "beyond_on": "2026-01-05"}
    sent = await ines.post(url, data=form | {"rights": ["view", "speak"]})
    alone = await ines.post(url, data=form | {"email": "other@example.org", "rights": ["speak"]})

    assert ["speak" in one for one in boxes] == [False, True]
    assert (sent.status_code, alone.status_code) == (303, 422)
    assert await fetch_value("SELECT rights FROM patient_invitation") == ["view"]


async def test_an_invitation_runs_out_is_withdrawn_and_dies_with_the_contact(browser_for, people, mailbox):
    ines, here = browser_for("ines"), f"/patients/{people.lea_patient}"
    link = await invited(browser_for, people, mailbox)
    invitation = await fetch_row("SELECT id, relationship FROM patient_invitation")
    await execute("UPDATE patient_invitation SET valid_until = $1", clock.now() - timedelta(seconds=1))
    late = await browser_for(None).get(link)
    state = await state_of(browser_for, people)
    await execute("UPDATE patient_invitation SET valid_until = $1", clock.now() + timedelta(days=1))
    await ines.post(f"{here}/invitations/{invitation['id']}/withdraw")
    withdrawn = await browser_for(None).get(link)
    again = await ines.post(f"{here}/invitations/{invitation['id']}/again")

    assert (late.status_code, withdrawn.status_code, again.status_code) == (404, 404, 409)
    assert state == "Invitation: run out"
    second = await invited(browser_for, people, mailbox, contact=invitation["relationship"])
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    await ines.post(f"{here}/contacts/{invitation['relationship']}/end", data={"until": today, "reason": "error"})
    assert (await browser_for(None).get(second)).status_code == 404


async def test_a_centre_that_no_longer_follows_offers_nothing(browser_for, people, mailbox):
    link = await invited(browser_for, people, mailbox)
    await execute(
        "UPDATE affiliation SET status = 'ended', valid_to = valid_from WHERE patient = $1", people.lea_patient
    )

    assert (await browser_for(None).get(link)).status_code == 404


async def test_another_centre_has_no_hand_in_it(browser_for, people, mailbox):
    await invited(browser_for, people, mailbox)
    invitation = await fetch_row("SELECT id, relationship FROM patient_invitation")
    here, own = f"/patients/{people.lea_patient}", f"/patients/{people.yann_patient}"
    urls = [f"{at}/invitations/{invitation['id']}/{deed}" for at in (here, own) for deed in ("again", "withdraw")]
    urls += [f"{here}/invite", f"{here}/contacts/{invitation['relationship']}/invite"]

    assert {(await browser_for("zoe").post(url)).status_code for url in urls} == {404}
    assert {(await browser_for("claire").post(url)).status_code for url in urls} == {403}


async def test_where_sharing_is_withheld_another_centre_neither_sees_nor_withdraws_it(browser_for, people):
    """Brest invites Paul, whom Lyon follows too."""
    paul = people.paul_patient
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($3, $1, $2, current_date)",
        paul,
        people.brest,
        new_id(),
    )
    await execute("DELETE FROM patient_link WHERE patient = $1", paul)
    url, zoe, ines = f"/patients/{paul}", browser_for("zoe"), browser_for("ines")
    sent = await zoe.post(f"{url}/invite", data={"email": "elsewhere@example.org", "language": "en"})
    assert sent.status_code == 303
    before = (await ines.page(f"{url}/contacts")).main
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", paul)
    after = (await ines.page(f"{url}/contacts")).main
    assert ("elsewhere@" in text_of(before), "elsewhere@" in text_of(after)) == (True, False)

    invitation = await fetch_value("SELECT id FROM patient_invitation")
    for deed in ("again", "withdraw"):
        assert (await ines.post(f"{url}/invitations/{invitation}/{deed}")).status_code == 404
    assert "elsewhere@" in text_of((await zoe.page(f"{url}/contacts")).main)
    assert (await zoe.post(f"{url}/invitations/{invitation}/withdraw")).status_code == 303
