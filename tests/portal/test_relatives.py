"""Who answers for whom: seen and ended from both sides, paused at 18, agreed to anew, and who is told."""

from datetime import date, timedelta

import pytest

from app.access.rights import Right
from app.accounts.actions.places import link_patient
from app.accounts.proxies import actions, queries
from app.accounts.proxies.model import Beyond, Ended, Terms
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.i18n import ZONE
from app.lib.keys import ring
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.merging.model import Side
from app.portal.relatives.jobs import note_majorities
from tests.answering import assigned
from tests.browser import text_of
from tests.patients.merging.stories import join, part, twin

__all__ = ["assigned"]

HERE = "/me/relatives"
SINCE = date(2025, 1, 1)


async def born(patient, text: str) -> None:
    """The patient was born then."""
    wrapped = await fetch_value("SELECT data_key FROM patient WHERE id = $1", patient)
    sealed = ring().open(wrapped, patient).seal(text, patient, "patient.birth_date")
    await execute("UPDATE patient SET birth_date = $2 WHERE id = $1", patient, sealed)


def years_ago(years: int, days: int = 0) -> str:
    """The birth date of somebody who turns so many years old in so many days."""
    today = clock.day_in(ZONE, clock.now()) + timedelta(days=days)
    return today.replace(year=today.year - years).isoformat()


async def lens_link(people):
    return await fetch_value("SELECT id FROM patient_link WHERE account = $1", people["claire"].account)


async def rights(link, *given: Right) -> None:
    await execute("UPDATE patient_link SET rights = $2 WHERE id = $1", link, [str(one) for one in given])


async def pages_of(browser, *urls: str) -> list[int]:
    return [(await browser.get(url)).status_code for url in urls]


async def test_a_mother_answers_for_two_children_and_not_for_a_third(browser_for, assigned, people):
    """Each child is in a part of its own; what is asked of the mother of somebody else is not there."""
    paul, claire = people.paul_patient, people["claire"]
    await born(paul, "2016-05-12")
    await link_patient(NOBODY, claire.account, paul, "mother", since=SINCE, at=clock.now())
    await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")
    await assigned("daily_life_proxy", who="paul_patient", answered_by="proxy")
    others = await assigned("daily_life_proxy", who="yann_patient", answered_by="proxy")

    home = await browser_for("claire").page("/home")

    parts = sorted(text_of(one) for one in home.select("main h2.nhsuk-heading-l"))
    assert parts == ["For Léa Martin", "For Paul Lambert"]
    assert len(home.select(".co-todo")) == 2
    assert (await browser_for("claire").get(f"/assignments/{others}")).status_code == 404


async def test_rights_pause_at_18_and_the_page_says_so(browser_for, assigned, people):
    asked = await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")
    urls = (f"/assignments/{asked}", f"/me/access-log/{people.lea_patient}")
    await born(people.lea_patient, years_ago(18, days=1))
    before = await pages_of(browser_for("claire"), *urls)

    await born(people.lea_patient, years_ago(18))
    after = await pages_of(browser_for("claire"), *urls)
    home = await browser_for("claire").page("/home")

    assert (before, after) == ([200, 200], [404, 404])
    assert "Your rights for Léa Martin are paused" in text_of(home.main)
    assert home.select(".co-todo") == []
    assert "Paused since this person came of age" in text_of((await browser_for("claire").page(HERE)).main)


async def test_a_court_lets_a_guardian_go_on(browser_for, assigned, people):
    asked = await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")
    await born(people.lea_patient, "1990")
    link = await lens_link(people)
    terms = Terms(beyond=Beyond.COURT, beyond_on=SINCE)
    await actions.change_proxy(people["ines"].actor, link, terms, 1, at=clock.now())

    assert await pages_of(browser_for("claire"), f"/assignments/{asked}") == [200]


