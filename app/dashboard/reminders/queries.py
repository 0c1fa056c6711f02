"""The log of reminders with names and with what became of each message, and the block on the page of a visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.access.consent import Purpose
from app.access.policy import Actor
from app.accounts.queries import names_of
from app.channels.model import Delivery
from app.channels.queries import last_deliveries
from app.lib.i18n import locale
from app.questionnaires.model import text
from app.trials.format.reminders import concerns
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import visits_of_patient
from app.trials.reminders import wording
from app.trials.reminders.model import Line, State
from app.trials.reminders.queries import lines_of_patient, lines_of_visit, reminders_of
from app.trials.visits.wording import visit_title

MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One reminder, to whom, and what is known of its message. `title`: of its visit, where several are listed."""

    line: Line
    to: str
    delivery: Delivery | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What comes, the next first; what was, the latest first."""

    planned: tuple[Entry, ...]
    past: tuple[Entry, ...]


async def log_of_patient(by: Actor, patient: UUID, withheld: frozenset[str]) -> Log:
    """Everything about one person; of other centres' visits only where the person shares between centres."""
    visits = {
        one.id: one
        for one in await visits_of_patient(patient)
        if one.organisation == by.organisation or Purpose.SHARING not in withheld
    }
    lines = [one for one in await lines_of_patient(patient, MOST) if one.visit in visits]
    titles = {one: await _title(visits[one]) for one in {line.visit for line in lines}}
    return await _log(lines, titles)


async def _title(visit: Visit) -> str:
    trial = await trial_at(visit.version)
    return f"{text(trial.file.title, locale.get())} – {visit_title(trial, visit)}"


async def _log(lines: Sequence[Line], titles: Mapping[UUID, str]) -> Log:
    names = await names_of({one.account for one in lines if one.account})
    known = await last_deliveries({one.message for one in lines if one.message})
    entries = [
        Entry(
            one,
            names.get(one.account, "") if one.account else "",
            known.get(one.message) if one.message else None,
            titles.get(one.visit, ""),
        )
        for one in lines
    ]
    planned = [one for one in reversed(entries) if one.line.state is State.PLANNED]
    past = [one for one in entries if one.line.state is not State.PLANNED]
    return Log(tuple(planned), tuple(past))


async def reminders_block(by: Actor, visit: Visit) -> dict[str, Any]:
    """What templates/dashboard/_visit_reminders.html needs. `reminded`: whether the protocol reminds of this visit."""
    planned = visit.planned
    told = planned is not None and any(concerns(planned, one) for one in await reminders_of(visit))
    log = await _log(await lines_of_visit(visit.id), {})
    return {"reminders": log, "reminded": told, "rw": wording}
