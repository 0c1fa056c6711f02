"""The trials of the demonstration: applied, open in both centres, with people who take part since months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.consent import TRIAL
from app.access.policy import Actor
from app.assignments.model import Assignment, State
from app.assignments.queries import list_of_visits
from app.audit.actions import NOBODY
from app.demo.answering import answer, send
from app.demo.consenting import collect
from app.demo.stories import items, measured
from app.demo.telling import HEADS, Stage
from app.lib import clock
from app.lib.i18n import ZONE
from app.patients.model import Patient
from app.patients.queries import list_patients
from app.questionnaires.examples import spread
from app.questionnaires.library import library
from app.trials import hearing
from app.trials.applying.actions import apply_trial
from app.trials.checks import hearing as hearing_checks
from app.trials.enrolling.actions import end_enrolment, enrol, note_screening
from app.trials.enrolling.model import Joining, Outcome, Screening
from app.trials.format.library import trial_files
from app.trials.format.reading import read_trial
from app.trials.library import find_trial
from app.trials.model import Ended, Visit
from app.trials.queries import visits_of
from app.trials.reminders import hearing as hearing_reminders
from app.trials.signing import hearing as hearing_signing
from app.trials.sites.actions import close_site, open_site
from app.trials.sites.model import Hope
from app.trials.visits.actions.holding import complete_visit, open_visit, skip_visit
from app.trials.visits.actions.preparing import prepare_due
from app.trials.visits.model import SkipReason

HEARS = (hearing, hearing_checks, hearing_reminders, hearing_signing)
"""What wants to know of things below is imported, and so hears: the command that loads the demonstration acts too."""
SINCE = 420
ON_PAPER = "Saisi sur papier\u00a0; le reste est à reporter."
# Trial: in which centre, since how many days, how many people it hopes for, within how many days from now.
SITES = (
    ("bipolar", "LYO", 400, 40, 120),
    ("french_minds", "LYO", 120, 25, 200),
    ("emma", "LYO", 150, 12, 90),
    ("emma", "BRE", 130, 15, 90),
    ("schizo", "BRE", 390, 30, 60),
    ("lena", "BRE", 300, 10, 30),
)
# What was answered in a visit; of what is not here, the file's own example of this number.
ANSWERS: dict[str, Mapping[str, Any] | int] = {
    "madrs": items("2 2 2 3 1 1 2 2 1 0"),
    "ymrs": items("0 1 0 1 2 2 0 0 0 0 0"),
    "cgi": {"q1": 3, "q2": 2, "q3a": 2, "q3b": 1},
    "egf": 2,
    "fast": 2,
    "cssrs": 0,
    "qids_sr16": 2,
    "epworth": 2,
    "psqi": 2,
    "isi": 2,
    "shaps": 2,
    "pppvas": 2,
    "cdss": 2,
    "panss": 2,
    "psp": 2,
    "tobacco": {"status": "never", "at_home": False, "vape": "never"},
    "physical": measured(171, 72.4, 86, (124, 78), (122, 76)),
    "gad7": items("1 1 1 1 0 1 0 1"),
    "phq9": items("1 1 1 2 1 1 1 0 0 1"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A visit that took place, so many days ago; `by` the team, or at home. `only`: what was answered in it."""

    visit: str
    days: int
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A visit that did not take place."""

    visit: str
    days: int
    reason: SkipReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody takes part, since so many days. `left`: how many days ago they withdrew, with the reason given."""

    who: str
    trial: str
    days: int
    told: tuple[Held | Skipped, ...] = ()
    centre: str = "LYO"
    left: tuple[int, str] | None = None


MOOD = ("madrs", "ymrs", "cgi", "egf", "fast", "qids_sr16", "physical", "tobacco")
PARTS = (
    Part(
        "Sofia",
        "bipolar",
        262,
        (Held("screening#0", 281), Held("initial#0", 255, MOOD), Held("six_monthly#0", 76, MOOD)),
    ),
    Part(
        "Élise", "bipolar", 256, (Held("screening#0", 270), Held("initial#0", 250, ("madrs", "ymrs", "cgi", "epworth")))
    ),
    Part("Julien", "bipolar", 168, (Held("initial#0", 161, MOOD[:3]),)),
    Part(
        "Paul",
        "emma",
        93,
        (
            Held("inclusion_visit#0", 93, ("cssrs", "physical")),
            Skipped("month_1#0", 55, SkipReason.ILL, "Grippe, reprise au mois 3."),
        ),
    ),
    Part(
        "Thomas",
        "french_minds",
        23,
        (Held("week#0", 22, ("gad7", "phq9", "pppvas", "isi")), Held("week#1", 14, ("isi",))),
    ),
    Part("Aminata", "french_minds", 16, (Held("week#0", 15, ("isi", "shaps")),)),
    Part("Yann", "schizo", 188, (Held("initial#0", 180, ("panss", "cdss", "psp", "cgi", "ymrs")),), "BRE"),
    Part(
        "Nolwenn",
        "emma",
        72,
        (Held("inclusion_visit#0", 72, ("cssrs", "physical")),),
        "BRE",
        (38, "Ne souhaite plus utiliser l’application."),
    ),
)
AMENDED = {'version: "1.0.0"\ntitle': 'version: "1.1.0"\ntitle', "times: 4}": "times: 6}"}
AMENDMENTS = """amendments:
  - version: "1.0.0"
    approved: "{first}"
    changes: {{en: First version., fr: Première version.}}
    enrolled_people: keep
  - version: "1.1.0"
    approved: "{second}"
    changes:
      en: Six weeks instead of four (invented, for the demonstration).
      fr: Six semaines au lieu de quatre (inventé, pour la démonstration).
    enrolled_people: reconsent
"""


