"""Reading somebody's visits for themselves, or for whoever may look at their record."""

from datetime import date
from uuid import UUID

from app.access.consent import TRIAL, Purpose
from app.lib.i18n import locale
from app.patients.queries import scope_of_patient
from app.portal.visits.model import Visits, line_of, sorted_out
from app.questionnaires.model import text
from app.trials.library import trial_at
from app.trials.queries import visits_of_patient
from app.trials.visits.wording import visit_title


async def visits_for(patient: UUID, today: date) -> Visits:
    """All visits of one person, in every trial; those to come only while the person allows them."""
    scope = await scope_of_patient(patient)
    withheld = scope.withheld if scope else frozenset()
    lines, stopped = [], set()
    for one in await visits_of_patient(patient):
        trial = await trial_at(one.version)
        if {f"{TRIAL}{one.key}", str(Purpose.CARE)} & withheld:
            stopped.add(one.key)
        line = line_of(one, visit_title(trial, one), text(trial.file.title, locale.get()), today)
        if line is not None:
            lines.append(line)
    return sorted_out(lines, frozenset(stopped))