@pytest.mark.capability("R13")
async def test_the_patient_agrees_to_a_former_proxy_with_fewer_rights(browser_for, people):
    """Paul came of age; his mother goes on only as far as he says, and he can end it."""
    paul, claire = browser_for("paul"), browser_for("claire")
    link = await link_patient(
        NOBODY, people["claire"].account, people.paul_patient, "mother", since=SINCE, at=clock.now()
    )
    asked = text_of((await paul.page("/home")).main)
    nothing = await paul.post(f"{HERE}/{link}", data={})
    await paul.post(f"{HERE}/{link}", data={"rights": ["view", "speak"]})
    listed = [text_of(one) for one in (await paul.page(HERE)).select("section[aria-labelledby=relatives] li")]
    found = await fetch("SELECT rights, beyond FROM patient_link WHERE id = $1", link)

    assert "Claire Martin answered for you" in asked
    assert nothing.status_code == 422
    assert [(row["rights"], row["beyond"]) for row in found] == [(["view"], "agreed")]
    assert "reads the record" in listed[0]
    assert await pages_of(claire, f"/me/access-log/{people.paul_patient}") == [200]

    await paul.post(f"{HERE}/{link}/end")
    assert await pages_of(claire, f"/me/access-log/{people.paul_patient}") == [404]
    assert "Claire Martin" in text_of((await paul.page(HERE)).main)  # among those who no longer do


async def test_nobody_agrees_before_18_nor_for_somebody_else_nor_against_a_court(browser_for, people):
    link = await link_patient(
        NOBODY, people["claire"].account, people.paul_patient, "mother", since=SINCE, at=clock.now()
    )
    await born(people.paul_patient, years_ago(17))
    early = await browser_for("paul").post(f"{HERE}/{link}", data={"rights": ["view"]})
    own = await browser_for("claire").post(f"{HERE}/{await lens_link(people)}", data={"rights": ["view", "consent"]})
    stranger = await browser_for("yann").post(f"{HERE}/{link}/end")
    await born(people.paul_patient, "1980")
    await execute("UPDATE patient_link SET beyond = 'court', beyond_on = $2 WHERE id = $1", link, SINCE)
    against = await browser_for("paul").post(f"{HERE}/{link}/end")

    assert [one.status_code for one in (early, own, stranger, against)] == [409, 404, 404, 409]
    assert await fetch_value("SELECT beyond FROM patient_link WHERE id = $1", link) == "court"


async def test_a_proxy_gives_up_their_own_right_only(browser_for, people):
    link = await lens_link(people)
    foreign = await browser_for("paul").post(f"{HERE}/mine/{link}/give-up")
    asked = await browser_for("claire").page(f"{HERE}/mine/{link}/give-up")
    await browser_for("claire").post(f"{HERE}/mine/{link}/give-up")

    row = (await fetch("SELECT ended_reason, ended_by FROM patient_link WHERE id = $1", link))[0]
    assert foreign.status_code == 404
    assert "Stop answering for Léa Martin?" in text_of(asked.h1)
    assert (row["ended_reason"], row["ended_by"]) == (Ended.GIVEN_UP, people["claire"].account)
    assert "Léa" not in text_of((await browser_for("claire").page("/home")).main)


async def test_in_her_daughters_own_place_only_where_that_was_settled(browser_for, assigned, people):
    own = await assigned("phq4", who="lea_patient")
    claire, link = browser_for("claire"), await lens_link(people)
    before = (await claire.post(f"/assignments/{own}/open")).status_code
    await rights(link, Right.VIEW, Right.ANSWER, Right.SPEAK)
    home = await claire.page("/home")
    opened = await claire.post(f"/assignments/{own}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", own)
    await rights(link, Right.VIEW, Right.ANSWER)
    after = await pages_of(claire, f"/responses/{response}", f"/responses/{response}/resume")

    assert (before, opened.status_code, after) == (404, 303, [404, 404])
    assert len(home.select(".co-todo")) == 1


async def test_who_may_answer_and_not_view_reads_only_what_they_sent(browser_for, assigned, people):
    """Two relatives of Léa: what the one wrote the other, who may only answer, does not read."""
    claire, yann = browser_for("claire"), browser_for("yann")
    await link_patient(NOBODY, people["yann"].account, people.lea_patient, "father", since=SINCE, at=clock.now())
    sent = {}
    for who in ("claire", "yann"):
        asked = await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")
        await browser_for(who).post(f"/assignments/{asked}/open")
        sent[who] = await fetch_value("SELECT response FROM assignment WHERE id = $1", asked)
        await execute("UPDATE response SET state = 'submitted', submitted_at = now() WHERE id = $1", sent[who])
    await rights(await lens_link(people), Right.ANSWER)

    own, others = ([f"/responses/{sent[who]}", f"/responses/{sent[who]}/sent"] for who in ("claire", "yann"))
    assert await pages_of(claire, *own) == [200, 200]
    assert await pages_of(claire, *others) == [404, 404]
    assert await pages_of(yann, *own, *others) == [200] * 4
    listed = [link["href"] for link in (await claire.page("/answers")).select("main li a")]
    assert listed == [f"/responses/{sent['claire']}"]
    assert await pages_of(claire, f"/me/access-log/{people.lea_patient}") == [403]


