"""Reads about people who sign in: their sessions, attempts, memberships and names."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from app.access.policy import Actor, Lent, Role
from app.access.rights import Right, is_paused
from app.accounts.model import (
    STEP_UP,
    Attempt,
    Factors,
    Kind,
    Membership,
    OrganisationName,
    Session,
    Way,
    role_in,
)
from app.lib import csrf
from app.lib.clock import day_in, now
from app.lib.crypto import PersonKey
from app.lib.db import Row, fetch, fetch_row, fetch_value
from app.lib.i18n import ZONE
from app.lib.keys import ring

SESSION = """
SELECT s.id, s.csrf_secret, s.last_seen_at, s.idle_until, s.valid_until, s.second_factor_at, m.id AS membership,
       m.role, m.administers, a.id AS account, a.kind, a.trained_until >= $2 AS trained, a.language,
       a.data_key, a.given_name, a.family_name,
       o.id AS organisation, o.name AS organisation_name,
       (SELECT count(*) FROM membership p WHERE p.account = a.id
        AND p.valid_from <= $2 AND (p.valid_to IS NULL OR p.valid_to >= $2)) AS places,
       ARRAY(SELECT ROW(p.id, l.relationship, l.rights, l.beyond, p.data_key, p.birth_date)
             FROM patient_link l JOIN patient m ON m.id = l.patient
             JOIN patient p ON p.id = m.root AND p.removed_at IS NULL
             WHERE l.account = a.id
             AND l.valid_from <= $2 AND (l.valid_to IS NULL OR l.valid_to >= $2)) AS links,
       ARRAY(SELECT p.root FROM break_glass g JOIN patient p ON p.id = g.patient
             WHERE g.account = a.id AND g.valid_until > $3) AS opened,
       h.id AS handover, h.visit, h.voice, h.relative_account,
       ARRAY(SELECT e.id FROM handover e WHERE e.visit = h.visit AND e.voice = h.voice
             AND e.relative IS NOT DISTINCT FROM h.relative) AS same_handovers
FROM session s
JOIN account a ON a.id = s.account AND a.closed_at IS NULL
LEFT JOIN membership m ON m.id = s.membership
    AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
LEFT JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL
LEFT JOIN handover h ON h.session = s.id AND h.ended_at IS NULL
WHERE s.token_hash = $1 AND s.closed_at IS NULL
"""

MEMBERSHIPS = """
SELECT m.id, m.organisation, o.name, m.profession
FROM membership m JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL
WHERE m.account = $1 AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
ORDER BY m.valid_from, m.id
"""

LAST_MEMBERSHIP = """
SELECT membership FROM session WHERE account = $1 AND membership IS NOT NULL ORDER BY created_at DESC LIMIT 1
"""

ATTEMPT = """
SELECT id, account, email_hash, method, channel, created_at, coalesce(code_sent_at, created_at) AS asked_at,
       valid_until, again
FROM sign_in_attempt WHERE used_at IS NULL AND
"""
OF_BROWSER = "token_hash = $1 AND session IS NULL"
OF_SESSION = f"session = $1 AND method = '{STEP_UP}' AND valid_until > $2 ORDER BY created_at DESC LIMIT 1"

# Two administrators gave the account to whoever opens the mailed link: until then the former ways in, mailbox included,
# open nothing. One that another took the place of (refused by nobody) holds on until it would have run out.
UNDER_RESET = """EXISTS (
    SELECT FROM account_reset r WHERE r.account = a.id AND r.confirmed_at IS NOT NULL AND r.used_at IS NULL
    AND r.valid_until > $2 AND (r.refused_at IS NULL OR r.refused_by IS NULL))"""

FACTORS = """
SELECT totp_secret IS NOT NULL AS authenticator, phone_verified_at IS NOT NULL AS phone,
       (SELECT count(*) FROM passkey p WHERE p.account = a.id AND p.revoked_at IS NULL) AS passkeys,
       (SELECT count(*) FROM recovery_code c WHERE c.account = a.id AND c.used_at IS NULL) AS recovery_codes
FROM account a WHERE id = $1
"""

# Whoever has a place in one of these centres today; nobody acts in one that is closed. {} says in which role.
PLACED = """
SELECT DISTINCT a.id, a.data_key, a.email, a.language
FROM account a JOIN membership m ON m.account = a.id
JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE o.time_zone)::date AS day) today
WHERE o.id = ANY($1) AND m.valid_from <= today.day AND (m.valid_to IS NULL OR m.valid_to >= today.day)
  AND {} AND a.closed_at IS NULL
