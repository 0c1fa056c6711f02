"""Saying yes and no: what counts from when, what stays, and what is kept with the record."""

import asyncio
import contextvars
from datetime import date, timedelta

import asyncpg
import pytest

from app.access.consent import Use
from app.consents import queries, wording
from app.consents.actions import collecting, settling, texts
from app.consents.jobs import settle_due
from app.consents.library import shipped
from app.consents.model import Answer, Method, Signer, Standing, State
from app.consents.rendering import texts_in_use
from app.lib import clock, i18n
from app.lib.db import execute, fetch, fetch_value, transaction
from app.lib.errors import Refused
from tests.consents.stories import consent_form, says, signed


async def kept(patient) -> set[str]:
    return set(await fetch_value("SELECT withheld FROM patient WHERE id = $1", patient))


async def standing(patient, purpose, day=None):
    lines, _ = await queries.lines_of(patient, day or queries.today())
    return next(one for one in lines if one.purpose == purpose)


async def test_a_no_counts_in_its_own_transaction_and_history_survives(db, people):
    paul = people.paul_patient
    assert await says(people, "paul", "research", yes=True)
    assert await queries.allowed(paul, Use.EXPORT)
    await says(people, "paul", "research", yes=False, reason="Je préfère.")

    assert not await queries.allowed(paul, Use.EXPORT)
    assert "research" in await kept(paul)
    _, said = await queries.lines_of(paul, queries.today())
    assert [one.answer for one in said] == [Answer.WITHDRAWN, Answer.GIVEN]
    assert (await queries.list_forms(paul))[0].reason == "Je préfère."


async def test_saying_the_same_again_changes_nothing(db, people):
    assert await says(people, "paul", "care", yes=False)
    assert not await says(people, "paul", "care", yes=False)

    assert len(await queries.list_forms(people.paul_patient)) == 1


async def test_reasons_and_names_are_sealed(db, people):
    await says(people, "paul", "care", yes=False, reason="Une raison à moi")

    row = (await fetch("SELECT signer_name, reason FROM consent"))[0]
    assert b"raison" not in row["reason"]
    assert b"Lambert" not in row["signer_name"]


async def test_a_decision_is_never_changed(db, people):
    await says(people, "paul", "care", yes=False)

    for statement in ("UPDATE consent_decision SET answer = 'given'", "DELETE FROM consent_decision"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
            async with transaction():
                await execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consent_text SET content = '{}'", "UPDATE consent_text SET material = true", "DELETE FROM consent_text"],
)
async def test_a_published_text_never_changes(db, people, statement):
    await texts_in_use()

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
        async with transaction():
            await execute(statement)


async def test_what_a_team_collects_counts_once_certified_and_a_no_at_once(db, people):
    paul = people.paul_patient
    form = await signed(people, consent_form(people.lyon, "research", "contact"), {"research": True, "contact": False})

    assert await kept(paul) == {"research", "genetics", "contact"}
    await collecting.certify(people["ines"].actor, form, at=clock.now())
    assert await kept(paul) == {"genetics", "contact"}
    assert (await queries.get_form(form)).state is State.IN_FORCE


async def test_a_form_waits_for_its_record_before_it_is_held(people):
    """What undoes a merge holds the record first and the consent after it: the other order would be a deadlock."""
    ines, paul = people["ines"].actor, people.paul_patient
    form = await collecting.begin(ines, paul, consent_form(people.lyon), at=clock.now())
    try:
        async with transaction():
            await execute("SELECT id FROM patient WHERE id = $1 FOR UPDATE", paul)
            # A task of its own has no part in this transaction.
            other = asyncio.create_task(collecting.discard(ines, form, at=clock.now()), context=contextvars.Context())
            for _ in range(500):
                if other.done() or await fetch_value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                    break
                await asyncio.sleep(0.01)
            assert not other.done()
            await execute("SELECT id FROM consent WHERE id = $1 FOR UPDATE NOWAIT", form)
        await other

        assert (await queries.get_form(form)).state is State.DISCARDED
    finally:
        await execute("DELETE FROM consent WHERE id = $1", form)  # committed, unlike what other tests write


