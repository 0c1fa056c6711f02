"""Professionals as administrators see them, and their places: given, changed and ended, never one's own."""

from datetime import timedelta

import pytest

from app.access.policy import Role
from app.accounts.actions.places import change_membership
from app.accounts.model import NewPlace
from app.audit.actions import Action
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.lib import clock
from app.lib.db import execute, fetch_row, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.mail import Letter
from tests.browser import read, text_of

HERE = "/administration/professionals"
PLACES = "/administration/places"


async def place_of(people, who: str, centre: str = "lyon"):
    return await fetch_value(
        "SELECT id FROM membership WHERE account = $1 AND organisation = $2",
        people[who].account,
        getattr(people, centre),
    )


@pytest.mark.parametrize("part", ["", "/deliveries"])
@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("odile", "marc", 200),
        ("odile", "hugo", 200),
        ("odile", "zoe", 404),
        ("odile", "lucie", 404),
        ("odile", "sacha", 404),
        ("odile", "paul", 404),
        ("zoe", "ines", 404),
        ("sacha", "zoe", 200),
        ("sacha", "lucie", 200),
        ("sacha", "nour", 200),
        ("sacha", "paul", 404),
        ("marc", "ines", 403),
        ("marc", "zoe", 404),
        ("paul", "ines", 404),
        ("lucie", "ines", 404),
    ],
)
async def test_who_sees_whom(browser_for, people, who, whom, status, part):
    assert (await browser_for(who).get(f"{HERE}/{people[whom].account}{part}")).status_code == status


async def test_the_list_is_of_ones_own_centre(browser_for):
    lyon = text_of((await browser_for("odile").page(HERE)).main)
    brest = text_of((await browser_for("zoe").page(HERE)).main)
    network = text_of((await browser_for("sacha").page(HERE)).main)

    assert "RENARD Hugo" in lyon
    assert "CARADEC Zoé" not in lyon
    assert "CARADEC Zoé" in brest
    assert "RENARD Hugo" not in brest
    assert all(name in network for name in ("RENARD Hugo", "CARADEC Zoé", "BLANC Lucie", "HADDAD Nour"))
    assert "LAMBERT" not in network


async def test_the_network_chooses_a_centre_and_a_centre_cannot(browser_for, people):
    chosen = text_of((await browser_for("sacha").page(f"{HERE}?centre={people.brest}")).main)
    tried = text_of((await browser_for("odile").page(f"{HERE}?centre={people.brest}")).main)

    assert "CARADEC Zoé" in chosen
    assert "RENARD Hugo" not in chosen
    assert "CARADEC Zoé" not in tried


async def test_closed_accounts_are_listed_apart(browser_for):
    assert "MOREL Victor" not in text_of((await browser_for("odile").page(HERE)).main)
    assert "MOREL Victor" in text_of((await browser_for("odile").page(f"{HERE}?show=closed")).main)


@pytest.mark.capability("E35")
async def test_the_sign_in_state_of_a_person_is_seen_and_that_is_noted(browser_for, people):
    marc = people["marc"].account
    page = text_of((await browser_for("odile").page(f"{HERE}/{marc}")).main)

    assert all(words in page for words in ("marc@example.org", "authenticator app", "Account opened", "Training:"))
    assert "Centre expert de Brest" in page
    event = await fetch_row("SELECT action, actor FROM audit_event WHERE subject = $1 ORDER BY id DESC LIMIT 1", marc)
    assert tuple(event) == (Action.ADMINISTRATION_READ, people["odile"].account)


async def test_messages_are_seen_without_their_words(browser_for, people, mailbox):
    letter = Letter("Secret subject", "secret words", "<p>secret words</p>")
    await send_letter("marc@example.org", letter, Purpose("sign_in_code", people["marc"].account), at=clock.now())
    await send_letter("zoe@example.org", letter, Purpose("invitation", people["zoe"].account), at=clock.now())

    words = text_of((await browser_for("odile").page(f"{HERE}/{people['marc'].account}/deliveries")).main)
    assert all(word in words for word in ("Email", "Sign-in code", "Sent"))
    assert "Invitation" not in words
    assert "ecret" not in words