ORDER BY a.id
"""
TEAM = PLACED.format("m.role = 'practitioner'")
ADMINISTRATORS = PLACED.format("(m.administers OR m.role = 'administrator')")
NETWORK = """
SELECT id, data_key, email, language FROM account WHERE kind = 'superadmin' AND closed_at IS NULL ORDER BY id
"""


def email_hash(email: str) -> bytes:
    """By what an address is found; the address itself is sealed."""
    return ring().lookup("account.email", email)


async def find_session(token_hash: bytes, at: datetime) -> tuple[Session, Actor] | None:
    """The session of a token and who it speaks for; also one that ran out, marked so."""
    row = await fetch_row(SESSION, token_hash, day_in(ZONE, at), at)
    if row is None:
        return None
    own = role_in(Kind(row["kind"]), row["organisation"] and row["role"])
    role = Role.TABLET if row["handover"] else own
    live = at < row["idle_until"] and at < row["valid_until"]
    session = Session(
        row["id"],
        row["account"],
        role,
        row["membership"],
        row["csrf_secret"],
        row["language"],
        row["last_seen_at"],
        row["places"],
        live,
        row["idle_until"],
        row["valid_until"],
    )
    return session, _borrower(row, own) if row["handover"] else _actor(row, role, day_in(ZONE, at))


async def made_for(account: UUID, form_token: str) -> bool:
    """Whether a page with this form token was drawn for this account, in this session or in a former one."""
    secret = csrf.secret_in(form_token)
    if secret is None:
        return False
    found = "SELECT EXISTS (SELECT FROM session WHERE account = $1 AND csrf_secret = $2)"
    return bool(await fetch_value(found, account, secret))


def _borrower(row: Row, owner: Role) -> Actor:
    """Whoever holds a tablet that was handed over: no name, no records, and no factor of its owner's.

    Where its owner has lost their place meanwhile, nothing is there any more.
    """
    lent = Lent(row["handover"], row["visit"], row["voice"], frozenset(row["same_handovers"]), row["relative_account"])
    organisation = row["organisation"] if owner is Role.PRACTITIONER else None
    return Actor(id=row["account"], role=Role.TABLET, organisation=organisation, lent=lent)


def _actor(row: Row, role: Role, today: date) -> Actor:
    given, family = _names(row["account"], row)
    own, rights, paused = _answered_for(row["links"], today)
    return Actor(
        id=row["account"],
        role=role,
        name=f"{given} {family}".strip(),
        given_name=given,
        patients=own | rights.keys(),
        rights=rights,
        paused=paused,
        organisation=row["organisation"],
        organisation_name=row["organisation_name"] or "",
        administers=bool(row["administers"] and row["organisation"]),
        opened=frozenset(row["opened"]),
        trained=bool(row["trained"]),
        factor_at=row["second_factor_at"],
    )


def _answered_for(
    links: Iterable[Sequence[Any]], today: date
) -> tuple[frozenset[UUID], dict[UUID, frozenset[Right]], frozenset[UUID]]:
    """Whose record is their own; what they may do for whom; for whom they may do nothing since those came of age."""
    own, rights, paused = set(), dict[UUID, frozenset[Right]](), set()
    for patient, relationship, given, beyond, data_key, birth_date in links:
        if relationship == "self":
            own.add(patient)
        elif not beyond and is_paused(birth_date_in(patient, data_key, birth_date), beyond, today):
            paused.add(patient)
        else:
            rights[patient] = rights.get(patient, frozenset()) | frozenset(map(Right, given))
    others = {patient: given for patient, given in rights.items() if patient not in own}
    return frozenset(own), others, frozenset(paused - own - others.keys())


def birth_date_in(patient: UUID, data_key: bytes, birth_date: bytes) -> str:
    """A patient's birth date as far as it is known, opened; empty where it cannot be read."""
    try:
        return ring().open(data_key, patient).open(birth_date, patient, "patient.birth_date")
    except (InvalidTag, KeyError):
        return ""


def _name(account: UUID, row: Row) -> str:
    return " ".join(_names(account, row)).strip()


def _names(account: UUID, row: Row) -> tuple[str, str]:
    key = ring().open(row["data_key"], account)
    given = key.open(row["given_name"], account, "account.given_name")
    family = key.open(row["family_name"], account, "account.family_name")
    return given, family


async def find_account_by_email(digest: bytes) -> Row | None:
    """The open account of an address: id, kind, password_hash, language."""
    return await fetch_row(
        "SELECT id, kind, password_hash, language FROM account WHERE email_hash = $1 AND closed_at IS NULL",
        digest,
    )


async def key_of(account: UUID) -> PersonKey:
    """The key under which what belongs to this person is sealed."""
    wrapped: bytes = await fetch_value("SELECT data_key FROM account WHERE id = $1", account)
    return ring().open(wrapped, account)


async def patient_of_address(digest: bytes) -> UUID | None:
    """The patient's account of an address, the only one that gets in by a code alone; none while it is being reset."""
    patient: UUID | None = await fetch_value(
        "SELECT a.id FROM account a WHERE a.email_hash = $1 AND a.kind = 'patient' AND a.closed_at IS NULL"
        f" AND NOT {UNDER_RESET}",
        digest,
        now(),
    )
    return patient


async def is_under_reset(account: UUID, at: datetime) -> bool:
    """Whether only the mailed link of a confirmed reset opens this account now."""
    return bool(await fetch_value(f"SELECT {UNDER_RESET} FROM account a WHERE a.id = $1", account, at))


