"""How somebody comes into an arm: chosen by hand, unless a trial has something here that draws it. Pure.

To plug in randomisation, put a function under the key of the trial when the process starts (app/main.py and
app/worker.py): `ARMS["lumen"] = draw_lumen`. It is asked inside the transaction that enrols, after consent and every
rule were checked, and answers with the id of an arm of the protocol; what it raises undoes the whole enrolment. From
then on pages offer no arm: they say that it is drawn when the enrolment is confirmed, and show it afterwards only.

Concealment: nobody can see or foretell the arm before the person is irrevocably in, because nothing is asked earlier,
and the same enrolment sent twice is one. A list of allocations belongs to the function, out of reach of these pages.
What a protocol blinds is not blinded here: the arm stands in the record. A blinded trial names its arms by codes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What an allocation may depend on. `enrolment`: the id that the enrolment will have."""

    enrolment: UUID
    trial: str
    version: str
    organisation: UUID
    included_on: date
    sex: str | None
    birth_date: date | None


ARMS: dict[str, Callable[[Drawing], Awaitable[str]]] = {}
"""By the key of a trial: what draws the arm of somebody who joins."""


def is_drawn(trial: str) -> bool:
    """Whether nobody chooses the arm in this trial."""
    return trial in ARMS
