"""Another record in each world, and one that was merged into the patient's."""

from datetime import date
from uuid import UUID

from app.lib import clock
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from tests.patients.merging.stories import join
from tests.people import Cast


async def merged_things(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    others, merges = [], []
    for who, patient in (("ines", people.paul_patient), ("zoe", people.yann_patient)):
        for family in ("Zimmer", "Ozanne"):
            new = NewPatient(given_names="Ada", family_name=family, birth_date=date(1961, 2, 3), sex="female")
            others.append(await create_patient(people[who].actor, new, at=clock.now()))
        merges.append(await join(people, patient, others[-1], who=who, choices={}))
    return {"other_id": (others[0], others[2]), "merge_id": (merges[0], merges[1])}
