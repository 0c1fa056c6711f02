"""What somebody is asked to sign before they take part. Whether they have signed is not known here. Pure."""

from datetime import date

from app.trials.format.model import Facts, Trial
from app.trials.format.shapes import Consent


def consents_for(trial: Trial, facts: Facts, day: date) -> list[Consent]:
    """The texts that somebody is asked to sign on that day, in the order of the file.

    A condition that is unknown, for want of a birth date, does not spare anybody a signature.
    """
    env = facts.on(day)
    every = trial.file.consents
    return [one for one in every if one.only_if is None or trial.conditions[one.only_if].run(env) is not False]
