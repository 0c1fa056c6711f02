"""Eight people answering at once as a browser does it, and a log of every answer that was acknowledged to them."""

import asyncio
import random
import re
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from app.lib import csrf
from tests.people import Person

ITEMS = tuple(f"q{number}" for number in range(1, 10))
SAVES = 10  # of each response: its nine questions, and one of them a second time
PATIENCE = 200  # tries of one request
PAUSE = 0.1
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


@dataclass
class Log:
    """What the clients were told: each answer with its place, in order, and what was sent."""

    saved: list[tuple[UUID, str, int]] = field(default_factory=list)
    sent: list[UUID] = field(default_factory=list)
    tried_again: int = 0

    def values(self, response: UUID, item: str) -> list[int]:
        return [value for one, name, value in self.saved if (one, name) == (response, item)]


@dataclass
class Client:
    """One signed-in patient with responses to fill in and send, who never gives up."""

    person: Person
    responses: list[UUID]
    log: Log
    http: httpx.AsyncClient
    chance: random.Random

    async def answer_everything(self) -> None:
        for response in self.responses:
            await self._answer(response)
            await self._send(response)

    async def _answer(self, response: UUID) -> None:
        page_load = str(uuid4())
        last: dict[str, int] = {}
        for item in (*self.chance.sample(ITEMS, len(ITEMS)), self.chance.choice(ITEMS)):
            others = [value for value in range(1 if item == "q9" else 4) if value != last.get(item)] or [1]
            value = last[item] = self.chance.choice(others)
            form = {item: str(value), f"v.{item}": "0", "page_load": page_load}
            reply = await self._ask("POST", f"/responses/{response}/items/{item}", form)
            assert reply.status_code == 200, f"{reply.status_code} for {item} of {response}: {reply.text[:300]}"
            self.log.saved.append((response, item, value))

    async def _send(self, response: UUID) -> None:
        review = await self._ask("GET", f"/responses/{response}/review")
        seen = SEEN.search(review.text)
        assert seen is not None, f"{review.status_code} {review.headers}"
        reply = await self._ask("POST", f"/responses/{response}/submit", {"seen": seen[1]})
        assert (reply.status_code, reply.headers.get("location")) == (303, f"/responses/{response}/sent")
        self.log.sent.append(response)

    async def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Ask until somebody answers, as the page's script does when the network or the server fails."""
        headers = {"X-CSRF-Token": csrf.token(self.person.signed_in.csrf_secret)}
        for _ in range(PATIENCE):
            try:
                reply = await self.http.request(method, path, data=form, headers=headers)
                if reply.status_code < 500:
                    return reply
            except httpx.TransportError:
                pass
            self.log.tried_again += 1
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{method} {path} was never answered")


def client(url: str, person: Person, responses: list[UUID], log: Log, seed: int) -> Client:
    cookies = {"cohorte_session": person.signed_in.token, "language": "en"}
    http = httpx.AsyncClient(base_url=url, cookies=cookies, timeout=10)
    return Client(person, responses, log, http, random.Random(seed))  # noqa: S311 - the same answers at every run
