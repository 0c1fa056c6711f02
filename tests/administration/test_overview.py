"""The first page of administration: who gets in, what it counts, and whose things those are."""

import pytest

from app.lib.db import execute
from app.lib.ids import new_id
from tests.browser import text_of


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("ines", 200),
        ("odile", 200),
        ("zoe", 200),
        ("sacha", 200),
        ("marc", 403),
        ("hugo", 403),
        ("lucie", 403),
        ("paul", 403),
    ],
)
async def test_who_gets_in(browser_for, who, status):
    assert (await browser_for(who).get("/administration")).status_code == status


def counts(page) -> dict[str, str]:
    return {text_of(one.dt): text_of(one.dd) for one in page.select(".co-stats > div")}


async def test_a_centre_counts_its_own_and_the_network_all(browser_for):
    lyon, brest = [counts(await browser_for(who).page("/administration")) for who in ("odile", "zoe")]
    network = counts(await browser_for("sacha").page("/administration"))

    # Inès, Marc, Odile, Hugo and Tom; Victor's account is closed. Zoé and Marc in Brest.
    assert (lyon["Patients followed"], lyon["Professionals"]) == ("2", "5")
    assert (brest["Patients followed"], brest["Professionals"]) == ("1", "2")
    assert (network["Patients followed"], network["Professionals"]) == ("3", "6")


async def test_what_waits_in_another_centre_does_not_wait_here(browser_for, people):
    asking = (
        "INSERT INTO membership_request (id, account, organisation, profession, created_at)"
        " VALUES ($1, $2, $3, 'nurse', now())"
    )
    await execute(asking, new_id(), people["lucie"].account, people.brest)

    here, there = [text_of((await browser_for(who).page("/administration")).main) for who in ("odile", "zoe")]
    assert "Requests for a place to decide on" not in here
    assert "Requests for a place to decide on" in there


async def test_a_training_that_is_missing_waits(browser_for, people):
    await execute("UPDATE account SET trained_until = current_date + 400")
    assert "training is missing" not in text_of((await browser_for("odile").page("/administration")).main)
    await execute("UPDATE account SET trained_until = current_date + 20 WHERE id = $1", people["hugo"].account)

    assert "training is missing or runs out" in text_of((await browser_for("odile").page("/administration")).main)
    listed = text_of((await browser_for("odile").page("/administration/professionals?show=training")).main)
    assert "RENARD Hugo" in listed
    assert "MOREAU Inès" not in listed
