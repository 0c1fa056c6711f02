"""Cookies planted beforehand, codes used twice, forms without a token: none of it may be good."""

import re
from base64 import b64decode, b64encode
from datetime import timedelta
from json import dumps, loads
from typing import Any
from uuid import UUID

from app.access.guard import requirements
from app.accounts.authentication import check_form_token
from app.accounts.sign_up.proof import stamp
from app.audit.actions import WORKER
from app.channels.routes import only_signed
from app.lib import clock, csrf
from app.lib.db import execute, fetch_value
from app.lib.ids import new_id
from tests.abuse.target import Owner, Target, Visitor, enter_team, mailed_code, totp_code
from tests.people import PASSWORD

SESSION, FORM, SIGN_IN = "cohorte_session", "cohorte_form", "cohorte_sign_in"
PLANTED = "planted-by-somebody-else-and-known-to-them"
REFUSED = {401, 403, 404}


async def plant_a_session(target: Target, owner: Owner) -> None:
    """Whoever knew the cookies of a browser before its owner signed in holds nothing afterwards."""
    victim, attacker = target.stranger(), target.stranger()
    for name in (SESSION, FORM):
        _plant(victim, name, PLANTED)
        _plant(attacker, name, PLANTED)
    await attacker.get("/sign-in")
    signed_in = await enter_team(victim, owner)

    assert signed_in.cookies[SESSION] not in {"", PLANTED}
    assert await victim.is_in()
    assert not await attacker.is_in()
    _plant(attacker, SESSION, signed_in.cookies[SESSION])  # even with it, the form token of before is worth nothing
    assert (await attacker.post("/membership", data={"_csrf_token": attacker.token})).status_code == 403


async def plant_a_sign_in(target: Target, owner: Owner, other: Owner) -> None:
    """An attempt begun by an attacker and planted in a browser is not the one that its owner completes."""
    attacker, victim = target.stranger(), target.stranger()
    await attacker.get("/sign-in")
    await attacker.submit("/sign-in", {"email": other.email})
    begun = cookie(attacker, SIGN_IN)
    _plant(victim, SIGN_IN, begun)
    seen = len(target.live.codes(owner.email))
    await victim.get("/sign-in")
    asked = await victim.submit("/sign-in", {"email": owner.email})
    assert cookie(victim, SIGN_IN) != begun
    await victim.get(asked.headers["location"])
    code = await mailed_code(target, owner, after=seen)

    await attacker.get("/sign-in/code")
    reply = await attacker.submit("/sign-in/code", {"code": code})
    assert SESSION not in reply.cookies, "a code opened another browser than the one that asked"
    assert SESSION in (await victim.submit("/sign-in/code", {"code": code})).cookies


async def step_up_changes_the_token(target: Target, owner: Owner) -> None:
    """After a fresh second factor the cookie of before opens nothing."""
    browser, thief = target.stranger(), target.stranger()
    await enter_team(browser, owner)
    before = cookie(browser, SESSION)
    _plant(thief, SESSION, before)
    assert await thief.is_in(), "the stolen cookie must be good before, or this proves nothing"
    old = clock.now() - timedelta(hours=1)
    await execute("UPDATE session SET second_factor_at = $2 WHERE account = $1", owner.account, old)
    # As an hour later; or its owner would have to wait for the authenticator's next code.
    await execute("UPDATE account SET totp_last_step = 0 WHERE id = $1", owner.account)
    await browser.get("/step-up?next=/me")
    reply = await browser.submit("/step-up", {"code": await totp_code(owner), "next": "/me"})

    assert reply.status_code == 303, reply.text
    assert reply.cookies[SESSION] != before
    assert await browser.is_in()
    assert not await thief.is_in()


async def use_a_one_time_code_twice(target: Target, owner: Owner) -> None:
    """Somebody saw the password and the code over a shoulder, and is quick."""
    owners, thief = target.stranger(), target.stranger()
    for browser in (owners, thief):
        await browser.get("/sign-in/team")
        reply = await browser.submit("/sign-in/team", {"email": owner.email, "password": PASSWORD})
        await browser.get(reply.headers["location"])
    code = await totp_code(owner)
    first = await owners.submit("/sign-in/team/code", {"code": code})
    second = await thief.submit("/sign-in/team/code", {"code": code})

    assert SESSION in first.cookies
    assert (second.status_code, SESSION in second.cookies) == (422, False)


