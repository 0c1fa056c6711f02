"""Whether somebody can be enrolled: the rules of a protocol against what is known and what was answered. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.consents.model import Line, Signer
from app.trials.format.calendar import Asked, Planned
from app.trials.format.model import Facts, Trial
from app.trials.format.shapes import Consent, Eligibility
from app.trials.format.spans import add
from app.trials.model import Visit


class Outcome(StrEnum):
    """What a screening came to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DECLINED = "declined"
    NO_CONSENT = "no_consent"


LONGEST_NOTE = 1_000
LONGEST_BACK_DAYS = 3_660
"""An inclusion is noted up to ten years later: registries take in people who were followed before."""
LONGEST_AHEAD_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What was asked of a person before they join: answers by the id of each rule that is asked; a note, sealed.

    `line`: the id that the line of the log shall have, so that the same form sent twice writes one.
    """

    patient: UUID
    trial: str
    answers: Mapping[str, bool | None]
    note: str = ""
    line: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How somebody joins. `events`: days that visits count from and that are known already."""

    included_on: date
    arm: str | None = None
    events: Mapping[str, date] | None = None


def in_reach(day: date, today: date) -> bool:
    """Whether an inclusion may be dated like this."""
    return today - timedelta(days=LONGEST_BACK_DAYS) <= day <= today + timedelta(days=LONGEST_AHEAD_DAYS)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule: what was found (None: not known), and whether it is met."""

    rule: Eligibility
    found: bool | None
    asked: bool

    @property
    def met(self) -> bool:
        return self.found is self.rule.must_be


def judge(trial: Trial, facts: Facts, answers: Mapping[str, bool | None], day: date) -> list[Judged]:
    """Every rule in the order of the file: computed where it says how, else as it was answered."""
    known = facts.on(day)
    judged = []
    for rule in trial.file.eligibility:
        asked = rule.rule is None
        found = answers.get(rule.id) if asked else trial.conditions[rule.rule or ""].run(known)
        judged.append(Judged(rule, found if isinstance(found, bool) else None, asked))
    return judged


def failed(judged: list[Judged]) -> list[str]:
    """The ids of the rules that are not met, unknown ones among them."""
    return [one.rule.id for one in judged if not one.met]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One text of a protocol: where the person's decision stands, and whether whoever must sign has.

    `signer`: who did, None where nobody has. `collectable`: there is a text to be signed.
    """

    consent: Consent
    line: Line
    signer: Signer | None
    rightly_signed: bool
    collectable: bool

    @property
    def needed(self) -> bool:
        return self.consent.needed_for == "enrolment"

    @property
    def met(self) -> bool:
        return self.line.allowed and self.rightly_signed


# Who stands for a child is whoever answers for them; where both parents must, one who holds authority alone signs as
# the guardian.
FOR_CHILDREN = frozenset({Signer.PROXY, Signer.ONE_PARENT, Signer.BOTH_PARENTS, Signer.GUARDIAN})


def signs_for(wanted: str, signer: Signer, *, minor: bool) -> bool:
    """Whether this signature is one that the protocol asks for.

    >>> [signs_for("both_parents", one, minor=True) for one in (Signer.BOTH_PARENTS, Signer.GUARDIAN, Signer.PROXY)]
    [True, True, False]
    >>> signs_for("patient", Signer.PROXY, minor=True), signs_for("patient", Signer.GUARDIAN, minor=False)
    (True, False)
    """
    if wanted == "both_parents":
        return signer in {Signer.BOTH_PARENTS, Signer.GUARDIAN}
    if minor:
        return signer in FOR_CHILDREN
    return signer is Signer.PATIENT if wanted == "patient" else signer in {Signer.GUARDIAN, Signer.PROXY}


def rightly_signed(consent: Consent, signer: Signer | None, *, minor: bool) -> bool:
    """Whether one of those signed whom the protocol names."""
    return signer is not None and any(signs_for(wanted, signer, minor=minor) for wanted in consent.signed_by)


@dataclass(frozen=True, slots=True)
class Shared:
    """A questionnaire that one answer settles in two visits. `here`: an answer for the other visit counts in this one;
    else only what is answered in this one counts in the other."""

    questionnaire: str
    visit: Visit
    here: bool


def shared_with(planned: Planned, others: Iterable[Visit]) -> list[Shared]:
    """What this planned visit and those of other trials both ask while an answer counts for both, each once."""
    found: dict[tuple[str, str], Shared] = {}
    for visit in others:
        for mine, theirs in _both_ask(planned.questionnaires, visit):
            here = _reaches(mine, planned.permitted, visit)
            if here or _counts_there(theirs, planned.permitted, visit):
                known = found.get((mine.key, visit.key))
                if known is None or (here and not known.here):
                    found[mine.key, visit.key] = Shared(mine.key, visit, here)
    return list(found.values())


def _both_ask(mine: Iterable[Asked], visit: Visit) -> list[tuple[Asked, Asked]]:
    theirs = {(one.key, one.who): one for one in visit.asked}
    pairs = [(one, theirs[one.key, one.who]) for one in mine if (one.key, one.who) in theirs]
    return [(one, other) for one, other in pairs if not one.version or other.version in {None, one.version}]


def _reaches(mine: Asked, days: tuple[date, date], other: Visit) -> bool:
    """Whether an answer given for the other visit can still count in these days."""
    if mine.reuse is None or other.window is None:
        return False
    return other.window.permitted[0] <= days[1] and other.window.permitted[1] >= add(days[0], mine.reuse.times(-1))


def _counts_there(theirs: Asked, days: tuple[date, date], other: Visit) -> bool:
    """Whether an answer given in these days can count in the other visit."""
    if theirs.reuse is None or other.window is None:
        return False
    first, last = other.window.permitted
    return days[0] <= last and days[1] >= add(first, theirs.reuse.times(-1))


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the screening log. `code`: of the record; empty where its owner closed it. `there`: the centre still
    follows the person. `enrolment`: the one that it led to. Unmet rules by id, of the version that was asked then."""

    id: UUID
    patient: UUID
    code: str
    there: bool
    version: UUID
    outcome: Outcome
    failed: tuple[str, ...]
    note: str
    enrolment: UUID | None
    screened_by: UUID
    screened_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """People whom a centre considered for a trial, each once, by where it stands now. `reasons`: by unmet rule."""

    screened: int
    enrolled: int
    not_eligible: int
    declined: int
    no_consent: int
    reasons: Mapping[str, int]


def counted(people: Collection[tuple[bool, Outcome, Iterable[str]]]) -> Counts:
    """Counts of (was enrolled, the latest outcome, its unmet rules), one for each person.

    >>> counted([(True, Outcome.DECLINED, []), (False, Outcome.NOT_ELIGIBLE, ["adult"])]).reasons
    {'adult': 1}
    """
    left = [(outcome, unmet) for enrolled, outcome, unmet in people if not enrolled]
    reasons: dict[str, int] = {}
    for outcome, unmet in left:
        for rule in unmet if outcome is Outcome.NOT_ELIGIBLE else ():
            reasons[rule] = reasons.get(rule, 0) + 1
    tally = {one: sum(outcome is one for outcome, _ in left) for one in Outcome}
    return Counts(
        screened=len(people),
        enrolled=len(people) - len(left),
        not_eligible=tally[Outcome.NOT_ELIGIBLE],
        declined=tally[Outcome.DECLINED],
        no_consent=tally[Outcome.NO_CONSENT],
        reasons=dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
    )