async def get_email(account: UUID) -> str:
    """The address of an account, opened."""
    row = await fetch_row("SELECT id, data_key, email FROM account WHERE id = $1", account)
    if row is None:
        raise LookupError(f"no account {account}")
    return _email(row)


def _email(row: Row) -> str:
    return ring().open(row["data_key"], row["id"]).open(row["email"], row["id"], "account.email")


async def get_own_birth_date(account: UUID) -> str:
    """The birth date that somebody gave of themselves when they signed up; empty where they gave none."""
    row = await fetch_row("SELECT data_key, birth_date FROM account WHERE id = $1", account)
    if row is None or row["birth_date"] is None:
        return ""
    return ring().open(row["data_key"], account).open(row["birth_date"], account, "account.birth_date")


async def get_language(account: UUID) -> str:
    """The language the account is written to in."""
    language: str = await fetch_value("SELECT language FROM account WHERE id = $1", account)
    return language


async def get_phone(account: UUID) -> str | None:
    """The verified telephone number of an account, opened; None without one."""
    row = await fetch_row(
        "SELECT id, data_key, phone FROM account WHERE id = $1 AND phone_verified_at IS NOT NULL", account
    )
    if row is None or row["phone"] is None:
        return None
    return ring().open(row["data_key"], row["id"]).open(row["phone"], row["id"], "account.phone")


async def factors_of(account: UUID) -> Factors:
    """What this account has been given to prove itself with."""
    row = await fetch_row(FACTORS, account)
    return Factors(**row) if row else Factors(authenticator=False, passkeys=0, recovery_codes=0, phone=False)


async def find_attempt(token_hash: bytes) -> Attempt | None:
    """The attempt of a browser that has not led to a session yet."""
    row = await fetch_row(ATTEMPT + OF_BROWSER, token_hash)
    return _attempt(row) if row else None


async def find_step_up(session: UUID, at: datetime) -> Attempt | None:
    """The attempt of somebody signed in to confirm that it is they."""
    row = await fetch_row(ATTEMPT + OF_SESSION, session, at)
    return _attempt(row) if row else None


def _attempt(row: Row) -> Attempt:
    return Attempt(**{**row, "channel": Way(row["channel"])})


async def lock_attempt(attempt: UUID) -> Row | None:
    """The attempt's row, held; None once it was used."""
    return await fetch_row("SELECT * FROM sign_in_attempt WHERE id = $1 AND used_at IS NULL FOR UPDATE", attempt)


async def lock_account(account: UUID) -> Row | None:
    """An open account's row, held."""
    return await fetch_row("SELECT * FROM account WHERE id = $1 AND closed_at IS NULL FOR UPDATE", account)


async def list_memberships(account: UUID, day: date) -> list[Membership]:
    """Where this account works on that day, oldest place first."""
    return [Membership(*row) for row in await fetch(MEMBERSHIPS, account, day)]


async def membership_to_act_in(account: UUID, day: date) -> UUID | None:
    """The place this account last acted in, if it still holds; else its first; None without any."""
    held = [membership.id for membership in await list_memberships(account, day)]
    last = await fetch_value(LAST_MEMBERSHIP, account)
    return last if last in held else next(iter(held), None)


async def door_of(account: UUID, membership: UUID | None) -> Role:
    """As what somebody comes in through this place; which page comes first hangs on it."""
    row = await fetch_row(
        "SELECT a.kind, m.role FROM account a LEFT JOIN membership m ON m.id = $2 WHERE a.id = $1", account, membership
    )
    if row is None:
        raise LookupError(f"no account {account}")
    return role_in(Kind(row["kind"]), row["role"])


async def names_of(accounts: Collection[UUID]) -> dict[UUID, str]:
    """The names of these accounts."""
    rows = await fetch("SELECT id, data_key, given_name, family_name FROM account WHERE id = ANY($1)", list(accounts))
    return {row["id"]: _name(row["id"], row) for row in rows}


async def list_team_addresses(organisations: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """(account, e-mail, language) of everybody who follows patients in one of these centres today."""
    return _addressees(await fetch(TEAM, list(organisations)))


async def list_administrator_addresses(organisations: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """The same of those who look after the accounts of one of these centres."""
    return _addressees(await fetch(ADMINISTRATORS, list(organisations)))


async def list_network_addresses() -> list[tuple[UUID, str, str]]:
    """The same of those who look after the whole network."""
    return _addressees(await fetch(NETWORK))


def _addressees(rows: list[Row]) -> list[tuple[UUID, str, str]]:
    return [(row["id"], _email(row), row["language"]) for row in rows]


async def organisations_by_id(organisations: Collection[UUID]) -> dict[UUID, OrganisationName]:
    """The names of these centres."""
    rows = await fetch("SELECT id, code, name, city FROM organisation WHERE id = ANY($1)", list(organisations))
    return {row["id"]: OrganisationName(*row) for row in rows}
