"""Reading consents: what was decided about somebody, what it allows, forms and texts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.consent import TRIAL, Decision, History, Purpose, Renewal, Use, withheld
from app.access.consent import allowed as consent_allows
from app.access.policy import Actor, Scope
from app.access.rights import of_age_on
from app.accounts.queries import birth_date_in
from app.consents import titles
from app.consents.model import (
    Answer,
    Form,
    Line,
    Method,
    Said,
    Signer,
    State,
    Text,
    contents_of,
    lines,
)
from app.lib import clock, db
from app.lib.i18n import ZONE
from app.lib.keys import ring

# Every id under which something of one person was written, whichever of them is asked for.
PERSON = "(SELECT m.id FROM patient m WHERE m.root = (SELECT r.root FROM patient r WHERE r.id = $1))"
# A yes counts once it is certified, a no at once.
SAID = f"""
SELECT d.id, d.purpose, d.answer, d.decided_at, d.consent, d.text, t.version, c.for_minor
FROM consent_decision d
JOIN consent c ON c.id = d.consent
JOIN consent_text t ON t.id = d.text
WHERE d.patient IN {PERSON} AND (d.answer <> 'given' OR c.state = 'in_force')
ORDER BY d.decided_at DESC, d.id DESC
"""
RENEWALS = """
SELECT purpose, version, ask_again_until FROM consent_text
WHERE published_at IS NOT NULL AND material AND ask_again_until IS NOT NULL
"""
BIRTH = """
SELECT r.id, r.data_key, r.birth_date FROM patient m JOIN patient r ON r.id = m.root WHERE m.id = $1
"""
SCOPE = """
SELECT s.root, s.withheld,
       CASE WHEN c.organisation IS NULL THEN s.organisations
            ELSE seen_by(s.organisations, s.withheld, c.organisation) END AS organisations
FROM consent c JOIN patient_scope s ON s.patient = c.patient
WHERE c.id = $1
"""
FORMS = """
SELECT c.id, c.patient, c.organisation, c.method, c.state, c.language, c.purposes, c.signer, c.signer_name,
       c.second_name, c.for_minor, c.assent, c.reason, c.paper, c.copy, c.begun_by, c.begun_at, c.signed_on,
       c.signed_at, c.certified_by, c.certified_at, p.data_key
FROM consent c JOIN patient p ON p.id = c.patient
"""
HOLD_RECORD = """
SELECT id FROM patient WHERE id = (SELECT p.root FROM consent c JOIN patient p ON p.id = c.patient WHERE c.id = $1)
FOR NO KEY UPDATE
"""
UNCOPIED = """
SELECT c.id FROM consent c JOIN patient m ON m.id = c.patient JOIN patient r ON r.id = m.root
WHERE c.state = 'in_force' AND c.copy IS NULL AND r.removed_at IS NULL ORDER BY c.id
"""
TEXTS = """
SELECT id, purpose, version, content, hash, material, ask_again_until, shipped, drafted_by, published_by, published_at,
       revision
FROM consent_text
"""
CURRENT = f"""
{TEXTS} t WHERE published_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM consent_text n WHERE n.purpose = t.purpose AND n.published_at IS NOT NULL AND n.version > t.version)
"""
DUE = """
SELECT DISTINCT p.root FROM consent_decision d JOIN patient p ON p.id = d.patient JOIN consent_text o ON o.id = d.text
JOIN consent c ON c.id = d.consent
WHERE d.answer = 'given' AND (c.for_minor OR EXISTS (
    SELECT FROM consent_text t WHERE t.purpose = d.purpose AND t.version > o.version AND t.published_at IS NOT NULL
    AND t.ask_again_until < $1))
