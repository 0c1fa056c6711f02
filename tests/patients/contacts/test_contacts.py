"""People close to a patient: written down, found again by an exact address, corrected, ended; and who sees them."""

from datetime import date
from uuid import UUID

import pytest

from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.contacts.queries import find_contact
from tests.browser import read, text_of

FORM = {
    "given_name": "Jeanne",
    "family_name": "Martin-Roux",
    "email": " Jeanne.Martin@Example.org",
    "phone": "06 39 98 00 05",
    "language": "fr",
    "kind": "grandparent",
    "emergency": "yes",
    "note": "Sourde d’une oreille : parler lentement.",
    "since": "2024-09-01",
}
KNOWN = NewContact(
    given_name="Jeanne", family_name="Martin-Roux", email="jeanne.martin@example.org", kind="grandparent"
)


def base(patient) -> str:
    return f"/patients/{patient}/contacts"


async def only_contact():
    return await fetch_value("SELECT id FROM relationship")


async def revision_of(browser, url: str) -> dict[str, str]:
    page = await browser.page(url)
    return {"revision": page.select_one("input[name=revision]")["value"]}


@pytest.mark.capability("R14")
async def test_a_contact_is_written_down_and_stands_in_the_list(browser_for, people):
    ines, here = browser_for("ines"), base(people.lea_patient)
    reply = await ines.post(f"{here}/new", data=FORM)
    page = await ines.page(reply.headers["location"])

    line = text_of(page.select("section[aria-labelledby=contacts] li")[0])
    for said in (
        "Jeanne Martin-Roux",
        "Grandparent",
        "06\xa039\xa098\xa000\xa005",
        "jeanne.martin@example.org",
        "Sourde",
        "emergency",
    ):
        assert said in line, said
    kept = [dict(row) for row in await fetch("SELECT * FROM contact")]
    assert not any(word in str(kept) for word in ("Jeanne", "jeanne", "0639980005", "33639980005"))
    assert (await fetch_value("SELECT details FROM audit_event WHERE action = 'contact.added'")).count("Jeanne") == 0


async def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(browser_for, people):
    wrong = FORM | {"email": "jeanne@", "phone": "12", "kind": "", "since": "2999-01-01", "given_name": ""}
    reply = await browser_for("ines").post(f"{base(people.lea_patient)}/new", data=wrong)
    page = read(reply)

    assert reply.status_code == 422
    linked = {link["href"] for link in page.select("#error-summary a")}
    assert linked == {"#given_name", "#email", "#phone", "#kind", "#since"}
    assert page.select_one("#phone")["value"] == "12"
    assert page.select_one("#note").text.strip() == FORM["note"]
    assert await fetch_value("SELECT count(*) FROM contact") == 0


@pytest.mark.parametrize("email", ["", FORM["email"]])
async def test_a_form_that_is_sent_twice_adds_one_person(browser_for, people, email):
    ines, url = browser_for("ines"), f"{base(people.lea_patient)}/new"
    carried = (await ines.page(url)).select_one("input[name=form]")["value"]
    typed = FORM | {"email": email, "form": carried}
    first, again = await ines.post(url, data=typed), await ines.post(url, data=typed)
    otherwise = await ines.post(url, data=typed | {"given_name": "Zélie"})
    elsewhere = await ines.post(f"{base(people.paul_patient)}/new", data=typed | {"same": "other"})

    assert (first.status_code, again.status_code) == (303, 303)
    assert await fetch_value("SELECT count(*) FROM relationship") == await fetch_value("SELECT count(*) FROM contact")
    assert await fetch_value("SELECT count(*) FROM relationship") == 1
    for reply in (otherwise, elsewhere):
        assert reply.status_code == 422
        assert "added somebody already" in text_of(read(reply).select_one("#error-summary"))
        assert read(reply).select_one("input[name=form]")["value"] != carried
    assert read(otherwise).select_one("#given_name")["value"] == "Zélie"


async def test_one_person_is_close_to_two_patients(browser_for, people):
    """A known address is asked about, in the own centre only; elsewhere it finds nobody."""
    ines, zoe = browser_for("ines"), browser_for("zoe")
    await ines.post(f"{base(people.lea_patient)}/new", data=FORM)
    asked = await ines.post(f"{base(people.paul_patient)}/new", data=FORM | {"given_name": "Jane"})
    [same, _other] = read(asked).select("input[name=same]")
    linked = await ines.post(f"{base(people.paul_patient)}/new", data=FORM | {"same": same["value"]})
    foreign = await zoe.post(f"{base(people.yann_patient)}/new", data=FORM | {"given_name": "Jane"})

    assert asked.status_code == 422
    assert "Jeanne Martin-Roux" in asked.text
    assert (linked.status_code, foreign.status_code) == (303, 303)
    rows = await fetch("SELECT contact, count(*) FROM relationship GROUP BY contact ORDER BY count(*)")
    assert [row["count"] for row in rows] == [1, 2]
    again = await ines.post(f"{base(people.lea_patient)}/new", data=FORM)
    assert "another contact of this patient" in text_of(read(again).main)


