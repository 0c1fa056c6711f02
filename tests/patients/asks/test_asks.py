"""Somebody with an account asks a centre for a record: form, decision, link."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest
from asyncpg import LockNotAvailableError

from app.accounts.actions import opening
from app.accounts.model import Kind, NewAccount
from app.accounts.organisations.actions import create_organisation
from app.accounts.organisations.model import Details
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import fetch, fetch_value
from app.lib.errors import Refused
from app.patients.actions import create_patient
from app.patients.asks.actions import accept_ask, ask_for_record, forget_asks
from app.patients.asks.model import NewAsk
from app.patients.asks.queries import list_own
from app.patients.contacts.queries import list_contacts
from app.patients.queries import find_patient, get_patient, organisations_of_patient
from tests.browser import read, text_of
from tests.patients.affiliations.stories import KERMARREC, known_in_brest
from tests.people import signed_in

CHILD = {
    "relationship": "mother",
    "birth_name": "Martin",
    "given_names": "Tom",
    "birth_date-day": "4",
    "birth_date-month": "10",
    "birth_date-year": "2016",
    "sex": "male",
    "note": "Vu par le Dr Moreau.",
}

RIGHTS = {"rights": ["view", "answer", "consent", "remind"]}


@pytest.fixture
def claire(browser_for):
    return browser_for("claire")


async def asked(claire, people, **also):
    reply = await claire.post("/me/record/new?who=other", data=CHILD | {"organisation": str(people.lyon)} | also)
    assert reply.status_code == 303
    return (await list_own(people["claire"].account))[0]


@pytest.mark.capability("R4")
async def test_a_mother_asks_for_a_second_child_and_answers_for_both(browser_for, people, claire):
    ask = await asked(claire, people)
    ines = browser_for("ines")
    assert "MARTIN Tom" in text_of((await ines.page("/patients/requests")).main)
    assert (await browser_for("zoe").get(f"/patients/requests/asks/{ask.id}")).status_code == 404
    assert (await browser_for("paul").post(f"/me/record/asks/{ask.id}/withdraw")).status_code == 404

    await ines.post(f"/patients/requests/asks/{ask.id}/accept", data={"record": "new"} | RIGHTS)

    (ask,) = await list_own(people["claire"].account)
    assert ask.state == "accepted"
    assert ask.patient is not None
    assert (await find_patient(ask.patient)).full_name == "Tom Martin"
    assert await organisations_of_patient(ask.patient) == {people.lyon}
    links = await fetch("SELECT relationship FROM patient_link WHERE account = $1", people["claire"].account)
    assert [row["relationship"] for row in links] == ["mother", "mother"]
    home = text_of((await claire.page("/home")).main)
    assert "Tom Martin" in home
    assert "Léa Martin" in home
    again = await ines.post(f"/patients/requests/asks/{ask.id}/accept", data={"record": "new"} | RIGHTS)
    assert again.status_code == 409


async def test_a_record_that_the_centre_has_is_offered_and_no_other_id_is_taken(browser_for, people, claire):
    ask = await asked(
        claire,
        people,
        **{
            "given_names": "Léa",
            "birth_date-day": "2",
            "birth_date-month": "3",
            "birth_date-year": "2014",
            "sex": "female",
        },
    )
    ines, where = browser_for("ines"), f"/patients/requests/asks/{ask.id}"
    assert "MARTIN Léa" in text_of((await ines.page(where)).main)

    for other in (people.yann_patient, people.paul_patient, ""):
        assert (await ines.post(f"{where}/accept", data={"record": str(other)})).status_code == 422
    await ines.post(f"{where}/accept", data={"record": str(people.lea_patient)} | RIGHTS)

    links = await fetch("SELECT patient FROM patient_link WHERE account = $1", people["claire"].account)
    assert [row["patient"] for row in links] == [people.lea_patient]


async def test_of_a_record_elsewhere_neither_the_centre_nor_the_person_learns(browser_for, people, claire):
    await known_in_brest(people)
    ask = await asked(
        claire,
        people,
        **{
            "birth_name": "Kermarec",
            "given_names": "Maelle",
            "birth_date-day": "17",
            "birth_date-month": "4",
            "birth_date-year": "1991",
            "sex": "female",
        },
    )
    ines, where = browser_for("ines"), f"/patients/requests/asks/{ask.id}"

    page = (await ines.get(where)).text
    assert "A close record may exist elsewhere" in page
    assert "Quimperl" not in page
    assert "Brest" not in page
    unsaid = await ines.post(f"{where}/accept", data={"record": "new", "reason": ""})
    assert unsaid.status_code == 422
    sent = await ines.post(f"{where}/accept", data={"record": "affiliation"})
    assert sent.headers["location"].startswith("/patients/requests/ours/")
    assert (await list_own(people["claire"].account))[0].state == "asked"
    assert "elsewhere" not in (await claire.get("/me/record/asks")).text


async def test_whoever_is_close_gets_what_the_centre_ticks(browser_for, people, claire):
    """To sign for the patient is offered to parents; somebody else close is given it by a tick alone."""
    mother, other = await asked(claire, people), await asked(claire, people, relationship="other", given_names="Ana")
    ines, where = browser_for("ines"), f"/patients/requests/asks/{other.id}"
    ticked = [
        [box["value"] for box in page.select("input[name=rights][checked]")]
        for page in (await ines.page(f"/patients/requests/asks/{mother.id}"), await ines.page(where))
    ]
    nothing = await ines.post(f"{where}/accept", data={"record": "new"})
    await ines.post(f"{where}/accept", data={"record": "new", "rights": ticked[1]})

    assert ticked == [["view", "answer", "consent", "remind"], ["view", "answer", "remind"]]
    assert nothing.status_code == 422
    assert "Choose at least one right" in text_of(read(nothing).select_one("#rights-error"))
    (ask,) = [one for one in await list_own(people["claire"].account) if one.id == other.id]
    assert ask.patient is not None
    (link,) = await fetch("SELECT rights, contact FROM patient_link WHERE patient = $1", ask.patient)
    (contact,) = await list_contacts(ask.patient)
    assert link["rights"] == ["answer", "remind", "view"]
    assert (link["contact"], contact.full_name, contact.known.email) == (
        contact.person,
        "Claire Martin",
        "claire@example.org",
    )


async def test_a_refusal_is_read_in_words_and_nothing_typed_is_lost(browser_for, people, claire):
    wrong = await claire.post("/me/record/new?who=other", data=CHILD | {"birth_date-year": "3000", "sex": ""})
    assert wrong.status_code == 422
    page = read(wrong)
    assert page.select_one("#note").get_text().strip() == "Vu par le Dr Moreau."
    assert {"birth_date", "sex", "organisation"} <= {a["href"][1:] for a in page.select("#error-summary a")}
    ask = await asked(claire, people)
    assert (await asked(claire, people)).id == ask.id

    reply = {"why": "not_followed", "reply": "Appelez-nous."}
    await browser_for("ines").post(f"/patients/requests/asks/{ask.id}/refuse", data=reply)

    page = text_of((await claire.page("/me/record/asks")).main)
    assert "This centre does not follow the person" in page
    assert "Appelez-nous." in page


async def test_nobody_is_given_the_record_of_somebody_who_has_an_account(db, people):
    paul = (await get_patient(people.paul_patient)).known
    of = {"organisation": people.lyon, "relationship": "self", "typed": paul}
    ask = await ask_for_record(people["claire"].actor, NewAsk(**of), at=clock.now())
    own = await ask_for_record(people["yann"].actor, NewAsk(**of), at=clock.now())

    for asked in (ask, own):
        with pytest.raises(Refused, match="has_account"):
            await accept_ask(people["ines"].actor, asked, people.paul_patient, at=clock.now())
    with pytest.raises(Refused, match="has_record"):
        await accept_ask(people["ines"].actor, own, await without_account(people), at=clock.now())


async def test_what_else_gives_the_person_an_account_waits_for_an_acceptance(db, people):
    """Another request accepted at that moment, or an invitation, asks for the same hold on the record."""
    new = NewAccount(kind=Kind.PATIENT, email="lea@example.org", given_name="Léa", family_name="Martin")
    person = await signed_in(await opening.create_account(NOBODY, new, at=clock.now()), new.email)
    typed = (await get_patient(people.lea_patient)).known
    ask = await ask_for_record(
        person.actor, NewAsk(organisation=people.lyon, relationship="self", typed=typed), at=clock.now()
    )

    async def hold():
        await fetch("SELECT FROM patient WHERE id = $1 FOR NO KEY UPDATE NOWAIT", people.lea_patient)

    def elsewhere():
        return asyncio.create_task(hold(), context=Context())  # outside this test's transaction

    await elsewhere()
    await accept_ask(people["ines"].actor, ask, people.lea_patient, at=clock.now())

    with pytest.raises(LockNotAvailableError):
        await elsewhere()


async def without_account(people):
    return await create_patient(people["ines"].actor, KERMARREC, at=clock.now())


@pytest.mark.capability("R1")
async def test_an_account_without_a_record_is_led_to_ask_for_one(db, people, application, browser_for):
    from tests.browser import Browser

    new = NewAccount(kind=Kind.PATIENT, email="nouvelle@example.org", given_name="Rose", family_name="Perrin")
    account = await opening.create_account(NOBODY, new, at=clock.now())
    person = await signed_in(account, new.email)
    rose = Browser(application, person.signed_in.csrf_secret, language="en", cohorte_session=person.signed_in.token)

    home = await rose.page("/home")
    assert "not linked to a record yet" in text_of(home.main)
    assert home.select_one("a[href='/me/record/new']")
    form = await rose.page("/me/record/new?who=self")
    assert form.select_one("#birth_name")["value"] == "Perrin"
    assert form.select_one("#given_names")["value"] == "Rose"
    typed = CHILD | {"birth_name": "Perrin", "given_names": "Rose", "sex": "female", "organisation": str(people.brest)}
    await rose.post("/me/record/new?who=self", data=typed)

    assert await fetch_value("SELECT relationship FROM record_ask WHERE account = $1", account) == "self"
    assert (await rose.page("/me/centres")).main


async def test_among_many_centres_one_is_looked_for_without_losing_what_was_typed(claire, people):
    for n in range(9):
        details = Details(code=f"C{n}", name=f"Centre expert numéro {n}", city="Quimper" if n == 4 else "Paris")
        await create_organisation(NOBODY, details, at=clock.now())
    form = await claire.page("/me/record/new?who=other")
    assert form.select("input[name='organisation']") == []

    found = read(await claire.post("/me/record/new?who=other", data=CHILD | {"looking": "yes", "find": "quimp"}))

    assert [text_of(one) for one in found.select("label[for='organisation']")] == ["Centre expert numéro 4 (Quimper)"]
    assert found.select_one("#birth_name")["value"] == "Martin"
    assert found.select_one("#note").get_text().strip() == "Vu par le Dr Moreau."


async def test_what_was_typed_is_forgotten_long_after_the_decision(people, claire):
    ask = await asked(claire, people)
    await claire.post(f"/me/record/asks/{ask.id}/withdraw")

    assert await forget_asks(at=clock.now() + timedelta(days=89)) == 0
    assert await forget_asks(at=clock.now() + timedelta(days=91)) == 1

    (kept,) = await list_own(people["claire"].account)
    assert (kept.state, kept.typed, kept.note) == ("withdrawn", None, "")
    assert "For somebody I look after" in text_of((await claire.page("/me/record/asks")).main)
