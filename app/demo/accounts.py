"""Who the demonstration is about, and how a visitor signs in as them. What they answered is in data.py."""

from dataclasses import dataclass
from os import environ  # noqa: TID251 - the supervisor, which has no settings, asks too
from pathlib import Path

from app.accounts.model import Kind, NewAccount
from app.accounts.professions import Access
from app.demo.library import DemoSecrets, demo_secrets


@dataclass(frozen=True, slots=True)
class Centre:
    code: str
    name: str
    city: str
    phone: str
    pathologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Professional:
    """A member of a team; `key` names them in the demonstration's own files."""

    key: str
    given_name: str
    family_name: str
    profession: str
    centres: tuple[str, ...]
    access: Access = Access.TEAM
    kind: Kind = Kind.PROFESSIONAL
    about: str = ""

    @property
    def email(self) -> str:
        return _address(self.key, self.family_name)

    @property
    def described(self) -> str:
        """For the list of accounts."""
        return self.about or f"{self.profession}, {' and '.join(self.centres)}"


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answers questionnaires: for themselves, or for somebody close."""

    key: str
    given_name: str
    family_name: str
    language: str
    about: str

    @property
    def email(self) -> str:
        return _address(self.key, self.family_name)


def _address(given: str, family: str) -> str:
    plain = family.lower().replace(" ", "")
    return f"{given}.{plain}@example.org"


CENTRES = (
    Centre("LYO", "Centre expert de Lyon", "Lyon", "04 99 00 00 00", ("bipolar", "depression", "autism")),
    Centre("BRE", "Centre expert de Brest", "Brest", "02 99 00 00 00", ("schizophrenia", "chronic_pain")),
)
TEAM = (
    Professional(
        "ines",
        "Inès",
        "Moreau",
        "psychiatrist",
        ("LYO",),
        Access.TEAM_AND_ACCOUNTS,
        about="psychiatrist, LYO, and administers it",
    ),
    Professional("marc", "Marc", "Petit", "nurse", ("LYO", "BRE")),
    Professional(
        "zoe",
        "Zoé",
        "Caradec",
        "psychiatrist",
        ("BRE",),
        Access.TEAM_AND_ACCOUNTS,
        about="psychiatrist, BRE, and administers it",
    ),
    Professional(
        "odile", "Odile", "Garnier", "other", ("LYO",), Access.ACCOUNTS, about="administers LYO, sees no patient"
    ),
    Professional("sacha", "Sacha", "Vidal", "other", (), kind=Kind.SUPERADMIN, about="looks after the whole network"),
    Professional("lucie", "Lucie", "Blanc", "psychologist", (), about="psychologist, waits for a place in Lyon"),
)
INVITED = ("Hugo", "Renard", "hugo.renard@example.org", "arc")
"""Somebody whom Lyon has invited; the link is in the mailbox."""
ANSWERERS = (
    Answerer("paul", "Paul", "Lambert", "fr", "a patient of Lyon, followed for nine months"),
    Answerer("claire", "Claire", "Martin", "fr", "mother of Léa and Noé, answers for both"),
    Answerer("karim", "Karim", "Haddad", "fr", "a patient with nothing to do"),
    Answerer("emma", "Emma", "Clarke", "en", "a patient who reads English"),
    Answerer("sylvie", "Sylvie", "Vasseur", "fr", "mother of Maël, who came of age: her rights are paused"),
)

ASKING = Answerer("samira", "Samira", "Aouad", "fr", "has no record yet, asks Lyon for one of her son")


def var_dir() -> Path:
    """Where this installation keeps its files."""
    return Path(environ.get("VAR_DIR") or "var")


def known_secrets(folder: Path | None = None) -> DemoSecrets:
    return demo_secrets(folder or var_dir(), [person.key for person in TEAM])


def team_account(person: Professional, secrets: DemoSecrets) -> NewAccount:
    """What opens this professional's account."""
    return NewAccount(
        kind=person.kind,
        email=person.email,
        given_name=person.given_name,
        family_name=person.family_name,
        password=secrets.password,
        totp_secret=secrets.totp[person.key],
    )


def answerer_account(person: Answerer) -> NewAccount:
    """What opens this patient's or relative's account."""
    return NewAccount(
        kind=Kind.PATIENT,
        email=person.email,
        given_name=person.given_name,
        family_name=person.family_name,
        language=person.language,
    )


def summary(folder: Path | None = None) -> str:
    """What a visitor is told at the start: who there is, and how to sign in as them."""
    secrets = known_secrets(folder)
    lines = ["Demo accounts (nobody here is real)", "  Patients: /sign-in, the code comes to /mailbox"]
    lines += [f"    {person.email:32}{person.about}" for person in (*ANSWERERS, ASKING)]
    lines += [f"  Team: /sign-in/team, password {secrets.password}, then the code shown at /mailbox"]
    lines += [f"    {person.email:32}{person.described}" for person in TEAM]
    return "\n".join(lines)
