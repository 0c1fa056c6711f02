"""Reads across packages what the trials of a record show, and whom a list of them names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.consent import Use
from app.access.consent import allowed as consent_allows
from app.access.policy import OWN_VOICE, Actor
from app.accounts.queries import names_of, organisations_by_id
from app.assignments.queries import list_of_visits
from app.consents.queries import allowed
from app.dashboard.enrolling.model import Card, Considered
from app.trials.applying.queries import versions_of
from app.trials.enrolling.arms import is_drawn
from app.trials.enrolling.queries import end_note_of, screenings_of
from app.trials.format.model import Trial
from app.trials.library import Applied, find_trial, trial_at
from app.trials.model import Enrolment, SiteState, Visit
from app.trials.queries import enrolments_of, sites_of_centre, visits_of, visits_of_patient


def seen_by(actor: Actor, withheld: frozenset[str]) -> Callable[[UUID], bool]:
    """Whether what a centre wrote is there for the reader."""
    shared = consent_allows(withheld, Use.SEE_OTHER_CENTRES)
    return lambda organisation: shared or organisation == actor.organisation


async def cards_of(actor: Actor, patient: UUID, withheld: frozenset[str]) -> list[Card]:
    """The enrolments of one person that the reader may see: those that go on first, then the newest."""
    seen = seen_by(actor, withheld)
    found = [one for one in await enrolments_of(patient) if seen(one.organisation)]
    visits = await visits_of([one.id for one in found])
    names = await names_of({one.enrolled_by for one in found})
    centres = await organisations_by_id({one.organisation for one in found})
    cards = []
    for one in sorted(found, key=lambda one: not one.active):
        theirs = [visit for visit in visits if visit.enrolment == one.id]
        centre = centres[one.organisation].name
        cards.append(await _card(actor, one, theirs, centre, names.get(one.enrolled_by, "–")))
    return cards


async def _card(actor: Actor, one: Enrolment, visits: list[Visit], centre: str, by: str) -> Card:
    waits_for = (await versions_of(one.trial)).get(one.held, "") if one.held else ""
    asked = [ask for ask in await list_of_visits([visit.id for visit in visits]) if ask.waiting]
    return Card(
        enrolment=one,
        trial=await trial_at(one.version),
        visits=visits,
        own=one.organisation == actor.organisation,
        centre=centre,
        by=by,
        withdrawn=one.active and not await allowed(one.patient, Use.JOIN_TRIAL, one.key),
        waits_for=waits_for,
        end_note="" if one.active else await end_note_of(one.id),
        asked=sum(ask.answered_by in OWN_VOICE for ask in asked),
        drawn=is_drawn(one.key),
    )


async def considered_for(actor: Actor, patient: UUID, withheld: frozenset[str]) -> list[Considered]:
    """The lines of the screening log about one person that led to no enrolment, the newest first."""
    seen = seen_by(actor, withheld)
    lines = [one for one in await screenings_of(patient) if seen(one[2]) and one[1].enrolment is None]
    names = await names_of({line.screened_by for _trial, line, _centre in lines})
    centres = await organisations_by_id({centre for _trial, _line, centre in lines})
    return [
        Considered(line, await trial_at(line.version), centres[centre].name, names.get(line.screened_by, "–"))
        for _trial, line, centre in lines
    ]


@dataclass(frozen=True, slots=True)
class Offer:
    """A trial that the centre enrols in; `since`: the person takes part since then, where the reader may know."""

    trial: Applied
    since: date | None


async def offers_for(actor: Actor, patient: UUID, withheld: frozenset[str], today: date) -> list[Offer]:
    """The trials open at the reader's centre, by key, with those that the person is in already."""
    seen = seen_by(actor, withheld)
    going_on = [one for one in await enrolments_of(patient) if one.active and seen(one.organisation)]
    inside = {one.key: one.included_on for one in going_on}
    return [Offer(trial, inside.get(trial.key)) for trial in await open_trials(actor, today)]


async def open_trials(actor: Actor, today: date) -> list[Applied]:
    """The trials that the reader's centre may enrol in on a day, by key."""
    sites = await sites_of_centre(actor.organisation) if actor.organisation else []
    keys = sorted({one.key for one in sites if one.state(today) is SiteState.OPEN})
    found = [await find_trial(key) for key in keys]
    return [one for one in found if one is not None and one.closed_at is None]


async def other_visits(
    actor: Actor, patient: UUID, withheld: frozenset[str], but: str
) -> tuple[list[Visit], dict[str, Trial]]:
    """Visits of other trials that may still be held, as far as the reader may see them, and those trials by key."""
    seen = seen_by(actor, withheld)
    going_on = {one.id for one in await enrolments_of(patient) if one.active}
    visits = [
        one
        for one in await visits_of_patient(patient)
        if one.key != but and seen(one.organisation) and one.enrolment in going_on and not one.completed_on
    ]
    return [one for one in visits if not one.skipped_on], {one.key: await trial_at(one.version) for one in visits}