@pytest.mark.capability("E36")
async def test_the_network_adds_a_place_in_another_centre(browser_for, people):
    hugo = people["hugo"].account
    data = {"organisation": str(people.brest), "profession": "nurse", "access": "team_and_accounts"}
    reply = await browser_for("sacha").post(f"{HERE}/{hugo}/places", data=data)

    row = await fetch_row("SELECT * FROM membership WHERE account = $1 AND organisation = $2", hugo, people.brest)
    assert reply.status_code == 303
    assert (row["role"], row["administers"], row["profession"]) == ("practitioner", True, "nurse")
    assert "RENARD Hugo" in text_of((await browser_for("zoe").page(HERE)).main)


async def test_a_centre_gives_places_by_invitation_alone(browser_for, people):
    reply = await browser_for("odile").get(f"{HERE}/{people['hugo'].account}/places/new")
    data = {"organisation": str(people.brest), "profession": "nurse", "access": "team"}
    sent = await browser_for("odile").post(f"{HERE}/{people['hugo'].account}/places", data=data)

    assert (reply.status_code, sent.status_code) == (409, 409)
    assert "Add a place" not in text_of((await browser_for("odile").page(f"{HERE}/{people['hugo'].account}")).main)


async def test_a_place_needs_a_profession_and_an_access(browser_for, people):
    reply = await browser_for("sacha").post(f"{HERE}/{people['lucie'].account}/places", data={})
    found = [a["href"] for a in read(reply).select(".nhsuk-error-summary__list a")]
    assert (reply.status_code, found) == (422, ["#profession", "#access", "#organisation"])


async def test_a_place_changes(browser_for, people):
    place = await place_of(people, "marc")
    form = await browser_for("odile").page(f"{PLACES}/{place}")
    data = {"profession": "psychologist", "access": "team_and_accounts"}
    reply = await browser_for("odile").post(f"{PLACES}/{place}", data=data)

    row = await fetch_row("SELECT profession, role, administers FROM membership WHERE id = $1", place)
    assert form.select_one("#profession option[selected]")["value"] == "psychiatrist"
    assert reply.status_code == 303
    assert tuple(row) == ("psychologist", "practitioner", True)


@pytest.mark.parametrize(
    ("who", "status"), [("ines", 404), ("odile", 404), ("marc", 404), ("paul", 404), ("sacha", 200)]
)
async def test_a_place_of_another_centre_does_not_exist(browser_for, people, who, status):
    place = await place_of(people, "zoe", "brest")
    assert (await browser_for(who).get(f"{PLACES}/{place}")).status_code == status
    assert (await browser_for(who).get(f"{PLACES}/{place}/end")).status_code == status
    if status == 404:
        assert (await browser_for(who).post(f"{PLACES}/{place}/end", data={"ends": "now"})).status_code == status
        changed = {"profession": "nurse", "access": "team"}
        assert (await browser_for(who).post(f"{PLACES}/{place}", data=changed)).status_code == status
    assert (await browser_for("sacha").get(f"{PLACES}/{new_id()}")).status_code == 404


async def test_a_place_that_ends_now_takes_the_centre_away_at_once(browser_for, people):
    ines = browser_for("ines")
    assert (await browser_for("marc").get(f"/patients/{people.paul_patient}")).status_code == 200

    await ines.post(f"{PLACES}/{await place_of(people, 'marc')}/end", data={"ends": "now"})

    gone = browser_for("marc")
    assert (await gone.get(f"/patients/{people.paul_patient}")).status_code == 404
    # He goes on in Brest, where he has a place too.
    assert (await gone.get(f"/patients/{people.yann_patient}")).status_code == 200
    assert (await ines.get(f"{HERE}/{people['marc'].account}")).status_code == 404


