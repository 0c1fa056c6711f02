"""The abuse drill with small figures: nothing that is guessed, planted, replayed or measured gets anybody in."""

from collections.abc import Iterator

import pytest

from tests.abuse import drill
from tests.abuse.target import SMALL, Target, attacked, settle
from tests.live import run, speaking_to


@pytest.fixture(scope="module")
def target(live) -> Iterator[Target]:
    """The running product behind a proxy, in two processes, and accounts that only this drill attacks."""
    with attacked(live) as found, speaking_to(live.app_dsn):
        run(settle(found, SMALL))
        yield found
        run(drill.later())


@pytest.mark.parametrize(
    "part", [drill.passwords, drill.passwords_at_once, drill.codes, drill.planted, drill.replayed, drill.words]
)
def test_no_attack_gets_anywhere(target, part):
    drill.play(target, part(target, SMALL))


def test_no_form_is_taken_without_its_token(target, application):
    drill.play(target, drill.forms(target, application, drill.known_things(target.live)))


def test_no_door_tells_by_its_time(target):
    for door, found in drill.play(target, drill.times(target, SMALL)).items():
        assert found.alike, f"{door}: {found.said()}"
