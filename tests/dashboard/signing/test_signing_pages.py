"""The pages around a signature and the data checks of a visit."""

from datetime import timedelta

import pytest

from app.lib import clock
from app.lib.db import execute
from app.trials.checks.queries import findings_of
from app.trials.signing.queries import signature_of, signatures_of
from app.trials.visits.actions.holding import complete_visit
from tests.browser import read, text_of
from tests.consents.stories import says
from tests.trials.signing.stories import CALM, HARM_ALONE, TODAY, asked_in, begun, corrected, held, signed, started


async def seen_on(browser, visit, **more):
    """What the form before signing would send."""
    page = await browser.page(f"/visits/{visit}/sign")
    return {"seen": page.select_one("input[name=seen]")["value"], **more}


async def test_a_visit_is_signed_on_its_page(db, people, browser_for):
    visit = await held(people)
    ines = browser_for("ines")
    assert "Not signed yet" in text_of(await ines.page(f"/visits/{visit}"))
    page = text_of(await ines.page(f"/visits/{visit}/sign"))
    assert "Nothing is missing" in page
    assert "psychiatrist at Centre expert de Lyon" in page

    reply = await ines.post(f"/visits/{visit}/sign", data=await seen_on(ines, visit))
    assert (reply.status_code, reply.headers["location"]) == (303, f"/visits/{visit}?done=signed")
    shown = text_of(await ines.page(f"/visits/{visit}"))
    assert "Signed by Inès Moreau, psychiatrist" in shown
    assert "Everything signed is unchanged: 9 answers were compared" in shown


async def test_what_is_listed_is_confirmed_first(db, people, browser_for):
    visit = await started(people)
    await begun(people, visit, "phq9", CALM)
    await complete_visit(people["ines"].actor, visit, TODAY, "Left early.", at=clock.now())
    ines = browser_for("ines")
    form = await seen_on(ines, visit)
    reply = await ines.post(f"/visits/{visit}/sign", data=form)
    assert reply.status_code == 422
    assert read(reply).select_one("#error-summary a[href='#confirmed']")
    assert await signature_of(visit) is None
    assert (await ines.post(f"/visits/{visit}/sign", data=form | {"confirmed": "yes"})).status_code == 303


async def test_a_page_that_is_no_longer_true_signs_nothing(db, people, browser_for):
    visit = await held(people)
    ines = browser_for("ines")
    form = await seen_on(ines, visit)
    await corrected(people, await asked_in(visit, "phq9"), "q1", 1)
    reply = await ines.post(f"/visits/{visit}/sign", data=form)
    assert reply.status_code == 409
    assert "Something has changed since you read this page" in text_of(read(reply))
    assert await signature_of(visit) is None


async def test_an_open_question_stands_in_the_way_until_it_is_explained(db, people, browser_for):
    visit = await held(people, HARM_ALONE)
    ines = browser_for("ines")
    before = await ines.page(f"/visits/{visit}/sign")
    assert "Thoughts of death without loss of interest" in text_of(before)
    assert before.select_one("input[name=seen]") is None

    finding = (await findings_of(visit))[0].id
    page = await ines.page(f"/visits/{visit}/checks")
    assert "more than half the days" in text_of(page).lower()
    address = f"/visits/{visit}/checks"
    empty = await ines.post(address, data={"finding": str(finding), "reason": " "})
    assert empty.status_code == 422
    assert read(empty).select_one(f"#error-summary a[href='#reason-{finding}']")
    for _again in range(2):
        reply = await ines.post(address, data={"finding": str(finding), "reason": "It is so."})
        assert reply.status_code == 303
    assert "Explained by Inès Moreau" in text_of(await ines.page(address))
    assert await seen_on(ines, visit)


async def test_a_correction_is_announced_before_and_said_after(db, people, browser_for):
    visit = await held(people)
    await signed(people, visit)
    response = await asked_in(visit, "phq9")
    page = text_of(await browser_for("paul").page(f"/responses/{response}/corrections/problems"))
    assert "belongs to a visit that was signed" in page
    await corrected(people, response, "q1", 1)
    assert "was withdrawn: an answer has changed" in text_of(await browser_for("ines").page(f"/visits/{visit}"))