async def use_a_mailed_code_twice(target: Target, owner: Owner) -> None:
    """Once used, neither the code nor the attempt it belonged to opens anything; nor does it fit the next attempt."""
    owners, thief = target.stranger(), target.stranger()
    seen = len(target.live.codes(owner.email))
    await owners.get("/sign-in")
    asked = await owners.submit("/sign-in", {"email": owner.email})
    await owners.get(asked.headers["location"])
    code, attempt = await mailed_code(target, owner, after=seen), cookie(owners, SIGN_IN)
    assert SESSION in (await owners.submit("/sign-in/code", {"code": code})).cookies

    await thief.get("/sign-in")
    _plant(thief, SIGN_IN, attempt)
    assert SESSION not in (await thief.submit("/sign-in/code", {"code": code})).cookies
    thief.cookies.delete(SIGN_IN)
    await thief.submit("/sign-in", {"email": owner.email})
    new = await mailed_code(target, owner, after=seen + 1)
    if new != code:
        assert SESSION not in (await thief.submit("/sign-in/code", {"code": code})).cookies


async def hand_in_a_proof_twice(target: Target) -> tuple[bool, list[bool]]:
    """Whether one proof of work was taken for a sign-up; and whether it was again, as it is or in other clothes."""
    browser = target.stranger()
    challenge = (await browser.get("/sign-up/challenge")).json()
    proof = solve(challenge)
    form = sign_up_form(f"{new_id()}@example.org")
    await browser.get("/sign-up/patient")
    first = await browser.submit("/sign-up/patient", form | {"altcha": proof})
    again = []
    for number, clothes in enumerate((proof, *_in_other_clothes(proof))):
        other = target.stranger(process=number)
        await other.get("/sign-up/patient")
        typed = form | {"email": f"{new_id()}@example.org", "altcha": clothes}
        reply = await other.submit("/sign-up/patient", typed)
        again.append(reply.status_code == 303)
    return first.status_code == 303, again


def solve(challenge: dict[str, Any]) -> str:
    """What the widget would hand in."""
    import altcha

    asked = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(asked)
    assert solution is not None
    return str(altcha.Payload(asked, solution).to_base64())


def _in_other_clothes(proof: str) -> list[str]:
    """The same proof written otherwise, as somebody would who hopes that only its letters are remembered."""
    plain = b64decode(proof).decode()
    loud = loads(plain)
    loud["challenge"]["signature"] = loud["challenge"]["signature"].upper()
    more = loads(plain) | {"more": str(new_id())}
    return [b64encode(text.encode()).decode() for text in (f" {plain}\n", dumps(loud), dumps(more))]


def sign_up_form(email: str) -> dict[str, str]:
    """A patient's sign-up as it is filled in; the page has stood open for a minute."""
    born = {"birth_date-day": "12", "birth_date-month": "5", "birth_date-year": "1980"}
    named = {"family_name": "Cible", "given_name": "Dominique", "sex": "unknown", "phone": "", "nir": ""}
    return {**named, **born, "email": email, "stamp": stamp(clock.now() - timedelta(minutes=1))}


async def send_without_token(target: Target, app: Any, known: dict[str, UUID]) -> dict[str, int]:
    """Every route that takes a form, for a patient, a practitioner, an administrator and a stranger, without a token.

    `known`: real ids by the name of the path's part, so that the form is refused and not merely the thing unknown.
    """
    looks = {check_form_token, only_signed}  # a provider of text messages signs instead
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            assert handler.resolve_before_request() in looks, f"{handler} looks at no token"
    found = {"tried": 0, "refused": 0, "unknown": 0}
    before = await _acts()
    people = target.live.people
    for who in (None, "paul", "ines", "odile", "sacha"):
        browser = target.stranger()
        if who is not None:
            _plant(browser, SESSION, (await _session(people[who].account)).token)
            before += 1
        for route in requirements(app):
            method, path = route.split(" ", 1)
            if method != "POST":
                continue
            reply = await browser.post(_filled(path, known), data={"_csrf_token": csrf.token(b"x" * csrf.SIZE)})
            asked_in = reply.status_code == 303 and reply.headers["location"].startswith("/sign-in?")
            assert asked_in or reply.status_code in REFUSED, f"{who} sent {route}: {reply.status_code}"
            found["tried"] += 1
            found["unknown" if reply.status_code == 404 else "refused"] += 1
    assert await _acts() == before, "something was written"
    return found


async def _acts() -> int:
    """How many events there are but for the worker's, which may still send mails of before."""
    return int(await fetch_value("SELECT count(*) FROM audit_event WHERE actor <> $1", WORKER))


def _filled(path: str, known: dict[str, UUID]) -> str:
    def part(match: re.Match[str]) -> str:
        return str(known.get(match[1]) or (new_id() if match[2] == "uuid" else "nothing"))

    return re.sub(r"\{(\w+):(\w+)\}", part, path)


async def _session(account: UUID) -> Any:
    from app.accounts.actions.sessions import open_session

    return await open_session(account, at=clock.now())


def _plant(browser: Visitor, name: str, value: str) -> None:
    browser.cookies.set(name, value, domain="localhost.local")


def cookie(browser: Visitor, name: str) -> str:
    """What this browser holds under a name."""
    return next(one.value or "" for one in browser.cookies.jar if one.name == name)
