"""The whole abuse drill, part by part, against a running product. Each part raises when an attack gets anywhere.

`python -m tests.abuse` runs it with its full figures and prints them; `make test` runs the same with smaller ones.
"""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from app.accounts.actions.limits import FAILURES_OF_A_NETWORK
from app.accounts.model import FAILURES_ALLOWED
from app.accounts.tokens import mark_for
from app.lib import clock
from app.lib.db import execute
from tests.abuse import guessing, replaying, telling
from tests.abuse.target import Owner, Sizes, Target, Visitor, enter_team, mailed_code, sessions_of
from tests.live import run


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def play(target: Target, part: Coroutine[Any, Any, Any]) -> Any:
    """Run one part to its end and close its browsers."""

    async def played() -> Any:
        try:
            return await part
        finally:
            await target.leave()

    return run(played())


async def later() -> None:
    """As if the hour of every limit had gone by: each part begins with open doors."""
    await execute("DELETE FROM throttle")


async def passwords(target: Target, sizes: Sizes) -> None:
    """Guess passwords while the owner of an attacked account, and somebody else, sign in."""
    await later()
    owner, others = target.team[0], target.team[1:]
    at_home = target.stranger("192.0.2.7")
    await enter_team(at_home, owner)
    await at_home.get("/me")
    await at_home.submit("/sign-out")
    marks = [mark_for(b"somebody else's address", b"made up"), "made.up", "", await _mark_of_another(target)]
    half = asyncio.Event()
    attack = asyncio.ensure_future(guessing.guess_passwords(target, sizes.guesses, marks, half))
    await half.wait()
    begun = clock.now()
    theirs = await enter_team(at_home, owner)
    took = (clock.now() - begun).total_seconds()
    assert theirs.status_code == 303
    assert await at_home.is_in(), "its owner was shut out"
    elsewhere = target.stranger("203.0.113.9")
    await _sign_in_by_mail(target, elsewhere, target.patients[-1])
    found = await attack
    assert found["succeeded"] == 0, found
    assert await sessions_of(others) == 0
    say(
        f"passwords: {found['tried']} guesses on {len(target.team)} accounts, {found['looked at']} compared,"
        f" {found['succeeded']} succeeded; the owner of one signed in meanwhile in {took:.1f} s, and a patient too"
    )


async def _mark_of_another(target: Target) -> str:
    """What the attacker's own browser holds after signing in to the attacker's own account."""
    browser, attacker = target.stranger(), target.patients[-2]
    await _sign_in_by_mail(target, browser, attacker)
    return replaying.cookie(browser, "cohorte_known")


async def _sign_in_by_mail(target: Target, browser: Visitor, owner: Owner) -> None:
    seen = len(target.live.codes(owner.email))
    await browser.get("/sign-in")
    asked = await browser.submit("/sign-in", {"email": owner.email})
    await browser.get(asked.headers["location"])
    reply = await browser.submit("/sign-in/code", {"code": await mailed_code(target, owner, after=seen)})
    assert replaying.SESSION in reply.cookies


async def passwords_at_once(target: Target, sizes: Sizes) -> None:
    """Guesses that all arrive in one moment, and guesses of one network on many addresses."""
    await later()
    looked_at = await guessing.guess_at_the_same_moment(target, target.team[1], 40)
    assert looked_at <= FAILURES_ALLOWED
    await later()
    most = FAILURES_OF_A_NETWORK.tries
    compared, opened = await guessing.guess_from_one_network(target, target.team, most + 20)
    assert (compared <= most, opened) == (True, False)
    say(f"passwords: of 40 at the same moment {looked_at} compared; of {most + 20} from one network {compared}")


async def codes(target: Target, sizes: Sizes) -> None:
    """Guess mailed codes, then codes of authenticators behind a known password."""
    await later()
    before = await sessions_of([*target.patients, *target.team])
    mailed = await guessing.guess_mailed_codes(target, sizes.codes // 2)
    await later()
    shown = await guessing.guess_one_time_codes(target, sizes.codes // 2)
    assert (mailed["succeeded"], shown["succeeded"]) == (0, 0), (mailed, shown)
    assert await sessions_of([*target.patients, *target.team]) == before
    for name, found in (("mailed codes", mailed), ("authenticator's codes", shown)):
        say(f"{name}: {found['tried']} guesses, {found['looked at']} compared, {found['succeeded']} succeeded")


async def planted(target: Target, sizes: Sizes) -> None:
    """Session fixation, and the change of token at sign-in and at step-up."""
    await later()
    one, other = target.team[1], target.team[2]
    await replaying.plant_a_session(target, one)
    await replaying.plant_a_sign_in(target, target.patients[0], target.patients[1])
    await replaying.step_up_changes_the_token(target, other)
    say("fixation: a planted session, form cookie and attempt stay worthless; the token changes at each sign-in")


async def replayed(target: Target, sizes: Sizes) -> None:
    """What is good once is handed in twice."""
    await later()
    await replaying.use_a_one_time_code_twice(target, target.team[3])
    await replaying.use_a_mailed_code_twice(target, target.patients[2])
    first, again = await replaying.hand_in_a_proof_twice(target)
    assert first, "a right proof of work was refused, so this proves nothing"
    assert not any(again), again
    say(f"replays: authenticator's code, mailed code and proof of work refused (the proof in {len(again)} ways)")


async def forms(target: Target, app: Any, known: dict[str, UUID]) -> None:
    """Every route that takes a form, without its token."""
    await later()
    found = await replaying.send_without_token(target, app, known)
    say(f"forms: {found['tried']} sent without a token, {found['refused']} refused, {found['unknown']} led nowhere")


async def words(target: Target, sizes: Sizes) -> None:
    """A patient's, a professional's and nobody's address read the same at every door."""
    await later()
    form = replaying.sign_up_form("")
    said = []
    for email in (target.patients[3].email, target.team[3].email, telling.unknown_like(target.team[3].email)):
        said.append(await telling.answers_of(target, email, form))
    for one, other in zip(said[0] + said[1], said[2] + said[2], strict=True):
        assert one == other, f"{one}\n{other}"
    say(f"words: {len(said[0])} answers each to a patient's, a professional's and nobody's address, all alike")


async def times(target: Target, sizes: Sizes) -> dict[str, telling.Times]:
    """How long each door takes for known and unknown addresses."""
    form = replaying.sign_up_form("")
    patients = [one.email for one in target.patients]
    team = [one.email for one in target.team]
    found = {}
    for door, attempt, known, tries, before in (
        ("/sign-in", telling.ask_for_a_code, patients, sizes.timed, None),
        ("/sign-in/team", telling.give_a_password, team, sizes.timed, None),
        ("/sign-in/team, when it closes", telling.give_a_password, team, sizes.timed, telling.close_the_door),
        ("/sign-up", telling.give_a_form(form), patients, sizes.timed_sign_ups, None),
    ):
        found[door] = await telling.time_tries(target, attempt, known, tries, before)
        say(f"times at {door}: {found[door].said()}")
    return found


def known_things(live: Any) -> dict[str, UUID]:
    """Real ids by the names that paths give them."""
    people = live.people
    return {"patient_id": people.paul_patient, "organisation_id": people.lyon, "account_id": people["tom"].account}


def everything(target: Target, app: Any, sizes: Sizes) -> bool:
    """All of it, one part after the other; whether no time told anything either."""
    for part in (passwords, passwords_at_once, codes, planted, replayed, words):
        play(target, part(target, sizes))
    play(target, forms(target, app, known_things(target.live)))
    measured: dict[str, telling.Times] = play(target, times(target, sizes))
    return all(found.alike for found in measured.values())
