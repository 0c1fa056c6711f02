"""What a signature under a visit holds, and what stands against signing. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from app.responses.model import Kept, Response
from app.trials.model import Visit


class Cause(StrEnum):
    """Why a signature holds no longer. `answered`: what somebody had begun was sent after it."""

    BY_HAND = "by_hand"
    CORRECTED = "corrected"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature under a visit. `patient` is the record it was written under; `pins`: each answer → its version."""

    id: UUID
    patient: UUID
    visit: UUID
    signed_by: UUID
    profession: str
    signed_at: datetime
    pins: Mapping[str, int]
    content_hash: bytes
    undone_at: datetime | None = None
    undone_by: UUID | None = None
    undone_cause: Cause | None = None
    reason: str = ""
    """Why it was withdrawn by hand; read only where it is shown."""

    @property
    def undone(self) -> bool:
        return self.undone_at is not None


def pins_of(kept: Iterable[Kept]) -> dict[str, int]:
    """Each answer and its version."""
    return {str(one.answer): one.version for one in kept}


def named(response: Response) -> str:
    """A response with what it answers, and in whose voice."""
    return f"{response.id} {response.questionnaire.key} {response.questionnaire.version} {response.answered_by}"


def content_hash(visit: Visit, responses: Iterable[str], kept: Iterable[Kept]) -> bytes:
    """SHA-256 over what a signature stands for: when and how the visit was held, which responses (`named`), every
    answer with the question that it answers.

    Neither the order of what is passed in nor the record it is attributed to matters.
    """
    held = (visit.id, visit.visit, visit.number, visit.started_on, visit.completed_on, visit.skipped_on)
    answers = sorted(
        (str(one.answer), str(one.response), one.item, str(one.row), one.version, one.value or "", one.gone)
        for one in kept
    )
    what = [*map(str, held), visit.skip_reason, sorted(responses), answers]
    return hashlib.sha256(msgspec.json.encode(what)).digest()


class Point(StrEnum):
    """What somebody who signs is told of. The first four stand in the way; the others are confirmed."""

    NOT_OVER = "not_over"
    SIGNED = "signed"
    NOT_SCORED = "not_scored"
    OPEN_FINDING = "open_finding"
    MISSING = "missing"
    NOT_SENT = "not_sent"
    OUT_OF_WINDOW = "out_of_window"
    NOT_SHARED = "not_shared"
    CONSENT = "consent"
    CONSENT_WAITS = "consent_waits"


BLOCKING = frozenset({Point.NOT_OVER, Point.SIGNED, Point.NOT_SCORED, Point.OPEN_FINDING})


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the list before signing; `about`: keys of questionnaires, or ids of data checks."""

    point: Point
    about: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.point in BLOCKING


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a visit before it is signed. Questionnaires by key, findings by the id of their check.

    `not_shared`: answered at another centre, and not this one's to read. `withheld`: the person does not allow the
    trial, or was never asked. `waits`: for an amendment to be agreed to.
    """

    missing: tuple[str, ...] = ()
    not_sent: tuple[str, ...] = ()
    not_scored: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    not_shared: tuple[str, ...] = ()
    withheld: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """Everything to be read before signing, and the hash of what would be signed.

    `revision`: of the visit, so that a page of before a signature was withdrawn does not sign again.
    """

    remarks: tuple[Remark, ...]
    content: bytes
    revision: int

    @property
    def blocking(self) -> list[Remark]:
        return [one for one in self.remarks if one.blocks]

    @property
    def to_confirm(self) -> list[Remark]:
        return [one for one in self.remarks if not one.blocks]

    @property
    def seen(self) -> str:
        """Changes with whatever is signed or said on the page: what comes back is what was read."""
        said = [[one.point, *one.about] for one in self.remarks]
        return hashlib.sha256(self.content + msgspec.json.encode([self.revision, said])).hexdigest()


def remarks_on(visit: Visit, known: Known) -> tuple[Remark, ...]:
    """What stands in the way of a signature, and what must be confirmed, in the order of Point."""
    held = visit.completed_on
    found = {
        Point.NOT_OVER: visit.completed_on is None and visit.skipped_on is None,
        Point.SIGNED: visit.locked,
        Point.NOT_SCORED: known.not_scored,
        Point.OPEN_FINDING: known.findings,
        Point.MISSING: known.missing,
        Point.NOT_SENT: known.not_sent,
        Point.OUT_OF_WINDOW: held is not None and _outside(visit, visit.started_on or held),
        Point.NOT_SHARED: known.not_shared,
        Point.CONSENT: known.withheld,
        Point.CONSENT_WAITS: known.waits,
    }
    return tuple(
        Remark(point, tuple(about) if isinstance(about, tuple) else ()) for point, about in found.items() if about
    )


def _outside(visit: Visit, day: date) -> bool:
    if visit.window is None:
        return False
    first, last = visit.window.permitted
    return not first <= day <= last
