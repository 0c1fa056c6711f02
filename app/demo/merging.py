"""Two records of one person in the demonstration: a pair that was merged, a pair that nobody has compared yet."""

from datetime import date, timedelta
from uuid import UUID

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.dashboard.merging.actions import merge
from app.demo.telling import Stage
from app.patients.actions import create_patient
from app.patients.merging.model import Side, Wanted
from app.patients.model import NewPatient
from app.patients.queries import record_as_written

CATHERINE = NewPatient(
    given_names="Catherine", family_name="Chastel", birth_date=date(1971, 1, 17), sex="female", phone="06 39 98 00 41"
)
AGAIN = NewPatient(
    given_names="Catherine Odile",
    family_name="Chastel-Vidal",
    birth_name="Chastel",
    birth_date=date(1971, 1, 17),
    sex="female",
    birth_place="Givors",
    phone="06 39 98 00 42",
)
MATHIEU = NewPatient(given_names="Mathieu", family_name="Delorme", birth_date=date(1992, 7, 4), sex="male")
MATTHIEU = NewPatient(
    given_names="Matthieu",
    family_name="Delorme",
    birth_date=date(1992, 4, 7),
    sex="male",
    phone="06 39 98 00 43",
)
REASON = "Vue en consultation avec sa carte d’identité : une seule personne, inscrite deux fois après son mariage."


async def meet_twice(stage: Stage) -> None:
    """Catherine’s two records are one since a week; Mathieu still has two."""
    ines, marc = stage.professional("ines", "LYO"), stage.professional("marc", "LYO")
    first = await create_patient(ines, CATHERINE, at=stage.at - timedelta(days=210))
    second = await create_patient(marc, AGAIN, at=stage.at - timedelta(days=19))
    await _ask(stage, first, "phq9", 30)
    await _ask(stage, second, "tobacco", 15)
    choices = {"given_names": Side.ABSORBED, "family_name": Side.ABSORBED, "birth_name": Side.ABSORBED}
    wanted = Wanted(
        kept=first,
        absorbed=second,
        revisions=((await record_as_written(first)).revision, (await record_as_written(second)).revision),
        choices={**choices, "birth_place": Side.ABSORBED, "phone": Side.ABSORBED},
        confirmed=frozenset(),
        reason=REASON,
    )
    await merge(ines, wanted, at=stage.at - timedelta(days=7))
    await _ask(stage, first, "gad7", 3)
    await create_patient(marc, MATHIEU, at=stage.at - timedelta(days=90))
    await create_patient(ines, MATTHIEU, at=stage.at - timedelta(days=2))


async def _ask(stage: Stage, patient: UUID, questionnaire: str, days_ago: int) -> None:
    new = NewAssignment(
        patient=patient,
        questionnaire=questionnaire,
        answered_by="patient",
        organisation=stage.centres["LYO"],
        opens_on=stage.day(-days_ago),
        due_on=stage.day(14),
    )
    await assign_questionnaire(stage.professional("ines", "LYO"), new, at=stage.at - timedelta(days=days_ago))
