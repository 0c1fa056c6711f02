"""The pages that merge two records and undo it, and who finds them."""

import pytest

from app.dashboard.merging.queries import count_apart, list_since
from app.dashboard.merging.registry import Kind
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.merging.model import Side
from app.patients.merging.queries import last_merge, lock_merge
from app.patients.model import NewPatient
from app.patients.queries import get_patient, record_as_written
from tests.biology.stories import report
from tests.browser import read, text_of
from tests.patients.merging.stories import REASON, join, part, twin
from tests.patients.merging.test_undoing import ask


def fields_of(page) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = page.select_one("main form[action*='/merge']")
    sent = {one["name"]: one.get("value", "") for one in form.select("input[type=hidden]")}
    return sent | {one["name"]: one["value"] for one in form.select("input[checked]")}


@pytest.fixture
async def other(db, people):
    return await twin(people)


@pytest.fixture
def base(people):
    return f"/patients/{people.paul_patient}"


async def test_close_records_are_offered_and_others_searched(browser_for, other, base, people):
    ines = browser_for("ines")

    offered = await ines.page(f"{base}/merge")
    found = read(await ines.post(f"{base}/merge/search", data={"asked": "martin"}))
    none = read(await ines.post(f"{base}/merge/search", data={"asked": "le goff"}))

    assert [link["href"] for link in offered.select("main li a")] == [f"{base}/merge/{other}"]
    assert "Le Goff" not in text_of(offered)
    assert [link["href"] for link in found.select("main li a")] == [f"{base}/merge/{people.lea_patient}"]
    assert "No other record of your centre was found" in text_of(none)
    assert none.select("main li") == []


async def test_both_are_compared_and_what_is_chosen_stays(browser_for, other, base, people):
    ines = browser_for("ines")
    page = await ines.page(f"{base}/merge/{other}")
    sent = fields_of(page)

    assert sent["choice-family_name"] == "absorbed"
    assert "says more" in text_of(page)
    assert "same birth date" in text_of(page)
    refused = await ines.post(f"{base}/merge/{other}", data=sent | {"choice-family_name": "kept", "reason": " "})

    assert refused.status_code == 422
    again = fields_of(read(refused))
    del sent["_csrf_token"], again["_csrf_token"]
    assert again == sent | {"choice-family_name": "kept"}
    assert text_of(read(refused).select_one("#error-summary")).endswith("Write why, in 10 to 1000 characters")


async def test_merging_shows_one_record_and_twice_is_once(browser_for, other, base, people):
    ines = browser_for("ines")
    sent = fields_of(await ines.page(f"{base}/merge/{other}")) | {"reason": REASON}

    first = await ines.post(f"{base}/merge/{other}", data=sent)
    second = await ines.post(f"{base}/merge/{other}", data=sent)

    assert {first.headers["location"], second.headers["location"]} == {f"{base}/merges?done=merged"}
    assert await fetch_value("SELECT count(*) FROM patient_merge") == 1
    shown = text_of((await ines.page(f"{base}/merges?done=merged")).main)
    assert "The two records are one" in shown
    assert REASON in shown
    assert (await get_patient(people.paul_patient)).family_name == "Lambert-Roy"


async def test_a_record_that_changed_meanwhile_is_compared_again(browser_for, other, base):
    ines = browser_for("ines")
    sent = fields_of(await ines.page(f"{base}/merge/{other}")) | {"reason": REASON}
    await execute("UPDATE patient SET revision = revision + 1 WHERE id = $1", other)

    reply = await ines.post(f"{base}/merge/{other}", data=sent)

    assert reply.status_code == 409
    assert await fetch_value("SELECT count(*) FROM patient_merge") == 0


async def test_contradictions_must_be_looked_at(browser_for, base, people, db):
    new = NewPatient(given_names="Paul", family_name="Lambert", birth_date=clock.now().date(), sex="male")
    other = await create_patient(people["ines"].actor, new, at=clock.now())
    ines = browser_for("ines")
    sent = fields_of(await ines.page(f"{base}/merge/{other}")) | {"reason": REASON}

    refused = await ines.post(f"{base}/merge/{other}", data=sent)
    assert refused.status_code == 422
    assert "The birth dates contradict each other." in text_of(read(refused))
    taken = await ines.post(f"{base}/merge/{other}", data=sent | {"confirmed-birth_differs": "yes"})

    assert taken.status_code == 303