async def test_a_place_may_end_later(browser_for, people):
    place, later = await place_of(people, "marc"), clock.day_in("Europe/Paris", clock.now()) + timedelta(days=30)
    wrong = await browser_for("odile").post(f"{PLACES}/{place}/end", data={"ends": "later", "last_day": "2020-01-01"})
    nothing = await browser_for("odile").post(f"{PLACES}/{place}/end", data={})
    right = await browser_for("odile").post(
        f"{PLACES}/{place}/end", data={"ends": "later", "last_day": later.isoformat()}
    )

    assert (wrong.status_code, nothing.status_code, right.status_code) == (422, 422, 303)
    assert "Choose today or a later day" in text_of(read(wrong).main)
    assert await fetch_value("SELECT valid_to FROM membership WHERE id = $1", place) == later
    assert (await browser_for("marc").get(f"/patients/{people.paul_patient}")).status_code == 200


async def test_nobody_changes_or_ends_their_own_place(browser_for, people):
    place = await place_of(people, "ines")
    for path in (f"{PLACES}/{place}", f"{PLACES}/{place}/end"):
        assert (await browser_for("ines").get(path)).status_code == 409
        data = {"profession": "nurse", "access": "accounts", "ends": "now"}
        assert (await browser_for("ines").post(path, data=data)).status_code == 409
    row = await fetch_row("SELECT role, administers, valid_to FROM membership WHERE id = $1", place)
    assert tuple(row) == ("practitioner", True, None)
    page = await browser_for("ines").page(f"{HERE}/{people['ines'].account}")
    assert page.select(f"a[href^='{PLACES}']") == []


async def test_a_centre_keeps_an_administrator(browser_for, people):
    place = await place_of(people, "zoe", "brest")
    # Odile administers Brest now; Zoé is not the last one there.
    await execute("UPDATE membership SET organisation = $2 WHERE account = $1", people["odile"].account, people.brest)
    assert (await browser_for("odile").post(f"{PLACES}/{place}/end", data={"ends": "now"})).status_code == 303

    with pytest.raises(Refused, match=r"place\.ended"):
        await change_membership(people["sacha"].actor, place, NewPlace(people.brest, "nurse"), at=clock.now())


async def test_the_last_administrator_is_taken_away_by_the_network_alone(people, db):
    place = await place_of(people, "zoe", "brest")
    plain = NewPlace(people.brest, "psychiatrist", Role.PRACTITIONER)

    with pytest.raises(Refused, match=r"place\.last_administrator"):
        await change_membership(people["odile"].actor, place, plain, at=clock.now())
    await change_membership(people["sacha"].actor, place, plain, at=clock.now())
    assert await fetch_value("SELECT administers FROM membership WHERE id = $1", place) is False


async def give_odile_brest(people):
    await execute("UPDATE membership SET organisation = $2 WHERE account = $1", people["odile"].account, people.brest)


async def test_an_administrator_who_leaves_soon_does_not_count(browser_for, people):
    """Zoé may not go while whoever else looks after Brest has a last day and she has none."""
    await give_odile_brest(people)
    place, soon = await place_of(people, "zoe", "brest"), clock.day_in("Europe/Paris", clock.now()) + timedelta(days=9)
    await execute("UPDATE membership SET valid_to = $2 WHERE account = $1", people["odile"].account, soon)

    for end in ({"ends": "now"}, {"ends": "later", "last_day": soon.isoformat()}):
        assert (await browser_for("odile").post(f"{PLACES}/{place}/end", data=end)).status_code == 409
    # Zoé's place ends before Odile's anyhow: bringing that forward takes nothing from the centre.
    await execute("UPDATE membership SET valid_to = $2 WHERE id = $1", place, soon - timedelta(days=1))
    assert (await browser_for("odile").post(f"{PLACES}/{place}/end", data={"ends": "now"})).status_code == 303