UNION SELECT root FROM patient WHERE merged_into IS NOT NULL
ORDER BY 1
"""
NEWS = """
SELECT d.id, f.root AS patient, p.code, d.purpose, d.answer, d.decided_at, 'care' = ANY (f.withheld) AS closed
FROM consent_decision d
JOIN following f ON f.patient = d.patient AND f.organisation = $1
JOIN patient p ON p.id = f.root
WHERE d.answer <> 'given' AND d.decided_at >= $2
ORDER BY d.decided_at DESC, d.id LIMIT $3
"""
LATELY = timedelta(days=14)
MOST = 20


async def history_of(patient: UUID) -> tuple[History, list[Said]]:
    """All that was decided about a person, as the function takes it and as pages tell it, the newest first."""
    said = [_said(row) for row in await db.fetch(SAID, patient)]
    await learn_titles(one.decision.purpose for one in said)
    asked = [Renewal(*row) for row in await db.fetch(RENEWALS)]
    grown = await majority_of(patient) if any(one.decision.for_minor for one in said) else None
    return History(tuple(one.decision for one in said), tuple(asked), grown), said


def _said(row: db.Row) -> Said:
    answer = Answer(row["answer"])
    given = answer is Answer.GIVEN
    decision = Decision(row["id"], row["purpose"], given, row["decided_at"], row["version"], row["for_minor"])
    return Said(decision, answer, row["consent"], row["text"])


async def majority_of(patient: UUID) -> date:
    """The first day on which a person might be of age; of a birth date that cannot be read, any day may be it."""
    row = await db.fetch_row(BIRTH, patient)
    if row is None:
        raise LookupError(f"no patient {patient}")
    try:
        return of_age_on(birth_date_in(row["id"], row["data_key"], row["birth_date"]))
    except ValueError:
        return date.min


async def is_minor(patient: UUID, day: date) -> bool:
    """Whether the person is certainly not of age yet on that day."""
    return day < await majority_of(patient)


def today() -> date:
    return clock.day_in(ZONE, clock.now())


async def withheld_of(patient: UUID, day: date, asked: Iterable[str] = ()) -> frozenset[str]:
    """What is not allowed about a person on a day, worked out anew."""
    history, _ = await history_of(patient)
    return withheld(history, day, asked)


async def allowed(patient: UUID, use: Use, trial: str = "") -> bool:
    """Whether consent leaves room for this use today; for jobs, exports and interfaces. `patient`: any of their ids."""
    asked = [f"{TRIAL}{trial}"] if trial else []
    return consent_allows(await withheld_of(patient, today(), asked), use, trial)


async def lines_of(patient: UUID, day: date) -> tuple[list[Line], list[Said]]:
    """Where each purpose stands, and every decision, the newest first."""
    history, said = await history_of(patient)
    return lines(history, said, day), said


async def closed_since(patient: UUID) -> datetime | None:
    """When the person said the no that closes their record; None if they did not."""
    _, said = await history_of(patient)
    newest = next((one for one in said if one.decision.purpose == Purpose.CARE), None)
    return newest.decision.at if newest is not None and newest.answer is not Answer.GIVEN else None


async def scope_of_consent(consent: UUID) -> Scope | None:
    """What a person signed themselves belongs to all their centres; what a centre collected follows `sharing`."""
    row = await db.fetch_row(SCOPE, consent)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


def _form(row: db.Row) -> Form:
    parts = dict(row)
    key, form = ring().open(parts.pop("data_key"), row["patient"]), row["id"]
    opened = {
        name: key.open_or_empty(row[name], form, f"consent.{name}") for name in ("signer_name", "second_name", "reason")
    }
    coded = {
        "method": Method(row["method"]),
        "state": State(row["state"]),
        "signer": Signer(row["signer"]),
        "purposes": tuple(row["purposes"]),
    }
    return Form(**{**parts, **opened, **coded})


async def get_form(consent: UUID) -> Form:
    row = await db.fetch_row(f"{FORMS} WHERE c.id = $1", consent)
    if row is None:
        raise LookupError(f"no consent {consent}")
    return _form(row)


async def lock_form(consent: UUID) -> Form:
    """The form, held until the transaction ends. The record that stands for the person is held first, as merging does:
    who holds both in the other order would wait for it for ever."""
    await db.fetch_row(HOLD_RECORD, consent)
    row = await db.fetch_row(f"{FORMS} WHERE c.id = $1 FOR UPDATE OF c", consent)
    if row is None:
        raise LookupError(f"no consent {consent}")
    return _form(row)


async def list_uncopied() -> list[UUID]:
    """The forms in force without a copy, the oldest first; of a record that was removed none can be kept."""
    return [row["id"] for row in await db.fetch(UNCOPIED)]


async def list_forms(patient: UUID) -> list[Form]:
    """Everything somebody signed or has begun, the newest first."""
    found = await db.fetch(f"{FORMS} WHERE c.patient IN {PERSON} ORDER BY c.begun_at DESC, c.id DESC", patient)
    await learn_titles(purpose for row in found for purpose in row["purposes"])
    return [_form(row) for row in found]


async def decisions_of(consent: UUID) -> list[tuple[str, Answer, Text]]:
    """What a form says: (purpose, answer, text), in the order of its purposes."""
    rows = await db.fetch("SELECT purpose, answer, text FROM consent_decision WHERE consent = $1", consent)
    texts = await texts_by_id([row["text"] for row in rows])
    purposes = (await get_form(consent)).purposes
    said = [(row["purpose"], Answer(row["answer"]), texts[row["text"]]) for row in rows]
    return sorted(said, key=lambda one: purposes.index(one[0]) if one[0] in purposes else len(purposes))


def _text(row: db.Row) -> Text:
    parts = dict(row)
    contents = contents_of(parts.pop("content"))
    return Text(**parts, contents=contents)


async def texts_by_id(texts: Collection[UUID]) -> dict[UUID, Text]:
    rows = await db.fetch(f"{TEXTS} WHERE id = ANY($1)", list(texts))
    return {row["id"]: _text(row) for row in rows}


async def current_texts() -> dict[str, Text]:
    """The newest published text of each purpose, those asked of everybody first."""
    found = {row["purpose"]: _text(row) for row in await db.fetch(CURRENT)}
    for text in found.values():
        titles.keep(text.purpose, text.contents)
    order = [*map(str, Purpose), *sorted(set(found) - set(Purpose))]
    return {purpose: found[purpose] for purpose in order if purpose in found}


async def learn_titles(purposes: Iterable[str]) -> None:
    """Know what the texts of trials are called, for words that name them; those known already are not read again."""
    if titles.unknown(purposes):
        await current_texts()


async def known_purposes() -> set[str]:
    """Those of which there is any text."""
    return {row["purpose"] for row in await db.fetch("SELECT DISTINCT purpose FROM consent_text")}


async def list_texts() -> list[Text]:
    """Every version of every text, the newest first."""
    return [_text(row) for row in await db.fetch(f"{TEXTS} ORDER BY purpose, version DESC")]


async def find_text(purpose: str, version: int) -> Text | None:
    row = await db.fetch_row(f"{TEXTS} WHERE purpose = $1 AND version = $2", purpose, version)
    return None if row is None else _text(row)


async def find_current(purpose: str) -> Text | None:
    """The text in use of one purpose."""
    row = await db.fetch_row(f"{CURRENT} AND purpose = $1", purpose)
    return None if row is None else _text(row)


async def lock_draft(purpose: str) -> Text | None:
    """The draft of a purpose, held; None if there is none."""
    row = await db.fetch_row(f"{TEXTS} WHERE purpose = $1 AND published_at IS NULL FOR UPDATE", purpose)
    return None if row is None else _text(row)


async def list_due(day: date) -> list[UUID]:
    """The people for whom the passing of time, or a merge, may have changed what is allowed."""
    return [row["root"] for row in await db.fetch(DUE, day)]


@dataclass(frozen=True, slots=True)
class News:
    """Somebody whom a centre follows said no lately. By code: their record may be closed."""

    decision: UUID
    patient: UUID
    code: str
    purpose: str
    answer: Answer
    at: datetime
    closed: bool


async def list_news(by: Actor, at: datetime) -> list[News]:
    """The latest first."""
    rows = await db.fetch(NEWS, by.organisation, at - LATELY, MOST)
    await learn_titles(row["purpose"] for row in rows)
    return [
        News(r["id"], r["patient"], r["code"], r["purpose"], Answer(r["answer"]), r["decided_at"], r["closed"])
        for r in rows
    ]


async def list_unmailed(consent: UUID, accounts: Collection[UUID], kind: str) -> set[UUID]:
    """Which of these accounts were not told of this form yet."""
    sql = "SELECT account FROM consent_notice WHERE consent = $1 AND kind = $2"
    return set(accounts) - {row["account"] for row in await db.fetch(sql, consent, kind)}


async def followers_of(patient: UUID) -> list[UUID]:
    """The centres that follow the person, whatever they allow."""
    row = await db.fetch_row("SELECT organisations FROM patient_scope WHERE patient = $1", patient)
    return [] if row is None else list(row["organisations"])


async def followers_of_form(consent: UUID) -> list[UUID]:
    """The same of the person whom a form is about."""
    patient = await db.fetch_value("SELECT patient FROM consent WHERE id = $1", consent)
    return await followers_of(patient) if patient else []


async def root_of(patient: UUID) -> UUID:
    """The record that stands for a person now."""
    root: UUID = await db.fetch_value("SELECT root FROM patient WHERE id = $1", patient)
    return root


async def code_of(patient: UUID) -> str:
    """By what a record is named where nobody may know whose it is."""
    code: str = await db.fetch_value(
        "SELECT r.code FROM patient m JOIN patient r ON r.id = m.root WHERE m.id = $1", patient
    )
    return code
