"""Who allowed what in the demonstration: signed at the centre, decided at home, one withdrawn, one asked again."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.access.policy import Actor, Role
from app.accounts.queries import email_hash, find_account_by_email
from app.consents.actions import collecting, deciding, texts
from app.consents.library import shipped
from app.consents.model import Contents, Method, NewForm, Signer
from app.consents.queries import current_texts
from app.demo.accounts import Answerer
from app.demo.telling import Stage
from app.lib import clock
from app.lib.i18n import ZONE
from app.patients.model import Patient
from app.patients.queries import list_patients

ABROAD = {
    "fr": "\n\n## Ce qui change dans cette version\nSous le même code, vos données peuvent aussi être étudiées par des "
    "équipes de recherche d’autres pays européens.",
    "en": "\n\n## What changes in this version\nUnder the same code, your data may also be studied by research teams "
    "of other European countries.",
}


async def consent(stage: Stage) -> None:
    """Texts as of long ago, then what people said to them, then a text that asks them again."""
    ines = stage.professional("ines", "LYO")
    await texts.take_in(shipped(), at=stage.at - timedelta(days=400))
    people = {one.given_names: one for one in await list_patients(ines, limit=200)}
    await collect(stage, ines, people["Paul"], {"research": True, "genetics": False}, days=262)
    await collect(stage, ines, people["Nadia"], {"research": True, "sharing": True}, days=0, certified=False)
    await _decide(stage, ("emma", "en"), people["Emma"], ("research", True), days=96)
    await _decide(stage, ("claire", "fr"), people["Léa"], ("research", True), days=88, proxy=True)
    await _decide(stage, ("chloe", "fr"), people["Chloé"], ("sharing", False), days=4)
    await _ask_again(stage)


async def collect(
    stage: Stage, by: Actor, patient: Patient, answers: dict[str, bool], *, days: int, certified: bool = True
) -> None:
    """Signed on the centre's screen, and certified a quarter of an hour later."""
    at = stage.at - timedelta(days=days, minutes=50)
    form = NewForm(
        method=Method.SCREEN,
        purposes=tuple(answers),
        signer=Signer.PATIENT,
        language="fr",
        organisation=by.organisation,
    )
    made = await collecting.begin(by, patient.id, form, at=at)
    known = await current_texts()
    versions = {purpose: known[purpose].version for purpose in answers}
    signature = collecting.Signature(answers=answers, versions=versions, name=patient.full_name)
    await collecting.sign(by, made, signature, at=at + timedelta(minutes=11))
    if certified:
        await collecting.certify(by, made, at=at + timedelta(minutes=15))


async def _decide(
    stage: Stage, who: tuple[str, str], patient: Patient, wish: tuple[str, bool], *, days: int, proxy: bool = False
) -> None:
    """Decided at home, by the person or by whoever answers for them."""
    row = await find_account_by_email(email_hash(Answerer(who[0], "", patient.family_name, "fr", "").email))
    if row is None:
        raise LookupError(f"nobody of the demonstration has the address of {who[0]}")
    by = Actor(row["id"], Role.PATIENT, name=patient.full_name, patients=frozenset({patient.id}))
    if proxy:
        by = replace(by, name=f"Claire {patient.family_name}", rights={patient.id: frozenset()})
    (_key, language), (purpose, yes) = who, wish
    said = deciding.Wish(purpose, yes, (await current_texts())[purpose].version, language)
    await deciding.decide(by, patient.id, said, at=_evening(stage, days))


def _evening(stage: Stage, days: int) -> datetime:
    return stage.at - timedelta(days=days, hours=2)


async def _ask_again(stage: Stage) -> None:
    """The network publishes a text on research that means more than before."""
    at, sacha = stage.at - timedelta(days=12), stage.team["sacha"]
    text = (await current_texts())["research"]
    more: Contents = {name: replace(said, body=said.body + ABROAD[name]) for name, said in text.contents.items()}
    await texts.begin_draft(sacha, "research", at=at)
    await texts.write_draft(sacha, "research", more, 1, at=at)
    until = clock.day_in(ZONE, stage.at) + timedelta(days=18)
    await texts.publish(sacha, "research", 2, ask_again_until=until, at=at)
