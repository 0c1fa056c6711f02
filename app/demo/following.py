"""Who asks whom in the demonstration: requests between Lyon and Brest, one of them accepted, and a record asked."""

from datetime import date, timedelta

from app.access.policy import Actor, Role
from app.accounts.actions.opening import create_account
from app.audit.actions import NOBODY
from app.demo.accounts import ASKING, answerer_account
from app.demo.telling import Stage
from app.patients.affiliations.actions import ask_affiliation
from app.patients.affiliations.actions.deciding import approve_request
from app.patients.affiliations.actions.leaving import choose_practitioner
from app.patients.affiliations.queries import list_to_decide
from app.patients.asks.actions import ask_for_record
from app.patients.asks.model import NewAsk
from app.patients.model import NewPatient

CHLOE = NewPatient(given_names="Chloe", family_name="Bernard", birth_date=date(2001, 6, 25), sex="female")
NOLWENN = NewPatient(given_names="Nolwen", family_name="Kerjan", birth_date=date(1990, 2, 11), sex="female")
SOFIA = NewPatient(given_names="Sofia", family_name="Conti", birth_date=date(1966, 4, 9), sex="female")
ILYES = NewPatient(
    given_names="Ilyès", family_name="Aouad", birth_date=date(2016, 10, 4), sex="male", birth_place="Villeurbanne"
)


async def follow(stage: Stage) -> None:
    """Brest follows Chloé too since three weeks; two requests and a record wait to be decided on."""
    lyon, brest = stage.professional("ines", "LYO"), stage.professional("zoe", "BRE")
    asked = stage.at - timedelta(days=23)
    request = await ask_affiliation(brest, CHLOE, "Étudiante à Brest depuis septembre, suivie au centre.", at=asked)
    for question in await list_to_decide(lyon):
        if question.request.id == request:
            await approve_request(lyon, question.id, at=asked + timedelta(days=2))
            for by in (lyon, brest):
                await choose_practitioner(by, question.record, by.id, at=asked + timedelta(days=2))
    late = stage.at - timedelta(days=1, hours=3)
    await ask_affiliation(lyon, NOLWENN, "Vue en consultation à Lyon, dit être suivie en Bretagne.", at=late)
    await ask_affiliation(brest, SOFIA, "Hospitalisée pendant ses vacances, donne son nom de naissance.", at=late)
    account = await create_account(NOBODY, answerer_account(ASKING), at=late)
    samira = Actor(account, Role.PATIENT)
    new = NewAsk(
        organisation=stage.centres["LYO"],
        relationship="mother",
        typed=ILYES,
        note="Nous avons rendez-vous avec le Dr Moreau le mois prochain.",
    )
    await ask_for_record(samira, new, at=late + timedelta(hours=1))
