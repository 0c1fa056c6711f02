"""Which trials somebody may be asked about: nobody is shown the texts of trials that do not concern them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.access.consent import TRIAL, standing
from app.consents.queries import history_of
from app.trials.queries import enrolments_of
from app.trials.sites.queries import keys_open_in

T = TypeVar("T")


async def concerning(texts: Mapping[str, T], patient: UUID, centres: Collection[UUID], day: date) -> dict[str, T]:
    """The texts that may be put before somebody, by purpose, in their order.

    Of trials: those open in one of these centres, those the person is or was in, and what they decided on before.
    """
    history, _ = await history_of(patient)
    keys = await keys_open_in(centres, day) | {one.key for one in await enrolments_of(patient)}
    decided = standing(history).keys()
    return {
        purpose: text
        for purpose, text in texts.items()
        if not purpose.startswith(TRIAL) or purpose in decided or trial_of(purpose) in keys
    }


def trial_of(purpose: str) -> str:
    """The key of the trial that a purpose belongs to; an option of it has a name after a colon.

    >>> trial_of("trial:emma"), trial_of("trial:emma:interview")
    ('emma', 'emma')
    """
    return purpose.removeprefix(TRIAL).partition(":")[0]
