"""Reading invitations of patients and of those close to them: rows come in sealed."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Scope
from app.access.rights import Right
from app.accounts.queries import email_hash
from app.lib.db import Row, fetch, fetch_row, fetch_value
from app.lib.keys import ring
from app.patients.invitations.model import Invitation
from app.patients.queries import ids_of

COLUMNS = """i.id, i.data_key, i.email, i.email_hash, i.language, s.root AS patient, i.patient AS written_under,
i.relationship, i.rights, i.beyond, i.beyond_on, i.organisation, i.invited_by, i.created_at, i.valid_until, i.sent_at,
i.bounced_at, i.opened_at, i.accepted_at, i.revoked_at, i.failures, i.proof_hash, i.account,
i.organisation = ANY (s.organisations) AS centre_follows"""
FROM = "FROM patient_invitation i JOIN patient_scope s ON s.patient = i.patient"
# In which centres' sight it is: every one that follows the patient, or the one that made it where sharing is withheld.
SEEN_BY = "seen_by(s.organisations, s.withheld, i.organisation)"
SCOPE = f"SELECT s.root, {SEEN_BY} AS organisations, s.withheld {FROM} WHERE i.id = $1"
WAITING = """
SELECT EXISTS (SELECT FROM patient_invitation WHERE patient = ANY($1) AND email_hash = $2
               AND relationship IS NOT DISTINCT FROM $3 AND accepted_at IS NULL AND revoked_at IS NULL
               AND valid_until > $4 AND failures < $5)
"""


def _invitation(row: Row) -> Invitation:
    kept = dict(row)
    key = ring().open(kept.pop("data_key"), row["id"])
    kept |= {
        "email": key.open(row["email"], row["id"], "patient_invitation.email"),
        "rights": frozenset(map(Right, row["rights"])),
    }
    return Invitation(**kept)


async def scope_of_invitation(invitation: UUID) -> Scope | None:
    row = await fetch_row(SCOPE, invitation)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def list_invitations(patient: UUID, centre: UUID | None = None) -> list[Invitation]:
    """All that were made to a record, the latest first; as far as a centre sees them, where one is given."""
    sql = f"""SELECT {COLUMNS} {FROM} WHERE i.patient = ANY($1) AND ($2::uuid IS NULL OR $2 = ANY ({SEEN_BY}))
              ORDER BY i.created_at DESC, i.id DESC"""
    return [_invitation(row) for row in await fetch(sql, await ids_of(patient), centre)]


async def find_by_token(token_hash: bytes) -> Invitation | None:
    """The invitation whose link holds this token; a former link of it finds nothing."""
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.token_hash = $1", token_hash)
    return None if row is None else _invitation(row)


async def lock_by_token(token_hash: bytes) -> Invitation | None:
    """The same, held: it is good once, and wrong birth dates are counted one by one."""
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.token_hash = $1 FOR UPDATE OF i", token_hash)
    return None if row is None else _invitation(row)


async def lock_invitation(invitation: UUID) -> Invitation | None:
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.id = $1 FOR UPDATE OF i", invitation)
    return None if row is None else _invitation(row)


async def is_invited(patient: UUID, email: str, relationship: UUID | None, tries: int, at: datetime) -> bool:
    """Whether a link to this address, for the same, still works."""
    return bool(await fetch_value(WAITING, await ids_of(patient), email_hash(email), relationship, at, tries))