@pytest.mark.capability("R14")
async def test_every_response_says_who_answered_for_whom_also_after_the_link_ended(browser_for, assigned, people):
    asked = await assigned("daily_life_proxy", who="lea_patient", answered_by="proxy")
    await browser_for("claire").post(f"/assignments/{asked}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", asked)
    await execute("UPDATE response SET state = 'submitted', submitted_at = now() WHERE id = $1", response)
    own = text_of((await browser_for("claire").page(f"/responses/{response}")).main)
    await actions.end_proxy(people["ines"].actor, await lens_link(people), Ended.MOVED_ON, at=clock.now())

    ines = browser_for("ines")
    read, printed = [
        text_of((await ines.page(url)).main) for url in (f"/responses/{response}", f"/responses/{response}/print")
    ]
    listed = text_of((await ines.page(f"/patients/{people.lea_patient}/questionnaires")).main)

    assert "Answered by Claire Martin (mother) for Léa Martin" in own
    assert "Answered by Claire Martin (mother) for Léa Martin" in read
    assert "Claire Martin (mother)" in printed
    assert "Claire Martin (mother)" in listed


async def test_everybody_is_told_once_that_somebody_came_of_age(people, db):
    at = clock.now()
    today = clock.day_in(ZONE, at)
    before = await queries.list_newly_of_age(today)
    await born(people.lea_patient, years_ago(18))

    found = await queries.list_newly_of_age(today)
    for _ in range(2):
        await note_majorities(0)
    again = await actions.note_majority(people.lea_patient, today=today, at=at)
    jobs = await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = $1", actions.TELL.name)
    told = [row["args"] for row in jobs]

    assert (before, found) == ([], [people.lea_patient])
    assert again is False
    assert await queries.list_newly_of_age(today) == []
    assert sum(str(people["claire"].account) in args for args in told) == 1
    assert sum(str(people["ines"].account) in args for args in told) == 1
    assert not any(str(people["zoe"].account) in args for args in told)
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'majority.reached'") == 1


async def joined_rights(people, *, born_on: str = "2016-05-12"):
    """Claire may read Léa's record by one link and answer by another: (the records' merge, both links)."""
    lea, claire = people.lea_patient, people["claire"]
    other, first = await twin(people), await lens_link(people)
    second = await link_patient(NOBODY, claire.account, other, "guardian", since=SINCE, at=clock.now())
    await rights(first, Right.VIEW, Right.CONSENT)
    await rights(second, Right.VIEW, Right.ANSWER)
    await born(lea, born_on)
    return await join(people, lea, other, choices={}), first, second


JOINED = "given in several records that are one now"
HELD = "SELECT count(*) FROM patient_link WHERE id = ANY($1) AND valid_to IS NULL"


async def test_after_a_merge_somebody_is_shown_once_and_ended_for_good(browser_for, people):
    """By the team, on either link's address; parting the records again brings nothing back."""
    merge, *links = await joined_rights(people)
    ines, claire, lea = browser_for("ines"), browser_for("claire"), people.lea_patient
    pages = (f"/me/record/{lea}", f"/me/consents/{lea}")
    listed = [text_of(one) for one in (await ines.page(f"/patients/{lea}/contacts")).select("main .co-feed > li")]
    own = [text_of(one) for one in (await claire.page(HERE)).select("section[aria-labelledby=answered] .co-feed > li")]
    before = await pages_of(claire, *pages)
    asked = text_of((await ines.page(f"/patients/{lea}/proxies/{links[0]}/end")).main)
    foreign = await browser_for("zoe").post(f"/patients/{lea}/proxies/{links[0]}/end", data={"reason": "moved_on"})
    await ines.post(f"/patients/{lea}/proxies/{links[0]}/end", data={"reason": "moved_on"})

    assert len([one for one in listed if "Claire Martin" in one]) == 1
    assert JOINED in listed[0]
    assert "consents" in listed[0]
    assert "answers" in listed[0]
    assert len(own) == 1
    assert JOINED in own[0]
    assert JOINED in asked
    assert (before, foreign.status_code) == ([200, 200], 404)
    assert await pages_of(claire, *pages) == [404, 404]
    assert await fetch_value(HELD, links) == 0
    former = (await ines.page(f"/patients/{lea}/contacts")).select("main details .co-feed > li")
    assert len([one for one in former if "Claire Martin" in text_of(one)]) == 1

    await part(people, merge)
    assert await pages_of(claire, *pages) == [404, 404]
    assert await fetch_value(HELD, links) == 0


