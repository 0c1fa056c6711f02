"""The measuring itself: it finds a difference that is there, and none that is not; and nobody's notice goes nowhere."""

from random import Random

from app.accounts.actions import notices
from app.accounts.notices import Notice
from app.audit.actions import NOBODY, Action
from app.lib import clock
from app.lib.db import fetch_value
from app.lib.mailbox import list_messages
from tests.abuse.target import Sizes
from tests.abuse.telling import Times


def times(more: float) -> Times:
    """Of the full drill: 20 ms, 5 either way, and known addresses `more` ms slower."""
    chance = Random(1)  # noqa: S311 - not a secret
    known, unknown = ([chance.gauss(20 + add, 5) / 1000 for _ in range(Sizes().timed)] for add in (more, 0))
    return Times(known, unknown)


def test_two_milliseconds_in_twenty_are_found():
    assert not times(2).alike
    assert times(0).alike


async def test_a_notice_for_an_address_of_nobody_is_sent_to_nobody(db, mailbox):
    at = clock.now()
    await notices.send_notice(NOBODY, Notice.LOCKED_OUT, at, at=at)
    await notices.text_notice(NOBODY, Notice.LOCKED_OUT, at, at=at)

    assert list_messages(mailbox) == []
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = $1", Action.NOTICE_SENT) == 0