async def test_a_signature_is_withdrawn_with_a_reason(db, people, browser_for):
    visit = await held(people)
    await signed(people, visit)
    marc = browser_for("marc")
    address = f"/visits/{visit}/sign/withdraw"
    assert "Inès Moreau is told by e-mail" in text_of(await marc.page(address))
    first = (await marc.page(address)).select_one("input[name=signature]")["value"]
    assert (await marc.post(address, data={"signature": first, "reason": ""})).status_code == 422
    assert (await marc.post(address, data={"signature": first, "reason": "Wrong day."})).status_code == 303
    assert [one.reason for one in await signatures_of(visit)] == ["Wrong day."]
    assert "withdrawn by Marc Petit" in text_of(await marc.page(f"/visits/{visit}"))
    assert (await marc.get(address)).headers["location"] == f"/visits/{visit}"
    again = await marc.post(address, data={"signature": first, "reason": "Wrong day."})
    assert again.headers["location"] == f"/visits/{visit}"


async def test_a_page_of_before_neither_signs_nor_withdraws(db, people, browser_for):
    """Two sessions: what somebody else did in between is read first."""
    visit = await held(people)
    ines, marc = browser_for("ines"), browser_for("marc")
    former = await seen_on(ines, visit)
    await signed(people, visit)
    address = f"/visits/{visit}/sign/withdraw"
    first = (await marc.page(address)).select_one("input[name=signature]")["value"]
    assert (await marc.post(address, data={"signature": first, "reason": "Wrong day."})).status_code == 303

    reply = await ines.post(f"/visits/{visit}/sign", data=former)
    assert reply.status_code == 409
    assert "Something has changed since you read this page" in reply.text
    assert await signature_of(visit) is None
    assert (await ines.post(f"/visits/{visit}/sign", data=await seen_on(ines, visit))).status_code == 303

    reply = await marc.post(address, data={"signature": first, "reason": "Wrong day, I said."})
    assert reply.status_code == 409
    assert "Wrong day, I said." in reply.text
    assert "the visit was signed anew" in reply.text
    assert await signature_of(visit) is not None


@pytest.mark.parametrize("page", ["sign", "sign/withdraw", "checks"])
async def test_strangers_find_nothing(db, people, browser_for, page):
    visit = await held(people)
    if page != "sign":
        await signed(people, visit)
    for who, status in (("zoe", 404), ("hugo", 404), ("paul", 403), ("sacha", 404)):
        assert (await browser_for(who).get(f"/visits/{visit}/{page}")).status_code == status, who


async def test_an_old_proof_does_not_sign(db, people, browser_for):
    visit = await held(people)
    ines = browser_for("ines")
    form = await seen_on(ines, visit)
    sql = "UPDATE session SET second_factor_at = $2 WHERE account = $1"
    await execute(sql, people["ines"].account, clock.now() - timedelta(hours=1))
    reply = await ines.post(f"/visits/{visit}/sign", data=form)
    assert await signature_of(visit) is None
    assert form["seen"] in reply.text or reply.status_code == 303


async def test_answers_that_are_not_shared_are_not_told_by_a_check(db, people, browser_for):
    """A visit of Lyon, seen from Lyon: an answer of Brest that Paul does not share any more is not read for it."""
    visit = await held(people, HARM_ALONE)
    response = await asked_in(visit, "phq9")
    await execute("UPDATE response SET organisation = $2 WHERE id = $1", response, people.brest)
    await execute("UPDATE patient SET withheld = array_append(withheld, 'sharing') WHERE id = $1", people.paul_patient)
    ines = browser_for("ines")
    for page in ("", "/checks", "/sign"):
        shown = text_of(await ines.page(f"/visits/{visit}{page}"))
        told = [one for one in ("half the days", "Thoughts of death", "harm_alone") if one in shown]
        assert (page, told) == (page, [])
        assert "answers of another centre" in shown

    [one] = await findings_of(visit)
    await ines.post(f"/visits/{visit}/checks", data={"finding": str(one.id), "reason": "It is so."})
    assert (await findings_of(visit))[0].is_open


async def test_answers_that_are_shared_no_more_are_confirmed_unread(db, people, browser_for):
    """Paul takes back that centres share: the check over Brest's answer settles, and Lyon signs knowing of it."""
    visit = await held(people, HARM_ALONE)
    response = await asked_in(visit, "phq9")
    await execute("UPDATE response SET organisation = $2 WHERE id = $1", response, people.brest)
    await says(people, "paul", "sharing", yes=False)
    assert not [one for one in await findings_of(visit) if one.is_open]

    ines = browser_for("ines")
    assert "Answered at another centre and not shared with yours" in text_of(await ines.page(f"/visits/{visit}/sign"))
    form = await seen_on(ines, visit)
    assert (await ines.post(f"/visits/{visit}/sign", data=form)).status_code == 422
    assert (await ines.post(f"/visits/{visit}/sign", data=form | {"confirmed": "yes"})).status_code == 303

    await says(people, "paul", "sharing", yes=True)
    assert "Everything signed is unchanged" in text_of(await ines.page(f"/visits/{visit}"))