async def test_a_form_that_is_given_up_keeps_its_no(db, people):
    form = await signed(people, consent_form(people.lyon, "research", "contact"), {"research": True, "contact": False})
    await collecting.discard(people["ines"].actor, form, at=clock.now())

    assert await kept(people.paul_patient) == {"research", "genetics", "contact"}
    with pytest.raises(Refused, match="not_signed"):
        await collecting.certify(people["ines"].actor, form, at=clock.now())


async def test_an_older_paper_does_not_undo_a_newer_no(db, people):
    await says(people, "paul", "research", yes=False)
    paper = consent_form(people.lyon, "research", method=Method.PAPER)
    form = await signed(people, paper, {"research": True}, day=queries.today())
    await collecting.certify(people["ines"].actor, form, at=clock.now())

    assert "research" in await kept(people.paul_patient)
    assert (await standing(people.paul_patient, "research")).standing is Standing.REFUSED


async def test_who_signs_is_settled_by_age(db, people):
    at = clock.now()
    with pytest.raises(Refused, match="signer"):
        await collecting.begin(
            people["ines"].actor, people.lea_patient, consent_form(people.lyon, for_minor=True), at=at
        )
    assert await says(people, "claire", "research", yes=True)

    assert "research" not in await kept(people.lea_patient)
    assert (await queries.list_forms(people.lea_patient))[0].for_minor


async def test_what_a_mother_gave_lapses_on_the_eighteenth_birthday(db, people, monkeypatch):
    await says(people, "claire", "genetics", yes=True)
    await says(people, "claire", "sharing", yes=True)
    birthday = date(2032, 3, 2)  # Léa was born on 2 March 2014

    assert "genetics" not in await queries.withheld_of(people.lea_patient, birthday - timedelta(days=1))
    assert await queries.withheld_of(people.lea_patient, birthday) >= {"genetics"}
    assert "sharing" not in await queries.withheld_of(people.lea_patient, birthday)
    assert people.lea_patient in await queries.list_due(birthday)
    assert (await standing(people.lea_patient, "genetics", birthday)).to_decide
    later = clock.now().replace(year=2032, month=3, day=2)
    await settling.note_majority(people.lea_patient, at=later)
    assert "genetics" in await kept(people.lea_patient)


async def renewed(people, purpose, until):
    sacha = people["sacha"].account
    await texts.begin_draft(sacha, purpose, at=clock.now())
    await texts.publish(sacha, purpose, 1, ask_again_until=until, at=clock.now())


async def test_a_renewed_text_is_asked_again_until_its_day(db, people):
    paul, until = people.paul_patient, queries.today() + timedelta(days=10)
    await says(people, "paul", "research", yes=True)
    await renewed(people, "research", until)

    line = await standing(paul, "research")
    assert line.standing is Standing.RENEW
    assert line.until == until
    assert await queries.allowed(paul, Use.EXPORT)
    assert "research" in await queries.withheld_of(paul, until + timedelta(days=1))
    assert paul in await queries.list_due(until + timedelta(days=1))
    assert await says(people, "paul", "research", yes=True)
    assert "research" not in await queries.withheld_of(paul, until + timedelta(days=400))


async def test_what_a_day_that_passed_changes_is_kept_within_the_hour(db, people):
    await says(people, "paul", "research", yes=True)
    await renewed(people, "research", queries.today() - timedelta(days=1))
    assert "research" not in await kept(people.paul_patient)

    await settle_due(0)

    assert "research" in await kept(people.paul_patient)
    assert (await standing(people.paul_patient, "research")).standing is Standing.LAPSED


async def test_a_renewed_text_of_what_holds_unasked_asks_again_and_withholds_nothing(db, people):
    await says(people, "paul", "care", yes=True)
    await renewed(people, "care", queries.today() - timedelta(days=1))

    await settle_due(0)

    assert "care" not in await kept(people.paul_patient)
    line = await standing(people.paul_patient, "care")
    assert (line.standing, line.until, line.to_decide) == (Standing.RENEW, None, True)
    language = i18n.locale.set("en")
    try:
        assert "as long as you do not object" in wording.own_why_words(line)
    finally:
        i18n.locale.reset(language)


