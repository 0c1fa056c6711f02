"""One sealer puts every committed event into one chain, whoever writes meanwhile and whoever dies."""

import asyncio
from datetime import timedelta

import pytest

from app.audit import actions as audit
from app.audit.checking import Check
from app.audit.jobs import keep_sealing
from app.audit.queries import last_link, verify
from app.lib import clock, db
from tests.audit.conftest import BEGAN, EVENTS, write_event

LATER = BEGAN + timedelta(days=2)
WRITERS, EACH = 8, 25


class Killed(Exception):
    pass


async def whole() -> Check:
    """Every finding fails the test; what was read."""
    check = Check()
    assert [finding async for finding in verify(check)] == []
    return check


def test_every_event_is_sealed_once(trail):
    check = trail.do(whole())

    assert (check.events, check.seq, check.waiting) == (EVENTS, EVENTS, 0)


def test_concurrent_writers_and_sealers_make_one_chain(trail):
    async def work():
        await db.start_pool(1, 14)
        written = [asyncio.create_task(write_many(writer)) for writer in range(WRITERS)]
        stop = asyncio.Event()
        sealers = [asyncio.create_task(keep_sealing(stop, 0.001)) for _ in range(3)]
        await asyncio.gather(*written)
        stop.set()
        await asyncio.gather(*sealers)
        await audit.seal(at=LATER)
        check = await whole()
        await db.close_pool()
        return check

    async def write_many(writer):
        for number in range(EACH):
            await write_event(clock.now(), writer=writer, number=number)

    check = trail.do(work())

    assert (check.events, check.waiting) == (EVENTS + WRITERS * EACH, 0)


def test_a_late_commit_gets_a_later_number(trail):
    async def work():
        await db.start_pool(2, 4)
        begun, sealed = asyncio.Event(), asyncio.Event()

        async def late():
            async with db.transaction():
                await write_event(LATER, late=1)
                begun.set()
                await sealed.wait()

        task = asyncio.create_task(late())
        await begun.wait()
        await write_event(LATER + timedelta(seconds=1), late=0)
        first = await audit.seal(at=LATER + timedelta(seconds=2))
        sealed.set()
        await task
        second = await audit.seal(at=LATER + timedelta(seconds=4))
        check = await whole()
        await db.close_pool()
        return first, second, check

    first, second, check = trail.do(work())

    assert (first, second, check.events) == (1, 1, EVENTS + 2)
    assert trail.tamper(
        "SELECT e.details->>'late' FROM audit_chain c JOIN audit_event e ON e.id = c.event WHERE c.seq > %s"
        " ORDER BY c.seq",
        EVENTS,
    ) == [("0",), ("1",)]


def test_only_one_seals_and_a_killed_one_leaves_nothing(trail):
    async def work():
        await db.start_pool(2, 4)
        await write_event(LATER)
        with pytest.raises(Killed):
            await killed_before_its_commit()
        before = await last_link()
        again = await audit.seal(at=LATER)
        check = await whole()
        await db.close_pool()
        return before, again, check

    async def killed_before_its_commit():
        async with db.transaction():
            assert await audit.seal(at=LATER) == 1
            assert await asyncio.create_task(in_a_context_of_its_own()) == 0
            raise Killed

    async def in_a_context_of_its_own():
        db.DB.current_transaction.set(None)
        return await audit.seal(at=LATER)

    before, again, check = trail.do(work())

    assert before.seq == EVENTS
    assert (again, check.events) == (1, EVENTS + 1)


def test_what_came_after_hours_is_found_by_the_whole_look(trail):
    async def work():
        await write_event(LATER)
        await audit.seal(at=clock.now() + timedelta(days=3))
        await write_event(clock.now())
        near = await audit.seal(at=clock.now())
        return near, await audit.seal(at=clock.now(), whole=True)

    assert trail.do(work()) == (0, 1)


async def test_an_event_without_its_act_is_refused(people):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        await audit.record(audit.Action.PATIENT_READ, by=audit.NOBODY, at=clock.now(), subject=audit.NOBODY)


def test_a_sealer_that_fails_tries_again(trail, caplog):
    async def work():
        stop = asyncio.Event()
        task = asyncio.create_task(keep_sealing(stop, 0.01))
        await write_event(clock.now())
        await asyncio.to_thread(trail.tamper, "ALTER TABLE audit_chain RENAME TO away")
        await asyncio.sleep(0.3)
        await asyncio.to_thread(trail.tamper, "ALTER TABLE away RENAME TO audit_chain")
        await asyncio.sleep(0.5)
        stop.set()
        await task
        return (await whole()).waiting

    assert trail.do(work()) == 0
    assert "the trail could not be sealed" in caplog.text
