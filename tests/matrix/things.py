"""One thing of each kind in Lyon and one in Brest, made by the product's own actions."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.accounts.actions.sessions import open_session
from app.accounts.invitations.actions import invite
from app.accounts.invitations.model import NewInvitation
from app.accounts.places.actions import request_place
from app.accounts.places.model import Wish
from app.accounts.resets.actions import ask_for_reset
from app.accounts.resets.model import NewReset
from app.consents.actions.collecting import begin
from app.consents.rendering import texts_in_use
from app.files.actions import keep_file
from app.files.model import Kind, Upload
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.actions import create_patient
from app.patients.affiliations.actions import ask_affiliation
from app.patients.affiliations.actions.leaving import ask_to_leave, end_following
from app.patients.affiliations.model import End
from app.patients.affiliations.queries import leaves_of, list_followings
from app.patients.asks.actions import ask_for_record
from app.patients.asks.model import NewAsk
from app.patients.dates import PartialDate
from app.patients.identity.actions import keep_entry
from app.patients.identity.model import Found
from app.patients.model import NewPatient
from app.patients.queries import patients_by_id
from app.responses.actions import score_response
from tests.alerts.stories import SUFFERING, draft, phq9
from tests.biology.stories import looked_at, report
from tests.consents.stories import consent_form
from tests.matrix.close import close_things
from tests.matrix.merged import merged_things
from tests.matrix.trials import trial_things
from tests.people import Cast
from tests.treatments.stories import treatment_things

WORLDS = ("lyon", "brest")
PASSKEY = """
INSERT INTO passkey (id, account, credential_id, public_key, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Things:
    """Ids by part of a path, in the order of WORLDS."""

    by_part: dict[str, tuple[UUID, UUID]]

    def of(self, world: str) -> dict[str, str]:
        return {part: str(pair[WORLDS.index(world)]) for part, pair in self.by_part.items()}


async def make(people: Cast) -> Things:
    """Fill both worlds."""
    sent = [await phq9(people, SUFFERING, who=who) for who in ("paul", "yann")]
    for response in sent:
        await score_response(response, at=clock.now())
    drafts = [await draft(people, {"q1": 1}, who=who) for who in ("paul", "yann")]
    return Things(
        {
            "patient_id": (people.paul_patient, people.yann_patient),
            "document_id": await _documents(people),
            "lab_report_id": (await report(people), await report(people, who="zoe", patient=people.yann_patient)),
            "lab_import_id": (await looked_at(people, "ines"), await looked_at(people, "zoe")),
            "response_id": (sent[0], sent[1]),
            "draft_id": (drafts[0], drafts[1]),
            "assignment_id": await _pair("SELECT id FROM assignment WHERE response = $1", drafts),
            "alert_id": await _pair("SELECT id FROM alert WHERE response = $1", sent),
            **await _of_followers(people),
            "consent_id": await _consents(people),
            **await treatment_things(people),
            **await _of_centres(people),
            **await _of_persons(people),
            **await merged_things(people),
            **await close_things(people),
            **await trial_things(people),
            **await _of_new_and_gone(people),
        }
    )


async def _documents(people: Cast) -> tuple[UUID, UUID]:
    """What Paul and Yann added to their own records."""
    upload = Upload("Bilan.txt", "text/plain", b"Rien de nouveau.")
    own = [
        (people[who].actor, patient) for who, patient in (("paul", people.paul_patient), ("yann", people.yann_patient))
    ]
    return _both([await keep_file(by, patient, upload, Kind.REPORT, at=clock.now()) for by, patient in own])


async def _of_followers(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    """Each centre asks about a patient of the other; Paul and Yann ask their centres for two things."""
    at, lyon, brest = clock.now(), people["ines"].actor, people["zoe"].actor
    known = {one.id: one.known for one in (await patients_by_id([people.paul_patient, people.yann_patient])).values()}
    of_lyon = await ask_affiliation(lyon, known[people.yann_patient], "", at=at)
    of_brest = await ask_affiliation(brest, known[people.paul_patient], "", at=at)
    question = "SELECT id FROM affiliation_request_record WHERE request = $1"
    asks, leaves = [], []
    for who, patient, centre in (
        ("paul", people.paul_patient, people.lyon),
        ("yann", people.yann_patient, people.brest),
    ):
        new = NewAsk(organisation=centre, relationship="other", typed=replace(known[patient], given_names="Ada"))
        asks.append(await ask_for_record(people[who].actor, new, at=at))
        for one in await list_followings(patient):
            await ask_to_leave(people[who].actor, patient, one.id, "", at=at)
        leaves.append((await leaves_of(patient))[0].id)
    return {
        "affiliation_request_id": (of_lyon, of_brest),
        "question_id": await _pair(question, [of_brest, of_lyon]),
        "leave_id": _both(leaves),
        "ask_id": _both(asks),
        "own_ask_id": _both(asks),
        "orphan_id": await _orphans(people),
    }


async def _orphans(people: Cast) -> tuple[UUID, UUID]:
    """Somebody whom each centre knew and follows no more, and whom the other asks about."""
    at, asked = clock.now(), []
    for former, asking, name in (("ines", "zoe", "Quilan"), ("zoe", "ines", "Ferlet")):
        new = NewPatient(given_names="Orphée", family_name=name, birth_date=PartialDate(1969, 3, 8), sex="unknown")
        patient = await create_patient(people[former].actor, new, at=at)
        await end_following(people[former].actor, patient, End.MOVED, clock.day_in(ZONE, at), at=at)
        asked.append(await ask_affiliation(people[asking].actor, new, "", at=at))
    return await _pair("SELECT id FROM affiliation_request_record WHERE request = $1", asked)


async def _consents(people: Cast) -> tuple[UUID, UUID]:
    """A form that the team has begun and nobody has signed."""
    await texts_in_use()
    begun = [
        await begin(people[head].actor, patient, consent_form(centre), at=clock.now())
        for head, patient, centre in (
            ("ines", people.paul_patient, people.lyon),
            ("zoe", people.yann_patient, people.brest),
        )
    ]
    return _both(begun)


async def _of_centres(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    """What administrators look after. Tom works in Lyon alone, Zoé in Brest."""
    centres, heads, at = (people.lyon, people.brest), ("ines", "zoe"), clock.now()
    workers = [people[who].account for who in ("tom", "zoe")]
    lucie = people["lucie"].account
    invited = [
        NewInvitation(
            organisation=centre,
            email=f"{head}.invites@example.org",
            given_name="Ada",
            family_name="Roy",
            language="fr",
            profession="nurse",
            role="practitioner",
            administers=False,
        )
        for centre, head in zip(centres, heads, strict=True)
    ]
    asked = [
        await ask_for_reset(people["sacha"].actor, NewReset(account, "Seen in person, with an identity card."), at=at)
        for account in workers
    ]
    return {
        "organisation_id": centres,
        "account_id": (workers[0], workers[1]),
        "membership_id": await _pair("SELECT id FROM membership WHERE account = $1", workers),
        "request_id": _both([await request_place(lucie, Wish("nurse", centre), at=at) for centre in centres]),
        "invitation_id": _both(
            [await invite(people[head].actor, new, at=at) for head, new in zip(heads, invited, strict=True)]
        ),
        "reset_id": _both(asked),
    }


async def _of_new_and_gone(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    """What Inès and Zoé typed to open a record, and a record of each centre that is out of sight."""
    at, entries, gone = clock.now(), [], []
    for who in ("ines", "zoe"):
        new = NewPatient(given_names=f"Ada {who}", family_name="Roy", birth_date=PartialDate(1990), sex="female")
        entries.append(await keep_entry(people[who].actor, new_id(), new, Found(), at=at))
        gone.append(await create_patient(people[who].actor, new, at=at))
        await execute("UPDATE patient SET removed_at = $2, removed_kind = 'mistake' WHERE id = $1", gone[-1], at)
    return {"entry_id": _both(entries), "removed_id": _both(gone)}


async def _of_persons(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    """Own things of Inès and of Zoé."""
    owners = [people[who].account for who in ("ines", "zoe")]
    for owner in owners:
        await open_session(owner, method="elsewhere", at=clock.now())
        key = ring().open(await fetch_value("SELECT data_key FROM account WHERE id = $1", owner), owner)
        passkey = new_id()
        name = key.seal("Telephone", passkey, "passkey.name")
        await execute(PASSKEY, passkey, owner, owner.bytes, b"key", name, clock.now())
    return {
        "session_id": await _pair("SELECT id FROM session WHERE account = $1 AND method = 'elsewhere'", owners),
        "passkey": await _pair("SELECT id FROM passkey WHERE account = $1", owners),
    }


def _both(ids: list[Any]) -> tuple[UUID, UUID]:
    one, other = ids
    assert isinstance(one, UUID)
    assert isinstance(other, UUID)
    return one, other


async def _pair(sql: str, ids: list[UUID]) -> tuple[UUID, UUID]:
    return _both([await fetch_value(sql, one) for one in ids])