async def test_a_birth_date_that_cannot_be_read_is_of_age_and_keeps_nobody_else_waiting(db, people):
    assert await says(people, "claire", "research", yes=True)
    await says(people, "paul", "research", yes=True)
    await renewed(people, "research", queries.today() - timedelta(days=1))
    await execute("UPDATE patient SET birth_date = 'x' WHERE id = $1", people.lea_patient)

    await settle_due(0)

    assert "research" in await kept(people.lea_patient)
    assert "research" in await kept(people.paul_patient)


async def test_a_paper_bears_the_version_it_was_signed_with(db, people):
    await texts_in_use()
    await renewed(people, "research", queries.today() + timedelta(days=9))
    ines, at = people["ines"].actor, clock.now()
    form = consent_form(people.lyon, "research", method=Method.PAPER)
    made = await collecting.begin(ines, people.paul_patient, form, at=at)
    said = {"answers": {"research": True}, "versions": {"research": 1}, "name": "Paul Lambert", "day": queries.today()}
    with pytest.raises(Refused, match="text_replaced"):
        await collecting.sign(ines, made, collecting.Signature(**said), at=at)
    await collecting.sign(ines, made, collecting.Signature(**said, paper=made), at=at)
    await collecting.certify(ines, made, at=at)

    assert (await standing(people.paul_patient, "research")).standing is Standing.RENEW


async def test_a_text_that_ships_later_replaces_nothing_that_is_in_use(db, people):
    purpose, version, contents = next(one for one in shipped() if one[0] == "research")
    await texts.take_in([(purpose, version + 1, contents)], at=clock.now())  # in use before this update came

    in_use = await texts_in_use()

    assert in_use["research"].version == version + 1
    assert in_use["care"].shipped
    assert await queries.find_text("research", version) is None


async def test_a_yes_to_a_text_that_was_replaced_is_refused(db, people):
    await texts_in_use()
    await renewed(people, "research", None)

    with pytest.raises(Refused, match="text_replaced"):
        await deciding_with(people, version=1)


async def deciding_with(people, version):
    from app.consents.actions import deciding

    wish = deciding.Wish("research", True, version, "fr")
    await deciding.decide(people["paul"].actor, people.paul_patient, wish, at=clock.now())


async def test_a_merged_person_has_one_answer_and_neither_record_opens_meanwhile(db, people):
    paul, lea = people.paul_patient, people.lea_patient
    await says(people, "paul", "care", yes=False)
    await says(people, "claire", "contact", yes=False)
    await execute("UPDATE patient SET merged_into = $2, root = $2 WHERE id = $1", paul, lea)

    assert await kept(lea) >= {"care", "contact"}
    assert not await queries.allowed(lea, Use.OPEN_RECORD)
    assert not await queries.allowed(paul, Use.WRITE_TO)
    assert await settling.settle(paul, by=people["ines"].account, at=clock.now()) == await kept(lea)
    await execute("UPDATE patient SET merged_into = NULL, root = id WHERE id = $1", paul)
    assert await kept(paul) >= {"care", "contact"}
    for one in (paul, lea):
        await settling.settle(one, by=people["ines"].account, at=clock.now())
    assert "contact" not in await kept(paul)
    assert "care" not in await kept(lea)


async def test_what_is_kept_with_each_record_is_what_the_function_says(db, people):
    await says(people, "paul", "sharing", yes=False)
    await says(people, "claire", "research", yes=True)
    await says(people, "yann", "care", yes=False)

    for row in await fetch("SELECT id, withheld FROM patient WHERE merged_into IS NULL"):
        assert set(row["withheld"]) == await queries.withheld_of(row["id"], queries.today())


async def test_a_guardian_may_sign_for_an_adult(db, people):
    form = await signed(people, consent_form(people.lyon, signer=Signer.GUARDIAN), {"research": True})

    assert not (await queries.get_form(form)).for_minor
