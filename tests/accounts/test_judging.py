"""Judging a password comes last, and a network may ask for it so many times an hour; sign-in goes on meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.accounts import judging, passwords
from app.accounts.problems import Problem
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.origin import Origin, origin
from app.lib.throttle import is_spent, within
from tests.accounts.test_sign_up import PROFESSIONAL, aged
from tests.browser import read, text_of
from tests.people import PASSWORD

NETWORK = "198.51.100.7"
HARD = "4@8({[<369!1|10$57+%2'*6" * 5


@pytest.fixture
def network():
    token = origin.set(Origin(address=NETWORK))
    yield NETWORK
    origin.reset(token)


@pytest.fixture
async def used_up(db):
    """The network of the test's browsers has had all it may ask for."""
    await fill("127.0.0.1")


async def fill(address):
    at = clock.now()
    for _ in range(judging.OF_A_NETWORK.tries):
        assert await within(judging.OF_A_NETWORK, address, at)


async def test_so_many_an_hour_are_judged_for_one_network(db, network):
    await fill(network)
    at = clock.now()

    assert await judging.judged(PASSWORD, (), at=at) is Problem.TOO_MANY_PASSWORDS
    assert await judging.judged("short", (), at=at) is Problem.PASSWORD_TOO_SHORT
    assert await judging.judged(PASSWORD, (), at=at + judging.OF_A_NETWORK.window) is None


async def test_nobody_waits_to_sign_in_while_passwords_are_judged():
    """Judging never takes the threads that hash, however many ask for it at once."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = [asyncio.ensure_future(judging.judged(HARD, (), at=clock.now())) for _ in range(6)]
    await asyncio.sleep(0.05)

    await asyncio.to_thread(passwords.matches, PASSWORD, None)

    assert not all(one.done() for one in waiting)
    assert len(await asyncio.gather(*waiting)) == len(waiting)


@pytest.mark.parametrize("fault", [{"email": "nobody"}, {"given_name": ""}, {"altcha": "made up"}, {"stamp": ""}])
async def test_a_form_with_faults_has_no_password_judged(browser_for, people, fault):
    fields = aged(PROFESSIONAL | {"organisation": str(people.lyon), "password": HARD}) | fault

    reply = await browser_for(None).post("/sign-up/professional", data=fields)

    assert reply.status_code == 422
    assert await fetch_value("SELECT count(*) FROM throttle") == 0


async def test_a_weak_password_uses_no_sign_up_of_the_network(browser_for, people):
    fields = aged(PROFESSIONAL | {"organisation": str(people.lyon)})
    browser = browser_for(None)

    weak = [await browser.post("/sign-up/professional", data=fields | {"password": "azertyuiop12"}) for _ in range(4)]
    right = await browser.post("/sign-up/professional", data=fields)

    assert {one.status_code for one in weak} == {422}
    assert right.status_code == 303


@pytest.mark.usefixtures("used_up")
async def test_a_network_that_asked_too_often_is_told_at_sign_up(browser_for, people):
    fields = aged(PROFESSIONAL | {"organisation": str(people.lyon)})

    reply = await browser_for(None).post("/sign-up/professional", data=fields)

    assert reply.status_code == 422
    assert "Many passwords were tried from this network" in text_of(read(reply).select_one("#password-error"))


@pytest.mark.usefixtures("used_up")
async def test_and_where_a_password_is_changed(browser_for):
    await execute("UPDATE session SET second_factor_at = now()")
    page = await browser_for("ines").page("/me/password")
    names = [one["name"] for one in page.select("input[type=password]")]

    reply = await browser_for("ines").post("/me/password", data=dict(zip(names, (PASSWORD, HARD[:40]), strict=True)))

    assert reply.status_code == 422
    assert "Many passwords were tried from this network" in text_of(read(reply).select_one("#password-error"))


async def test_addresses_are_counted_apart(db, network):
    await fill(network)

    assert await is_spent(judging.OF_A_NETWORK, network, clock.now())
    assert not await is_spent(judging.OF_A_NETWORK, "203.0.113.9", clock.now())