async def test_a_correction_keeps_what_it_replaced_and_overwrites_nobody(browser_for, people):
    ines, marc, here = browser_for("ines"), browser_for("marc"), base(people.lea_patient)
    await ines.post(f"{here}/new", data=FORM)
    url = f"{here}/{await only_contact()}"
    seen = await revision_of(ines, url)
    first = await ines.post(url, data=FORM | seen | {"phone": "06 39 98 00 06"})
    late = await marc.post(url, data=FORM | seen | {"note": "Préfère les textos.", "phone": "06 39 98 00 07"})
    shown = read(late)
    saved = await marc.post(url, data=FORM | {"note": "Préfère les textos."} | await _token(shown))

    assert (first.status_code, late.status_code, saved.status_code) == (303, 409, 303)
    told = text_of(shown.main)
    assert "06\xa039\xa098\xa000\xa006" in told
    assert "Préfère les textos." in shown.select_one("#note").text
    history = text_of((await ines.page(url)).select_one("details.nhsuk-details"))
    assert "06\xa039\xa098\xa000\xa005" in history
    assert "Sourde" in history
    assert "Inès Moreau" in history
    former = await fetch_value("SELECT former FROM contact_history LIMIT 1")
    assert b"Sourde" not in former


async def test_corrections_of_different_fields_are_both_kept(browser_for, people):
    ines, marc, here = browser_for("ines"), browser_for("marc"), base(people.lea_patient)
    await ines.post(f"{here}/new", data=FORM)
    url = f"{here}/{await only_contact()}"
    seen = await revision_of(ines, url)
    await ines.post(url, data=FORM | seen | {"phone": "06 39 98 00 06"})
    late = await marc.post(url, data=FORM | seen | {"note": "Préfère les textos."})
    page = await ines.page(url)

    assert late.status_code == 303
    assert page.select_one("#phone")["value"] == "+33639980006"
    assert "Préfère les textos." in page.select_one("#note").text


async def _token(page) -> dict[str, str]:
    return {"revision": page.select_one("input[name=revision]")["value"]}