async def take_part(stage: Stage) -> None:
    """The protocols, the centres, who takes part, and an amendment that one of two has agreed to."""
    for path in trial_files():
        await _apply(path.read_text(), stage.at - timedelta(days=SINCE))
    for trial, centre, days, target, within in SITES:
        hope = Hope(target, stage.day(within))
        site = await open_site(
            stage.team["sacha"], trial, stage.centres[centre], stage.day(-days), hope, at=_at(stage, days)
        )
        if trial == "lena":
            await close_site(stage.team["sacha"], site, "Recrutement terminé.", at=_at(stage, 20))
    for part in sorted(PARTS, key=lambda one: -one.days):
        await _join(stage, part)
    await _decline(stage)
    await _amend(stage)
    while await prepare_due(at=stage.at):
        pass


def _at(stage: Stage, days: int, minutes: int = 0) -> datetime:
    return stage.at - timedelta(days=days, hours=2) + timedelta(minutes=minutes)


async def _apply(text: str, at: datetime) -> None:
    await apply_trial(NOBODY, text, read_trial(text, library()), at=at)


async def _person(stage: Stage, part: Part) -> tuple[Actor, Patient]:
    head = stage.professional(HEADS[part.centre], part.centre)
    return head, next(one for one in await list_patients(head, limit=200) if one.given_names == part.who)


async def _screening(patient: UUID, trial: str) -> Screening:
    """Every question of the protocol answered as it should be."""
    found = await find_trial(trial)
    rules = found.trial.file.eligibility if found else []
    return Screening(patient=patient, trial=trial, answers={one.id: one.must_be for one in rules if not one.rule})


async def _join(stage: Stage, part: Part) -> None:
    head, patient = await _person(stage, part)
    await collect(stage, head, patient, {f"{TRIAL}{part.trial}": True}, days=part.days)
    joining = Joining(included_on=stage.day(-part.days))
    enrolment = await enrol(head, await _screening(patient.id, part.trial), joining, at=_at(stage, part.days))
    for told in part.told:
        visit = next(one for one in await visits_of([enrolment]) if one.name == told.visit)
        if isinstance(told, Held):
            await _hold(stage, head, visit, told)
        else:
            await skip_visit(head, visit.id, told.reason, told.note, at=_at(stage, told.days))
    if part.left:
        days, why = part.left
        await end_enrolment(head, enrolment, Ended.WITHDRAWN, stage.day(-days), why, at=_at(stage, days))


async def _hold(stage: Stage, head: Actor, visit: Visit, told: Held) -> None:
    at = _at(stage, told.days)
    await open_visit(head, visit.id, clock.day_in(ZONE, at), at=at)
    marc = Actor(stage.team["marc"], head.role, organisation=head.organisation)
    for nth, asked in enumerate(one for one in await list_of_visits([visit.id]) if _to_fill(one, told)):
        by = head if asked.answered_by == "clinician" else marc
        response = await answer(by, asked.id, _given(asked.questionnaire), "fr", at=at + timedelta(minutes=3 * nth))
        await send(by, response, "fr", at=at + timedelta(minutes=3 * nth + 2))
    await complete_visit(head, visit.id, clock.day_in(ZONE, at), ON_PAPER, at=at + timedelta(minutes=100))


def _to_fill(asked: Assignment, told: Held) -> bool:
    return asked.state is State.TO_DO and asked.questionnaire in told.only and asked.answered_by != "patient"


def _given(questionnaire: str) -> Mapping[str, Any]:
    told = ANSWERS[questionnaire]
    if not isinstance(told, int):
        return told
    q = library().find(questionnaire, None)
    return spread(q.file.examples[told].answers, q.order)


async def _decline(stage: Stage) -> None:
    """Somebody was asked, and would rather not."""
    head = stage.professional("ines", "LYO")
    manon = next(one for one in await list_patients(head, limit=200) if one.given_names == "Chloé")
    screening = await _screening(manon.id, "french_minds")
    await note_screening(head, screening, Outcome.DECLINED, at=_at(stage, 9))


async def _amend(stage: Stage) -> None:
    """A new version, which those who take part are asked to agree to; Thomas has."""
    text = next(path for path in trial_files() if path.stem == "french_minds").read_text().partition("amendments:")[0]
    for former, new in AMENDED.items():
        text = text.replace(former, new)
    amendments = AMENDMENTS.format(first=stage.day(-SINCE), second=stage.day(-9))
    await _apply(text + amendments, _at(stage, 4))
    head, thomas = await _person(stage, PARTS[4])
    await collect(stage, head, thomas, {f"{TRIAL}french_minds": True}, days=2)
