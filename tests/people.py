"""The cast: who appears in tests, made once through the product's own actions and never changed by a test."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import queries, tokens
from app.accounts.actions import opening, places, sessions
from app.accounts.model import Kind, NewAccount, NewPlace, SignedIn
from app.accounts.organisations.actions import create_organisation
from app.accounts.organisations.model import Details
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
    Inès and Zoé look after the accounts of their centres too; Odile does that in Lyon and sees no patient. Hugo is an
    ARC in Lyon. Sacha and Nour look after the whole network. Lucie works nowhere yet, Tom has not taken the course,
    and Victor's account is closed.
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
    lyon = await create_organisation(NOBODY, Details(code="LYO", name="Centre expert de Lyon", city="Lyon"), at=at)
    brest = await create_organisation(NOBODY, Details(code="BRE", name="Centre expert de Brest", city="Brest"), at=at)
    ines = await _professional("ines", "Inès", "Moreau", NewPlace(lyon, "psychiatrist", administers=True))
    zoe = await _professional("zoe", "Zoé", "Caradec", NewPlace(brest, "psychiatrist", administers=True))
    places_of_marc = (NewPlace(lyon, "psychiatrist"), NewPlace(brest, "psychiatrist"))
    marc = await _professional("marc", "Marc", "Petit", *places_of_marc)
    administrator = NewPlace(lyon, "other", Role.ADMINISTRATOR)
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
        "odile": await _professional("odile", "Odile", "Garnier", administrator),
        "hugo": await _professional("hugo", "Hugo", "Renard", NewPlace(lyon, "arc", Role.ARC)),
        "sacha": await _professional("sacha", "Sacha", "Vidal", kind=Kind.SUPERADMIN),
        "nour": await _professional("nour", "Nour", "Haddad", kind=Kind.SUPERADMIN),
        "lucie": await _professional("lucie", "Lucie", "Blanc"),
        "tom": await _professional("tom", "Tom", "Faure", NewPlace(lyon, "nurse"), trained=False),
        "victor": await _closed(await _professional("victor", "Victor", "Morel", NewPlace(lyon, "nurse"))),
    }
    return Cast(lyon, brest, paul_patient, lea_patient, yann_patient, people)


async def _professional(
    name: str, given: str, family: str, *at_work: NewPlace, kind: Kind = Kind.PROFESSIONAL, trained: bool = True
) -> Person:
    at = clock.now()
    new = NewAccount(
        kind=kind,
        email=f"{name}@example.org",
        given_name=given,
        family_name=family,
        password=PASSWORD,
        totp_secret=TOTP_SECRET,
    )
    account = await opening.create_account(NOBODY, new, at=at)
    if trained:
        await opening.note_training(NOBODY, account, date(2100, 1, 1), at=at)
    for place in at_work:
        await places.add_membership(NOBODY, account, place, since=SINCE, at=at)
    return await signed_in(account, new.email)


async def _closed(person: Person) -> Person:
    await opening.close_account(NOBODY, person.account, at=clock.now())
    return person


async def _patient(by: Actor, given: str, family: str, born: date, sex: str) -> UUID:
    new = NewPatient(given_names=given, family_name=family, birth_date=born, sex=sex)
    return await create_patient(by, new, at=clock.now() - timedelta(days=200))


async def _patient_account(name: str, given: str, family: str, patient: UUID, relationship: str) -> Person:
    at = clock.now()
    new = NewAccount(kind=Kind.PATIENT, email=f"{name}@example.org", given_name=given, family_name=family)
    account = await opening.create_account(NOBODY, new, at=at)
    await places.link_patient(NOBODY, account, patient, relationship, since=SINCE, at=at)
    return await signed_in(account, new.email)


async def signed_in(account: UUID, email: str) -> Person:
    at = clock.now()
    opened = await sessions.open_session(account, at=at)
    found = await queries.find_session(tokens.hash_of(opened.token), at)
    assert found is not None
    return Person(account, found[1], email, opened)