async def test_who_does_not_follow_both_finds_nothing(browser_for, other, base, people):
    foreign = await twin(people, "zoe")
    yann = f"/patients/{people.yann_patient}"
    merge = await join(people, people.paul_patient, other)
    asks = {
        ("ines", "GET", f"{base}/merge/{foreign}"): 404,
        ("ines", "POST", f"{base}/merge/{foreign}"): 404,
        ("ines", "GET", f"{base}/merge/{people.paul_patient}"): 404,
        ("zoe", "GET", f"{base}/merge"): 404,
        ("zoe", "POST", f"{base}/merge/search"): 404,
        ("zoe", "GET", f"{base}/merge/{foreign}"): 404,
        ("zoe", "GET", f"{base}/merges"): 404,
        ("zoe", "GET", f"{base}/merges/{merge}/undo"): 404,
        ("zoe", "POST", f"{base}/merges/{merge}/undo"): 404,
        ("zoe", "GET", f"{yann}/merges/{merge}/undo"): 404,
        ("zoe", "GET", f"{yann}/merge/{people.paul_patient}"): 404,
        ("paul", "GET", f"{base}/merge"): 403,
        ("paul", "POST", f"{base}/merges/{merge}/undo"): 403,
    }

    found = {ask: (await browser_for(ask[0]).request(*ask[1:])).status_code for ask in asks}

    assert found == asks
    assert foreign not in {row["absorbed"] for row in await fetch("SELECT absorbed FROM patient_merge")}


async def test_merging_and_undoing_ask_for_a_fresh_factor(browser_for, other, base, people):
    merge = await join(people, people.paul_patient, people.lea_patient)
    await execute("UPDATE session SET second_factor_at = now() - interval '1 hour'")
    ines = browser_for("ines")

    for page in (f"{base}/merge/{other}", f"{base}/merges/{merge}/undo"):
        assert (await ines.get(page)).headers["location"].startswith("/step-up")


async def test_undoing_asks_what_is_unsure_and_keeps_what_was_said(browser_for, other, base, people):
    merge = await join(people, people.paul_patient, other)
    asked = [await ask(people, people.paul_patient) for _ in range(2)]
    await execute("UPDATE patient SET phone = NULL WHERE id = $1", people.paul_patient)
    ines, url = browser_for("ines"), f"{base}/merges/{merge}/undo"
    page = await ines.page(url)

    assert fields_of(page) == {"_csrf_token": fields_of(page)["_csrf_token"]}
    assert "Written for" not in text_of(page)
    sent = {f"side-{asked[0]}": "absorbed", "owner-phone": "kept", "reason": REASON}
    refused = await ines.post(url, data=sent)
    assert refused.status_code == 422
    assert {name for name in fields_of(read(refused)) if name != "_csrf_token"} == {f"side-{asked[0]}", "owner-phone"}
    assert await last_merge(people.paul_patient) == merge

    done = await ines.post(url, data=sent | {f"side-{asked[1]}": "kept"})
    again = await ines.post(url, data=sent | {f"side-{asked[1]}": "kept"})

    assert {done.headers["location"], again.headers["location"]} == {f"{base}/merges?done=undone"}
    rows = await fetch("SELECT id, patient FROM assignment WHERE id = ANY($1) ORDER BY id", asked)
    assert [row["patient"] for row in rows] == [other, people.paul_patient]
    assert (await record_as_written(other)).phone == "+33612345678"
    assert "The merge is undone" in text_of((await ines.page(f"{base}/merges?done=undone")).main)


async def test_a_centre_that_followed_one_sees_that_one_afterwards(browser_for, people, db):
    marc = people["marc"]
    foreign = await twin(people, "zoe")
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) "
        "VALUES ($3, $1, $2, 'active', current_date)",
        people.paul_patient,
        people.brest,
        new_id(),
    )
    merge = await join(people, people.paul_patient, foreign, who="zoe")
    assert (await browser_for("ines").get(f"/patients/{foreign}")).status_code == 303
    undoing = await browser_for("ines").page(f"/patients/{people.paul_patient}/merges/{merge}/undo")
    assert "Your centre will not see this record any more" in text_of(undoing)
    held = await lock_merge(merge)
    assert held is not None
    assert await list_since(held) == []

    await part(people, merge)

    assert (await browser_for("ines").get(f"/patients/{foreign}")).status_code == 404
    assert (await browser_for("zoe").get(f"/patients/{foreign}")).status_code == 200
    left = text_of((await browser_for("ines").page(f"/patients/{people.paul_patient}/merges")).main)
    assert "With a record that your centre does not follow" in left
    assert marc.actor.organisation == people.lyon


async def test_what_other_centres_wrote_is_not_counted_where_sharing_is_withheld(browser_for, people, db):
    """Lyon wrote a laboratory's report about Paul; Brest, which follows him too, merges and undoes."""
    paul, zoe = people.paul_patient, browser_for("zoe")
    foreign = await twin(people, "zoe")
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($3, $1, $2, current_date)",
        paul,
        people.brest,
        new_id(),
    )
    await report(people)
    before = text_of((await zoe.page(f"/patients/{paul}/merge/{foreign}")).main)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", paul)
    after = text_of((await zoe.page(f"/patients/{paul}/merge/{foreign}")).main)
    assert ("Laboratory reports" in before, "Laboratory reports" in after) == (True, False)

    merge = await join(people, paul, foreign, who="zoe")
    await report(people, patient=paul)
    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", paul)
    found = await lock_merge(merge)
    assert found is not None
    counted = [(await count_apart(people[who].actor, found))[Side.KEPT][Kind.LAB_REPORT] for who in ("zoe", "ines")]
    assert counted == [0, 1]
