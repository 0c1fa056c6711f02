"""The trial `small` in both worlds: Paul enrolled in Lyon, Yann in Brest."""

from uuid import UUID

from tests.people import Cast
from tests.trials.stories import applied, joined, opened, text_of, visit_named


async def trial_things(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    await applied(text_of("small"))
    lyon, brest = await opened("small", people.lyon, people.brest)
    pauls, yanns = await joined(people, "small"), await joined(people, "small", who="yann", by="zoe")
    visits = [(await visit_named(one, "start#0")).id for one in (pauls, yanns)]
    return {"enrolment_id": (pauls, yanns), "visit_id": (visits[0], visits[1]), "site_id": (lyon, brest)}
