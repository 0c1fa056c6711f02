"""Somebody whom one centre knows and another one asks about, for tests."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from app.lib import clock
from app.lib.db import fetch_value
from app.patients.actions import create_patient
from app.patients.affiliations.actions import ask_affiliation
from app.patients.dates import PartialDate
from app.patients.model import NewPatient

KERMARREC = NewPatient(
    given_names="Maëlle Aude",
    family_name="Kermarrec",
    birth_date=PartialDate(1991, 4, 17),
    sex="female",
    birth_place="Quimperlé",
    email="maelle.kermarrec@example.org",
    phone="06 39 98 12 34",
)
TYPED = replace(KERMARREC, given_names="Maelle", family_name="KERMAREC", birth_place="", email="", phone="")
"""The same person, as another centre hears her name."""


async def known_in_brest(people: Any, who: NewPatient = KERMARREC) -> UUID:
    return await create_patient(people["zoe"].actor, who, at=clock.now())


async def asked_by_lyon(people: Any, typed: NewPatient = TYPED, note: str = "Vue aux urgences.") -> UUID:
    return await ask_affiliation(people["ines"].actor, typed, note, at=clock.now())


async def question_of(request: UUID) -> UUID:
    found: UUID = await fetch_value("SELECT id FROM affiliation_request_record WHERE request = $1", request)
    return found
