"""A visit answered, held and signed through the product's own actions, for tests of what follows."""

from collections.abc import Mapping
from uuid import UUID

from app.assignments.queries import list_of_visits
from app.lib import clock
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.main import HEARS
from app.responses import actions, queries
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from app.trials.model import Visit
from app.trials.queries import find_enrolment, find_visit
from app.trials.signing.actions import sign_visit
from app.trials.signing.queries import preflight
from app.trials.visits.actions.holding import complete_visit, open_visit
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, text_of, visit_named

assert HEARS, "what happens below is heard, as in the product"
TODAY = clock.day_in(ZONE, clock.now())
CALM = {f"q{n}": 0 for n in range(1, 10)}
HARM_ALONE = CALM | {"q9": 2, "q10": 1}
VERY_LOW = {f"q{n}": 3 for n in range(1, 11)}
NO_WORRY = {f"q{n}": 0 for n in range(1, 8)}


async def asked_in(visit: UUID, questionnaire: str) -> UUID:
    """The response to one questionnaire of a visit; the assignment where nobody has begun."""
    one = next(one for one in await list_of_visits([visit]) if one.questionnaire == questionnaire)
    return one.response or one.id


async def begun(people: Cast, visit: UUID, questionnaire: str, given: Mapping[str, int], *, who: str = "paul") -> UUID:
    """Somebody answers and does not send."""
    one = next(one for one in await list_of_visits([visit]) if one.questionnaire == questionnaire)
    at = clock.now()
    response = await actions.open_response(people[who].actor, one, "en", at=at)
    posted = [Posted(item, None, NO_ROW, value, 0) for item, value in given.items()]
    await actions.save_page(people[who].actor, response, posted, new_id(), at=at)
    return response


async def sent(people: Cast, response: UUID, *, who: str = "paul", scored: bool = True) -> UUID:
    """And sends it; the worker has been there unless it is not `scored`."""
    seen = digest(await queries.answers_of(response))
    assert await actions.submit_response(people[who].actor, response, seen, "en", at=clock.now())
    if scored:
        await actions.score_response(response, at=clock.now())
    return response


async def answered(people: Cast, visit: UUID, questionnaire: str, given: Mapping[str, int], **more) -> UUID:
    return await sent(people, await begun(people, visit, questionnaire, given), **more)


async def corrected(people: Cast, response: UUID, item: str, value: int, *, who: str = "paul") -> None:
    """One answer is changed, with a reason; the worker has been there."""
    version = (await queries.answers_of(response)).version((item, NO_ROW))
    posted = [Posted(item, None, NO_ROW, value, version)]
    plan = await actions.correct_response(people[who].actor, response, posted, "Misread.", at=clock.now())
    assert plan.changes
    await actions.score_response(response, at=clock.now())


async def started(people: Cast, *, key: str = "checked", centre: UUID | None = None) -> UUID:
    """The first visit of Paul in this trial, in Lyon, opened today and not answered."""
    text = text_of("checked")
    if key != "checked":  # beside others of the same person: nothing counts for two
        text = text.replace("key: checked", f"key: {key}").replace(", reuse: 14 days", "")
    await applied(text)
    await opened(key, centre or people.lyon)
    visit = await visit_named(await joined(people, key), "start#0")
    await open_visit(people["ines"].actor, visit.id, TODAY, at=clock.now())
    return visit.id


async def held(people: Cast, given: Mapping[str, int] = CALM, *, key: str = "checked") -> UUID:
    """The same, answered and over; the visit."""
    visit = await started(people, key=key)
    await answered(people, visit, "phq9", given)
    await complete_visit(people["ines"].actor, visit, TODAY, at=clock.now())
    return visit


async def seen_of(visit: UUID) -> str:
    """What the page before signing brings back."""
    found = await the(visit)
    enrolment = await find_enrolment(found.enrolment)
    assert enrolment is not None
    return (await preflight(found, enrolment, TODAY)).seen


async def the(visit: UUID) -> Visit:
    found = await find_visit(visit)
    assert found is not None
    return found


async def signed(people: Cast, visit: UUID, *, who: str = "ines") -> bool:
    """Read and signed; what is to be confirmed is confirmed."""
    return await sign_visit(people[who].actor, visit, await seen_of(visit), confirmed=True, at=clock.now())
