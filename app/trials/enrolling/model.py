"""Whether somebody can be enrolled: the rules of a protocol against what is known and what was answered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.trials.format.model import Facts, Trial
from app.trials.format.shapes import Eligibility


class Outcome(StrEnum):
    """What a screening came to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DECLINED = "declined"
    NO_CONSENT = "no_consent"


LONGEST_NOTE = 1_000
LONGEST_BACK_DAYS = 3_660
"""An inclusion is noted up to ten years later: registries take in people who were followed before."""


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