async def test_after_a_merge_giving_up_and_changing_act_on_every_link(browser_for, people):
    _, *links = await joined_rights(people)
    ines, claire, lea = browser_for("ines"), browser_for("claire"), people.lea_patient
    url = f"/patients/{lea}/proxies/{links[1]}"
    form = (await ines.page(url)).select_one("main form")
    ticked = {box["value"] for box in form.select("input[name=rights][checked]")}
    seen = form.select_one("input[name=revision]")["value"]
    stale = await ines.post(url, data={"rights": ["view"], "revision": "1"})
    await ines.post(url, data={"rights": ["answer"], "revision": seen})
    given = [row["rights"] for row in await fetch("SELECT rights FROM patient_link WHERE id = ANY($1)", links)]
    record = await pages_of(claire, f"/me/record/{lea}")

    assert ticked == {"view", "consent", "answer"}
    assert stale.status_code == 409
    assert given == [["answer"], ["answer"]]
    assert record == [403]
    assert (await claire.post(f"{HERE}/mine/{links[0]}/give-up")).status_code == 303
    assert await fetch_value(HELD, links) == 0
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'proxy.ended'") == 1


async def test_after_a_merge_the_patient_of_age_decides_of_every_link(browser_for, people):
    """What a court decided by one link keeps the patient from ending the other, and pauses nothing."""
    _, *links = await joined_rights(people, born_on="1980")
    await link_patient(NOBODY, people["paul"].account, people.lea_patient, "self", since=SINCE, at=clock.now())
    paul, claire, record = browser_for("paul"), browser_for("claire"), f"/me/record/{people.lea_patient}"
    asking = (await paul.page(HERE)).select("section[aria-labelledby=asking] li")
    await paul.post(f"{HERE}/{links[0]}", data={"rights": ["view"]})
    agreed = await fetch("SELECT rights, beyond FROM patient_link WHERE id = ANY($1)", links)
    open_now = await pages_of(claire, record)
    await execute("UPDATE patient_link SET beyond = 'court' WHERE id = $1", links[0])
    court = await paul.post(f"{HERE}/{links[1]}/end")
    await execute("UPDATE patient_link SET beyond = '', beyond_on = NULL, majority_at = NULL WHERE id = $1", links[1])
    told = await queries.list_newly_of_age(clock.day_in(ZONE, clock.now()))
    await execute("UPDATE patient_link SET beyond = 'agreed' WHERE id = $1", links[0])
    await paul.post(f"{HERE}/{links[1]}/end")

    assert len(asking) == 1
    assert [(row["rights"], row["beyond"]) for row in agreed] == [(["view"], "agreed")] * 2
    assert (open_now, court.status_code, told) == ([200], 409, [])
    assert await fetch_value(HELD, links) == 0
    assert await pages_of(claire, record) == [404]


async def test_after_a_merge_two_entries_of_one_person_show_the_rights_once(browser_for, people):
    """Ending either entry ends what its owner may do."""
    merge, *links = await joined_rights(people)
    entries = []
    for link, name in zip(links, ("Claire", "Clara"), strict=True):
        new = NewContact(given_name=name, family_name="Martin", email=f"{name}@example.org", kind="mother")
        entries.append(await add_contact(people["ines"].actor, people.lea_patient, new, at=clock.now()))
        person = await fetch_value("SELECT contact FROM relationship WHERE id = $1", entries[-1])
        await execute("UPDATE patient_link SET contact = $2 WHERE id = $1", link, person)
    ines, url = browser_for("ines"), f"/patients/{people.lea_patient}/contacts"
    first, second = [text_of(one) for one in (await ines.page(url)).select("section[aria-labelledby=contacts] ul > li")]
    today = clock.day_in(ZONE, clock.now()).isoformat()
    ended = await ines.post(f"{url}/{entries[1]}/end", data={"until": today, "reason": "no_longer"})

    assert JOINED in first
    assert "End the rights" in first
    assert "With the same account as" in second
    assert "May:" not in second
    assert "End the rights" not in second
    assert "Invite" not in second
    assert ended.status_code == 303
    assert await fetch_value(HELD, links) == 0
    await part(people, merge, rest=Side.KEPT)
    assert await pages_of(browser_for("claire"), f"/me/record/{people.lea_patient}") == [404]
