"""Who may take part, and what they sign first. Pure: the answers and facts are passed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.trials.format.model import Facts, Trial
from app.trials.format.shapes import Consent, Eligibility


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and whether it is met; None where that is not known. `computed`: nobody is asked."""

    rule: Eligibility
    met: bool | None
    computed: bool


def verdicts(trial: Trial, facts: Facts, day: date, answers: Mapping[str, bool | None]) -> list[Verdict]:
    """Every rule of the trial in its order. `answers`: rule id → yes or no, for those that are asked."""
    env = facts.on(day)
    out = []
    for rule in trial.file.eligibility:
        found = trial.conditions[rule.rule].run(env) if rule.rule is not None else answers.get(rule.id)
        out.append(Verdict(rule, None if found is None else found is rule.must_be, rule.rule is not None))
    return out


def consents_for(trial: Trial, facts: Facts, day: date) -> list[Consent]:
    """The texts that somebody is asked to sign on that day, in the order of the file.

    A condition that is unknown, for want of a birth date, does not spare anybody a signature.
    """
    env = facts.on(day)
    every = trial.file.consents
    return [one for one in every if one.only_if is None or trial.conditions[one.only_if].run(env) is not False]