async def test_a_centre_that_follows_patients_keeps_a_practitioner(browser_for, people):
    await give_odile_brest(people)
    zoe, marc = await place_of(people, "zoe", "brest"), await place_of(people, "marc", "brest")
    odile, arc = people["odile"].actor, NewPlace(people.brest, "arc", Role.ARC)
    assert (await browser_for("odile").post(f"{PLACES}/{marc}/end", data={"ends": "now"})).status_code == 303

    refused = await browser_for("odile").post(f"{PLACES}/{zoe}/end", data={"ends": "now"})
    with pytest.raises(Refused, match=r"place\.last_practitioner"):
        await change_membership(odile, zoe, arc, at=clock.now())

    assert refused.status_code == 409
    assert text_of(read(refused).h1) == "The centre would be without a practitioner"
    # The network may; and a centre that follows nobody needs nobody.
    await change_membership(people["sacha"].actor, zoe, arc, at=clock.now())
    await execute("UPDATE membership SET role = 'practitioner' WHERE id = $1", zoe)
    await execute("UPDATE affiliation SET valid_to = now() WHERE organisation = $1", people.brest)
    await change_membership(odile, zoe, arc, at=clock.now())


@pytest.mark.parametrize("day", ["{0:%Y-%m-%d}", "{0:%d/%m/%Y}", " {0.day}/{0.month}/{0.year} ", "{0:%d.%m.%Y}"])
async def test_a_last_day_is_read_as_people_write_it(browser_for, people, day):
    place, later = await place_of(people, "hugo"), clock.day_in("Europe/Paris", clock.now()) + timedelta(days=40)

    data = {"ends": "later", "last_day": day.format(later)}
    assert (await browser_for("odile").post(f"{PLACES}/{place}/end", data=data)).status_code == 303
    assert await fetch_value("SELECT valid_to FROM membership WHERE id = $1", place) == later


@pytest.mark.parametrize("day", ["31/02/2027", "2027", "1/2/27", "31-12", "٣١/١٢/٢٠٢٧", "0/0/0000", "20271231"])
async def test_what_is_no_last_day_is_refused(browser_for, people, day):
    place = await place_of(people, "hugo")

    reply = await browser_for("odile").post(f"{PLACES}/{place}/end", data={"ends": "later", "last_day": day})

    assert reply.status_code == 422
    assert "31/12/2026" in text_of(read(reply).select_one("#last_day-error"))


async def test_the_network_closes_an_account_for_a_reason(browser_for, people):
    hugo = people["hugo"].account
    missing = await browser_for("sacha").post(f"{HERE}/{hugo}/close", data={"reason": ""})
    done = await browser_for("sacha").post(f"{HERE}/{hugo}/close", data={"reason": "A quitté la recherche"})

    assert (missing.status_code, done.status_code) == (422, 303)
    assert "A quitté la recherche" in text_of((await browser_for("sacha").page(f"{HERE}/{hugo}")).main)
    assert (await browser_for("hugo").get("/questionnaires")).headers["location"].startswith("/sign-in")
    assert b"recherche" not in await fetch_value("SELECT closed_reason FROM account WHERE id = $1", hugo)


@pytest.mark.parametrize(
    ("who", "whom", "status"), [("odile", "hugo", 403), ("odile", "zoe", 404), ("sacha", "sacha", 409)]
)
async def test_who_may_not_close_an_account(browser_for, people, who, whom, status):
    assert (await browser_for(who).get(f"{HERE}/{people[whom].account}/close")).status_code == status
    reply = await browser_for(who).post(f"{HERE}/{people[whom].account}/close", data={"reason": "Because"})
    assert reply.status_code == status
    assert await fetch_value("SELECT closed_at FROM account WHERE id = $1", people[whom].account) is None
