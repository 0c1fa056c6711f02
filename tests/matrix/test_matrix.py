"""Every route, asked by every member of the cast, about what is theirs and what is not: no cell is left out."""

import re
from dataclasses import dataclass
from itertools import product
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute

from app.access.guard import Requirement
from app.access.policy import Permission
from app.lib.db import DB, Transaction, execute
from tests.matrix import rules
from tests.matrix.things import WORLDS, Things, make

PART = re.compile(r"\{(\w+):\w+\}")
GATES = ("/sign-in", "/training?", "/step-up?")
CAST = sorted(rules.EVERYBODY | rules.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    permission: str

    @property
    def parts(self) -> list[str]:
        return PART.findall(self.path)

    @property
    def kinds(self) -> list[tuple[set[str], set[str]]]:
        if self.path in rules.OTHERWISE:
            return [rules.OTHERWISE[self.path]]
        return [rules.KINDS[part] for part in self.parts if part in rules.KINDS]

    def about(self, things: dict[str, str]) -> str:
        """The path with ids; a page of writing is about a draft, every other about what was sent."""
        filled = rules.WITHIN | things
        if self.permission == "response:answer":
            filled["response_id"] = things["draft_id"]
        return PART.sub(lambda part: filled[part[1]], self.path)

    def worlds(self) -> tuple[str, ...]:
        return WORLDS if self.kinds else WORLDS[:1]

    def expected(self, who: str, world: str) -> str:
        """What this person should meet: sign-in, missing, forbidden, training, or in."""
        if who in rules.OUTSIDE:
            return "sign-in"
        if any(who not in kind[WORLDS.index(world)] for kind in self.kinds):
            return "missing"
        if who not in rules.MAY[self.permission]:
            return "forbidden"
        if (who, world) in rules.NOT_ALSO.get(self.path, ()):
            return "forbidden"
        gated = who in rules.UNTRAINED and self.permission in rules.AFTER_TRAINING
        return "training" if gated else self.inside(who)

    def inside(self, who: str) -> str:
        """What somebody finds who may come in."""
        patient = who in rules.PATIENTS and self.path.startswith(rules.NOT_FOR_PATIENTS)
        nothing = {self.path, f"{self.method} {self.path}"} & set(rules.NOTHING_THERE)
        return "missing" if patient or nothing or who in rules.NOTHING_FOR.get(self.path, ()) else "in"


def met(reply: httpx.Response) -> str:
    """The kind of answer this is."""
    place = reply.headers.get("location", "")
    if reply.status_code == 303 and place.startswith(GATES):
        return {"/sign-in": "sign-in", "/training?": "training", "/step-up?": "step-up"}[
            next(gate for gate in GATES if place.startswith(gate))
        ]
    if reply.status_code >= 500:
        return f"broken: {reply.status_code}"
    return {401: "sign-in", 403: "forbidden", 404: "missing"}.get(reply.status_code, "in")


def routes_of(application: Any) -> list[tuple[Route, bool]]:
    """Every route of the application, and whether it is guarded."""
    found = []
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                declared = handler.opt.get("requires", "")
                guarded = isinstance(declared, Requirement)
                asked = str(declared.permission) if guarded else declared
                methods = sorted(handler.http_methods - {"OPTIONS"})
                found += [(Route(method, route.path, asked), guarded) for method in methods]
    return found


@pytest_asyncio.fixture
async def things(db: None, people: Any) -> Things:
    """The things, and everybody's second factor given just now."""
    await execute("UPDATE session SET second_factor_at = now()")
    return await make(people)


async def ask(browser: Any, route: Route, path: str) -> httpx.Response:
    """One question, after which nothing it did is left."""
    browser.reads = False  # what pages look like is for other tests
    async with Transaction(DB) as outer:
        savepoint = await outer.savepoint()
        reply = await browser.request(route.method, path, data={} if route.method == "POST" else None)
        await savepoint.rollback_to()
        await savepoint.release()  # else thousands lie one within the other, each slower than the last
    return reply


@pytest.mark.capability("E8")
@pytest.mark.capability("E36")
@pytest.mark.capability("A8")
async def test_every_cell(browser_for, application, things, record_property):
    """Each route × each member of the cast × a thing of Lyon and one of Brest."""
    guarded = [route for route, is_guarded in routes_of(application) if is_guarded]
    wrong, cells = [], 0
    for who in CAST:
        browser = browser_for(None if who == "nobody" else who)
        for route, world in ((one, world) for one in guarded for world in one.worlds()):
            reply = await ask(browser, route, route.about(things.of(world)))
            cells += 1
            if met(reply) != route.expected(who, world):
                wrong.append(
                    f"{who}: {route.method} {route.path} ({world}) is {met(reply)}, not {route.expected(who, world)}"
                )
    record_property("cells", cells)
    assert not wrong, "\n".join(wrong)


async def test_what_is_open_to_all_asks_nobody_for_a_place(browser_for, application, things):
    """Public pages answer everybody, and never with a failure of ours."""
    wrong = []
    for (route, is_guarded), who in product(routes_of(application), CAST):
        if is_guarded or "{name:path}" in route.path:
            continue
        path = PART.sub("nothing", route.path)
        reply = await ask(browser_for(None if who == "nobody" else who), route, path)
        if reply.status_code >= 500 or reply.status_code == 401:
            wrong.append(f"{who}: {route.method} {path} answered {reply.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_cell_is_missing(application, people):
    """A new permission, part of a path or member of the cast is written down first."""
    parts = {part for route, guarded in routes_of(application) if guarded for part in route.parts}

    assert parts <= set(rules.KINDS) | set(rules.WITHIN), "say in rules.py whose thing each part of a path names"
    assert {str(permission) for permission in Permission} == set(rules.MAY)
    assert set(people.by_name) == set(CAST) - {"nobody"}
