"""The cast: who appears in tests, made once through the product's own actions and never changed by a test."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import actions, queries, tokens
from app.accounts.model import NewAccount, SignedIn
from app.audit.actions import NOBODY
from app.lib import clock
from app.patients.actions import create_patient
from app.patients.model import NewPatient

SINCE = date(2025, 1, 1)
PASSWORD = "a long enough password for tests"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in, with a session already open."""

    account: UUID
    actor: Actor
    email: str
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Cast:
    """Inès works in Lyon, Zoé in Brest, Marc in both. Paul answers for himself, Claire for Léa.

    Both patients are followed in Lyon; Yann, followed in Brest, is the stranger that no list of Lyon may show.
    """

    lyon: UUID
    brest: UUID
    paul_patient: UUID
    lea_patient: UUID
    yann_patient: UUID
    by_name: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        return self.by_name[name]


async def assemble() -> Cast:
    """Make the cast in an empty database."""
    at = clock.now()
    lyon = await actions.create_organisation(NOBODY, code="LYO", name="Centre expert de Lyon", city="Lyon", at=at)
    brest = await actions.create_organisation(NOBODY, code="BRE", name="Centre expert de Brest", city="Brest", at=at)
    ines = await _practitioner("ines", "Inès", "Moreau", [lyon])
    zoe = await _practitioner("zoe", "Zoé", "Caradec", [brest])
    marc = await _practitioner("marc", "Marc", "Petit", [lyon, brest])
    paul_patient = await _patient(ines.actor, "Paul", "Lambert", date(1980, 5, 12), "male")
    lea_patient = await _patient(ines.actor, "Léa", "Martin", date(2014, 3, 2), "female")
    yann_patient = await _patient(zoe.actor, "Yann", "Le Goff", date(1975, 9, 30), "male")
    people = {
        "ines": ines,
        "zoe": zoe,
        "marc": marc,
        "paul": await _patient_account("paul", "Paul", "Lambert", paul_patient, "self"),
        "claire": await _patient_account("claire", "Claire", "Martin", lea_patient, "mother"),
        "yann": await _patient_account("yann", "Yann", "Le Goff", yann_patient, "self"),
    }
    return Cast(lyon, brest, paul_patient, lea_patient, yann_patient, people)


async def _practitioner(name: str, given: str, family: str, centres: list[UUID]) -> Person:
    at = clock.now()
    new = NewAccount(
        role=Role.PRACTITIONER,
        email=f"{name}@example.org",
        given_name=given,
        family_name=family,
        password=PASSWORD,
        totp_secret=TOTP_SECRET,
    )
    account = await actions.create_account(NOBODY, new, at=at)
    for centre in centres:
        await actions.add_membership(NOBODY, account, centre, "psychiatrist", since=SINCE, at=at)
    return await signed_in(account, new.email)


async def _patient(by: Actor, given: str, family: str, born: date, sex: str) -> UUID:
    new = NewPatient(given_names=given, family_name=family, birth_date=born, sex=sex)
    return await create_patient(by, new, at=clock.now() - timedelta(days=200))


async def _patient_account(name: str, given: str, family: str, patient: UUID, relationship: str) -> Person:
    at = clock.now()
    new = NewAccount(role=Role.PATIENT, email=f"{name}@example.org", given_name=given, family_name=family)
    account = await actions.create_account(NOBODY, new, at=at)
    await actions.link_patient(NOBODY, account, patient, relationship, since=SINCE, at=at)
    return await signed_in(account, new.email)


async def signed_in(account: UUID, email: str) -> Person:
    at = clock.now()
    opened = await actions.open_session(account, at=at)
    found = await queries.find_session(tokens.hash_of(opened.token), at)
    assert found is not None
    return Person(account, found[1], email, opened)