async def test_sending_the_same_twice_changes_nothing(browser_for, people):
    ines, here = browser_for("ines"), base(people.lea_patient)
    await ines.post(f"{here}/new", data=FORM)
    url = f"{here}/{await only_contact()}"
    form = FORM | await revision_of(ines, url) | {"phone": "06 39 98 00 06"}

    replies = [await ines.post(url, data=form) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [303, 303]
    assert await fetch_value("SELECT count(*) FROM contact_history") == 1


async def test_ending_a_contact_ends_what_they_may_do(browser_for, people):
    """Claire, as a contact of Léa, answers for her; with the contact that ends too."""
    ines, here = browser_for("ines"), base(people.lea_patient)
    claire = NewContact(given_name="Claire", family_name="Martin", email="claire@example.org", kind="mother")
    contact = await add_contact(people["ines"].actor, people.lea_patient, claire, at=clock.now())
    person = await fetch_value("SELECT contact FROM relationship WHERE id = $1", contact)
    await execute("UPDATE patient_link SET contact = $2 WHERE account = $1", people["claire"].account, person)
    nothing = await ines.post(f"{here}/{contact}/end", data={"until": "2026-01-01"})
    asked = await ines.page(f"{here}/{contact}/end")
    done = await ines.post(
        f"{here}/{contact}/end",
        data={"until": clock.day_in("Europe/Paris", clock.now()).isoformat(), "reason": "no_longer"},
    )

    assert (nothing.status_code, done.status_code) == (422, 303)
    assert "That ends too" in text_of(asked.main)
    assert "Léa" not in text_of((await browser_for("claire").page("/home")).main)
    former = text_of((await ines.page(here)).select_one("section[aria-labelledby=contacts] details"))
    assert "Claire Martin" in former


async def test_an_account_without_a_contact_is_listed_too(browser_for, people):
    page = await browser_for("ines").page(base(people.lea_patient))

    line = text_of(page.select_one("section[aria-labelledby=contacts] li"))
    assert "Claire Martin" in line
    assert "Mother" in line
    assert "reads the record" in line


async def close_to_both(people) -> tuple[UUID, UUID]:
    """Jeanne, of Léa and of Paul; Brest follows Paul too."""
    ines, at = people["ines"].actor, clock.now()
    leas = await add_contact(ines, people.lea_patient, KNOWN, at=at)
    pauls = await add_contact(ines, people.paul_patient, KNOWN, await find_contact(leas), at=at)
    sql = "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES (gen_random_uuid(), $1, $2, $3)"
    await execute(sql, people.paul_patient, people.brest, date(2026, 1, 1))
    return leas, pauls


async def test_a_centre_corrects_nobody_for_a_patient_that_it_does_not_follow(browser_for, people):
    """What Brest writes of Paul's contact does not reach Léa's, whom Lyon alone follows; Paul's proxy goes along."""
    leas, pauls = await close_to_both(people)
    person = await fetch_value("SELECT contact FROM relationship WHERE id = $1", leas)
    link = """INSERT INTO patient_link (id, account, patient, relationship, valid_from, contact)
              SELECT gen_random_uuid(), $1, p, 'grandparent', $2, $3 FROM unnest($4::uuid[]) p"""
    patients = [people.paul_patient, people.lea_patient]
    await execute(link, people["yann"].account, date(2026, 1, 1), person, patients)
    zoe, url = browser_for("zoe"), f"{base(people.paul_patient)}/{pauls}"
    new = FORM | {"email": "wrong@example.org", "phone": "06 39 98 00 09"}
    reply = await zoe.post(url, data=new | await revision_of(zoe, url))
    again = await zoe.post(url, data=new | {"phone": "06 39 98 00 08"} | await revision_of(zoe, url))

    assert (reply.status_code, again.status_code) == (303, 303)
    lea, paul = await find_contact(leas), await find_contact(pauls)
    assert (lea.known, lea.person) == (KNOWN, person)
    assert (paul.known.email, paul.known.phone) == ("wrong@example.org", "+33639980008")
    linked = await fetch("SELECT patient, contact FROM patient_link WHERE account = $1", people["yann"].account)
    theirs = {row["patient"]: row["contact"] for row in linked}
    assert (theirs[people.lea_patient], theirs[people.paul_patient]) == (person, paul.person)
    assert await fetch_value("SELECT count(*) FROM contact") == 2
    history = text_of((await zoe.page(url)).select_one("details.nhsuk-details"))
    assert "jeanne.martin@example.org" in history
    assert "06\xa039\xa098\xa000\xa009" in history


async def test_a_correction_by_way_of_one_patient_is_told_on_the_others_page(browser_for, people):
    """Lyon follows both; of what Jeanne is to Paul, Léa's page says nothing."""
    leas, pauls = await close_to_both(people)
    ines, url = browser_for("ines"), f"{base(people.paul_patient)}/{pauls}"
    for phone in ("06 39 98 00 05", "06 39 98 00 06"):
        await ines.post(url, data=FORM | {"phone": phone} | await revision_of(ines, url))
    await ines.post(url, data=FORM | {"phone": "06 39 98 00 06", "note": "Autre."} | await revision_of(ines, url))

    told = (await ines.page(f"{base(people.lea_patient)}/{leas}")).select_one("details.nhsuk-details")
    assert "06\xa039\xa098\xa000\xa005" in text_of(told)
    assert "Sourde" not in text_of(told)
    assert len(told.select("p")) == 2


async def test_another_centre_finds_nobody(browser_for, people):
    contact = await add_contact(people["ines"].actor, people.lea_patient, KNOWN, at=clock.now())
    link = await fetch_value("SELECT id FROM patient_link WHERE account = $1", people["claire"].account)
    here, own = f"/patients/{people.lea_patient}", f"/patients/{people.yann_patient}"
    urls = [f"{here}/contacts", f"{here}/contacts/new", f"{here}/contacts/{contact}", f"{here}/invite"]
    # Through a patient of the own centre neither.
    urls += [f"{own}/contacts/{contact}", f"{own}/contacts/{contact}/invite", f"{own}/proxies/{link}"]

    zoe = [(await browser_for("zoe").get(url)).status_code for url in urls]
    ines = [(await browser_for("ines").get(url)).status_code for url in urls[:4]]
    crossed = await browser_for("ines").get(f"/patients/{people.paul_patient}/contacts/{contact}")

    assert set(zoe) == {404}
    assert set(ines) == {200}
    assert crossed.status_code == 404
    page = await browser_for("zoe").page(f"{own}/contacts")
    assert "Martin" not in text_of(page.main)


async def test_where_sharing_is_withheld_a_centre_sees_its_own_entries_only(browser_for, people):
    """Marc's two centres both follow Yann; what Lyon wrote Brest does not read."""
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES (gen_random_uuid(), $1, $2, $3)",
        people.yann_patient,
        people.lyon,
        date(2026, 1, 1),
    )
    contact = await add_contact(people["ines"].actor, people.yann_patient, KNOWN, at=clock.now())
    url = f"/patients/{people.yann_patient}/contacts"
    before = text_of((await browser_for("zoe").page(url)).main)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.yann_patient)
    after = text_of((await browser_for("zoe").page(url)).main)

    assert ("Jeanne" in before, "Jeanne" in after) == (True, False)
    assert (await browser_for("zoe").get(f"{url}/{contact}")).status_code == 404
    assert (await browser_for("ines").get(f"{url}/{contact}")).status_code == 200


async def test_the_assigning_form_says_whom_a_question_would_not_reach(browser_for, people):
    """Léa has no account and nobody in her voice; Claire answers as her mother."""
    lea = f"/patients/{people.lea_patient}/assignments/new"
    before = text_of((await browser_for("ines").page(lea)).main)
    await execute("UPDATE patient_link SET rights = rights || '{speak}' WHERE account = $1", people["claire"].account)
    after = text_of((await browser_for("ines").page(lea)).main)
    paul = text_of((await browser_for("ines").page(f"/patients/{people.paul_patient}/assignments/new")).main)

    assert "nobody may answer in their place" in before
    assert "nobody may answer in their place" not in after
    assert "Nobody close may answer" not in before
    assert "Nobody close may answer" in paul
