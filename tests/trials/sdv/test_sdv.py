"""What is compared with its source: the draw, and what the plan wants of one visit."""

import random
from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.cli import trial_sdv
from app.lib.ids import new_id
from app.patients.queries import get_patient
from app.trials.format.shapes import Sdv
from app.trials.model import Visit
from app.trials.sdv.model import Value, is_drawn, required_in
from app.trials.sdv.queries import drawn_in, required_of
from tests.trials.signing.stories import CALM, answered, started, the

SAMPLE = Sdv(plan="sample", critical=["phq9.q9"], percent=20, seed=7)
NOBODY = UUID(int=0)
VISIT = Visit(
    id=NOBODY,
    patient=NOBODY,
    enrolment=NOBODY,
    trial=NOBODY,
    key="demo",
    version=NOBODY,
    organisation=NOBODY,
    visit="start",
    number=0,
    place="site",
    target=None,
    window=None,
    asked=(),
    prepared_at=None,
    started_on=None,
    started_by=None,
    completed_on=None,
    completed_by=None,
    skipped_on=None,
    skipped_by=None,
    skip_reason="",
    signed_at=None,
    revision=1,
    ended_on=None,
)
ENROLLED = st.lists(st.uuids(), min_size=1, max_size=40, unique=True)


def visits(count: int) -> list[Visit]:
    """Several visits of each enrolment, as the product numbers them."""
    enrolments = [new_id() for _ in range(count // 5)]
    return [replace(VISIT, enrolment=one, number=n) for one in enrolments for n in range(5)]


def test_the_draw_is_close_to_its_percentage_within_enrolments_too() -> None:
    every = visits(10_000)
    expected = 0.2 * len(every)
    drawn = [one for one in every if is_drawn(SAMPLE, one)]
    # Ten cells by the number of the visit, drawn or not: chi-square with 5 degrees of freedom, p < 1e-6 above 37.
    cells = [sum(one.number == n for one in drawn) for n in range(5)]
    part = expected / 5
    assert sum((cell - part) ** 2 / part + (cell - part) ** 2 / (len(every) / 5 - part) for cell in cells) < 37


@given(
    st.lists(st.uuids(), min_size=1, max_size=40, unique=True), st.integers(1, 99), st.integers(0, 10**9), st.randoms()
)
def test_who_is_enrolled_later_and_in_which_order_changes_nothing(
    ids: list[UUID], percent: int, seed: int, chance: random.Random
) -> None:
    sdv = msgspec.structs.replace(SAMPLE, percent=percent, seed=seed)
    every = [replace(VISIT, enrolment=one) for one in ids]
    drawn = {one.enrolment for one in every if is_drawn(sdv, one)}
    shuffled = chance.sample(every, len(every))
    assert {one.enrolment for one in shuffled if is_drawn(sdv, one)} == drawn
    early = every[: len(every) // 2]
    assert {one.enrolment for one in early if is_drawn(sdv, one)} == drawn & {one.enrolment for one in early}
    # The calendar laid out anew gives the row another id and other days: the draw stays.
    moved = [replace(one, id=new_id(), target=date(2026, 1, 1)) for one in every]
    assert {one.enrolment for one in moved if is_drawn(sdv, one)} == drawn


def test_what_each_plan_wants() -> None:
    every = [Value(NOBODY, "phq9", item) for item in ("q1", "q9")]
    drawn = next(one for one in visits(500) if is_drawn(SAMPLE, one))
    spared = next(one for one in visits(500) if not is_drawn(SAMPLE, one))
    assert [one.item for one in required_in(SAMPLE, drawn, every).values] == ["q1", "q9"]
    assert [one.item for one in required_in(SAMPLE, spared, every).values] == ["q9"]
    assert [one.item for one in required_in(Sdv(plan="all"), spared, every).values] == ["q1", "q9"]
    critical = required_in(Sdv(plan="critical", critical=["phq9.q9"]), drawn, every)
    assert (critical.full, [one.item for one in critical.values]) == (False, ["q9"])


async def test_what_is_there_is_what_is_verified(db, people):
    visit = await started(people)
    assert (await required_of(await the(visit))).values == ()
    await answered(people, visit, "phq9", CALM)
    required = await required_of(await the(visit))
    assert len(required.values) == (9 if required.full else 1)
    drawn, count = await drawn_in("checked")
    assert count == 1
    assert bool(drawn) == required.full


async def test_the_draw_is_listed_by_code(db, people, capsys):

    visit = await started(people)
    assert await trial_sdv._print("nowhere") == 1
    assert await trial_sdv._print("checked") == 0
    said, patient = capsys.readouterr().out, await get_patient(people.paul_patient)
    assert "sample, 20 % drawn with seed 7; 2 critical values in every visit" in said
    drawn = is_drawn(SAMPLE, await the(visit))
    assert (patient.code in said) == drawn
    assert f"{int(drawn)} of 1 visits" in said
    assert "Lambert" not in said
