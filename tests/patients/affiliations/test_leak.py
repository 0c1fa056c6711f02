"""What a centre that asks could learn of records it does not follow: nothing, in any byte it is sent."""

import re
from typing import Any

import httpx
import pytest

from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.affiliations.actions import deciding
from app.patients.affiliations.model import Refusal
from app.patients.dates import PartialDate
from app.patients.model import NewPatient
from tests.patients.affiliations.stories import question_of

# Whom Brest knows: each text here stands nowhere else.
SECRET = NewPatient(
    given_names="Bérangère Solenn",
    family_name="Tanguy-Kerbrat",
    birth_name="Kerbrat",
    birth_date=PartialDate(1987, 9, 23),
    sex="female",
    birth_place="Locmariaquer",
    email="solenn.secret@example.org",
    phone="06 39 98 77 66",
)
# What Lyon types: close, and other in every field.
TYPED = {
    "birth_name": "Kerbras",
    "family_name": "",
    "given_names": "Berangere",
    "birth_date-day": "23",
    "birth_date-month": "9",
    "birth_date-year": "1987",
    "sex": "female",
    "language": "fr",
}
CENTRE = "Brest"
# What differs between any two answers: form tokens, ids, times of the day.
MOVING = re.compile(r'(?:value|content)="[\w\-.=+/]{20,}"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|\d{1,2}:\d\d')


class Listener:
    """Keeps every answer that one person is sent."""

    def __init__(self, browser: Any) -> None:
        self.browser, self.heard = browser, list[httpx.Response]()

    async def get(self, url: str) -> httpx.Response:
        return self._kept(await self.browser.get(url))

    async def post(self, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        return self._kept(await self.browser.post(url, data=data or {}))

    def _kept(self, reply: httpx.Response) -> httpx.Response:
        assert reply.status_code < 500
        self.heard.append(reply)
        return reply

    def all_bytes(self) -> str:
        return "\n".join(f"{reply.headers}\n{reply.text}" for reply in self.heard)


async def known_elsewhere(people: Any, times: int) -> list[Any]:
    return [await create_patient(people["zoe"].actor, SECRET, at=clock.now()) for _ in range(times)]


async def drive(listener: Listener, people: Any) -> Any:
    """Create, match, ask, look, ask again, search: everything that the asking centre can press."""
    entry = "0191a0c0-0000-7000-8000-000000000001"
    sent = await listener.post("/patients/new", TYPED | {"entry": entry})
    where = sent.headers.get("hx-redirect") or sent.headers["location"]
    assert where == f"/patients/new/{entry}"
    await listener.get(where)
    await listener.get(f"{where}/edit")
    await listener.post(f"{where}/create", {"reason": ""})
    await listener.post(f"{where}/ask", {"note": "Vue hier."})
    request = await fetch_value("SELECT id FROM affiliation_request WHERE organisation = $1", people.lyon)
    for url in ("/patients/requests", f"/patients/requests/ours/{request}", "/patients", "/today"):
        await listener.get(url)
    for asked in ("Kerb", "Tang", "23/09/1987", "1987"):
        await listener.post("/patients/search", {"q": asked})
    return request


async def secrets_of(records: list[Any]) -> list[str]:
    codes = [row["code"] for row in await fetch("SELECT code FROM patient WHERE id = ANY($1)", records)]
    names = ["Kerbrat", "Tanguy", "Bérangère", "Solenn", "Locmariaquer", "solenn.secret", "77 66", "Caradec", "Zoé"]
    return [*codes, *(code.replace("-", "") for code in codes), *map(str, records), *names, CENTRE]


@pytest.mark.capability("E23")
@pytest.mark.parametrize("htmx", [False, True])
async def test_no_byte_about_a_foreign_record_reaches_the_asking_centre(browser_for, people, htmx):
    records = await known_elsewhere(people, 2)
    listener = Listener(browser_for("ines", htmx=htmx, language="fr"))
    listener.browser.reads = not htmx

    request = await drive(listener, people)
    for question in await fetch("SELECT id FROM affiliation_request_record WHERE request = $1", request):
        where = f"/patients/requests/questions/{question['id']}"
        assert (await listener.browser.post(f"{where}/approve", data={"informed": "yes"})).status_code == 404
        await deciding.refuse_request(
            people["zoe"].actor, question["id"], Refusal.CALL, "Bérangère refuse", at=clock.now()
        )
    await listener.get(f"/patients/requests/ours/{request}")
    await listener.get("/patients/requests")
    await listener.get("/administration/trail")

    sent = listener.all_bytes()
    assert "prend contact" in sent or "It will call you" in sent or "vous appelle" in sent
    assert [secret for secret in await secrets_of(records) if secret in sent] == []


async def test_a_foreign_record_answers_like_none_at_all(browser_for, people):
    (record,) = await known_elsewhere(people, 1)
    ines = browser_for("ines")
    await drive(Listener(ines), people)

    for page in ("", "/access", "/access/end", "/questionnaires", "/identity", "/created"):
        foreign, none = [await ines.get(f"/patients/{one}{page}") for one in (record, new_id())]
        assert (foreign.status_code, sizes(foreign)) == (404, sizes(none))
        assert MOVING.sub("", foreign.text) == MOVING.sub("", none.text)


async def test_the_answers_are_the_same_for_one_record_elsewhere_and_for_three(browser_for, people):
    from app.lib.db import DB

    told = []
    for times in (1, 3):
        savepoint = await DB.current_transaction.get().savepoint()
        await known_elsewhere(people, times)
        listener = Listener(browser_for("ines"))
        await drive(listener, people)
        told.append([(reply.status_code, MOVING.sub("", reply.text), sizes(reply)) for reply in listener.heard])
        await savepoint.rollback_to()

    assert told[0] == told[1]


def sizes(reply: httpx.Response) -> list[tuple[str, str]]:
    """The headers that could tell something, less ids and moments."""
    moving = {"x-request-id", "set-cookie", "date", "server-timing"}
    return [(name, MOVING.sub("", value)) for name, value in reply.headers.items() if name not in moving]


async def test_asking_for_somebody_the_asker_typed_into_the_requests_address_shows_nothing(browser_for, people):
    """Ids of others, guessed or overheard, open nothing."""
    await known_elsewhere(people, 1)
    listener = Listener(browser_for("ines"))
    request = await drive(listener, people)
    await execute("UPDATE affiliation_request SET organisation = $2 WHERE id = $1", request, people.brest)

    for where in ("", "/withdraw", "/open"):
        method = listener.post if where else listener.get
        assert (await method(f"/patients/requests/ours/{request}{where}")).status_code == 404
    assert (await listener.get(f"/patients/requests/questions/{await question_of(request)}")).status_code == 404
