"""One patient's record as a team reads it: what is asked, what was sent, what waits for the worker. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app.access.policy import OWN_VOICE
from app.alerts.model import Alert
from app.assignments.model import Assignment
from app.dashboard.categories import TABS, Tab
from app.patients.model import Patient
from app.questionnaires.model import Questionnaire
from app.responses.model import DatedScore, Response, StoredScore


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that the tabs of a record show. `questionnaires` holds those that are only asked, by key.

    `followed_by`: the practitioner who follows the person in the reader's centre.
    """

    patient: Patient
    assignments: tuple[Assignment, ...]
    responses: tuple[Response, ...]
    scores: tuple[DatedScore, ...]
    alerts: tuple[Alert, ...]
    questionnaires: Mapping[str, Questionnaire]
    followed_by: str = ""

    @property
    def sent(self) -> list[Response]:
        return [one for one in self.responses if one.submitted_at is not None]

    @property
    def waiting(self) -> list[Assignment]:
        return [one for one in self.assignments if one.waiting]

    @property
    def asked(self) -> list[Assignment]:
        """What waits for the patient or a relative."""
        return [one for one in self.waiting if one.answered_by in OWN_VOICE]

    @property
    def for_team(self) -> list[Assignment]:
        return [one for one in self.waiting if one.answered_by not in OWN_VOICE]

    @property
    def open_alerts(self) -> list[Alert]:
        return [one for one in self.alerts if one.is_open]

    @property
    def empty(self) -> bool:
        return not self.sent and not self.waiting

    def scores_of(self, response: UUID) -> list[StoredScore]:
        return [one.score for one in self.scores if one.score.response == response]

    @property
    def pending(self) -> list[Response]:
        """What was sent and waits to be scored."""
        return [one for one in self.sent if is_pending(one, self.scores_of(one.id))]

    def within(self, tab: Tab | None) -> "Record":
        """The same record with the questionnaires of one tab alone."""
        if tab is None:
            return self
        keys = {key for key, q in self.questionnaires.items() if TABS[q.file.category] is tab}
        return Record(
            self.patient,
            tuple(one for one in self.assignments if one.questionnaire in keys),
            tuple(one for one in self.responses if TABS[one.questionnaire.file.category] is tab),
            self.scores,
            self.alerts,
            self.questionnaires,
            self.followed_by,
        )

    def fingerprint(self) -> str:
        """Changes whenever something that the pages show has changed."""
        parts: Iterable[object] = (
            [(one.id, one.state, one.due_on) for one in self.assignments],
            [(one.id, one.state, one.revision) for one in self.responses],
            [(one.score.response, one.score.score_id, one.score.stale, one.score.computed_at) for one in self.scores],
            [(one.id, one.acknowledged_at) for one in self.alerts],
        )
        return sha256(repr(parts).encode()).hexdigest()[:16]


def is_pending(response: Response, scores: Collection[StoredScore]) -> bool:
    """Whether the worker has still to score what was sent."""
    if response.submitted_at is None or not response.questionnaire.scores:
        return False
    return not scores or any(score.stale for score in scores)
