"""Centres, places in them, and whom an account answers for."""

from datetime import date, datetime
from uuid import UUID

from app.accounts.model import NewPlace
from app.audit import actions as audit
from app.lib.db import execute, transaction
from app.lib.i18n import ZONE
from app.lib.ids import new_id


async def create_organisation(by: UUID, *, code: str, name: str, city: str, at: datetime) -> UUID:
    """A new centre."""
    async with transaction():
        organisation = new_id()
        await execute(
            "INSERT INTO organisation (id, code, name, city, kind, time_zone, phone, created_at)"
            " VALUES ($1, $2, $3, $4, 'expert_centre', $5, '', $6)",
            organisation,
            code,
            name,
            city,
            ZONE,
            at,
        )
        await audit.record(audit.Action.ORGANISATION_CREATED, by=by, at=at, subject=organisation)
    return organisation


async def add_membership(by: UUID, account: UUID, place: NewPlace, *, since: date, at: datetime) -> UUID:
    """Give a person a place in a centre."""
    async with transaction():
        membership = new_id()
        await execute(
            "INSERT INTO membership (id, account, organisation, profession, role, administers, valid_from)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            membership,
            account,
            place.organisation,
            place.profession,
            place.role.value,
            place.administers,
            since,
        )
        await audit.record(
            audit.Action.MEMBERSHIP_ADDED,
            by=by,
            at=at,
            subject=account,
            organisation=place.organisation,
            role=place.role,
            administers=int(place.administers),
        )
    return membership


async def link_patient(by: UUID, account: UUID, patient: UUID, relationship: str, *, since: date, at: datetime) -> None:
    """Let a person answer for a patient: for themselves (`self`), or as mother, father, guardian…"""
    async with transaction():
        await execute(
            "INSERT INTO patient_link (id, account, patient, relationship, valid_from) VALUES ($1, $2, $3, $4, $5)",
            new_id(),
            account,
            patient,
            relationship,
            since,
        )
        await audit.record(audit.Action.PATIENT_LINKED, by=by, at=at, subject=account, patient=patient)
