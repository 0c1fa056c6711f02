"""The data checks of a trial, run over the values of one visit. Opening queries is done elsewhere. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.questionnaires.expressions.kinds import Env
from app.trials.format.model import CompiledCheck, Trial

Values = Mapping[str, Mapping[str, Any]]
"""Questionnaire → item or score → value, as expressions read it: a scored choice is its score; missing is absent."""


def checks_of(trial: Trial, visit_id: str) -> list[CompiledCheck]:
    """The checks that a visit can run: those meant for it, all of whose questionnaires it asks."""
    asked = {use.key for module in trial.modules[visit_id] for use in module.questionnaires}
    return [
        one
        for one in trial.checks
        if (one.check.visits is None or visit_id in one.check.visits)
        and all(key in asked for key, _ in one.uses.values())
    ]


def doubtful(trial: Trial, visit_id: str, values: Values, env: Env) -> Iterator[CompiledCheck]:
    """The checks that ask for a query. One that lacks a value says nothing. `env`: `Facts.on` of the visit's day."""
    for one in checks_of(trial, visit_id):
        named = {alias: values.get(key, {}).get(name) for alias, (key, name) in one.uses.items()}
        if one.node.run({**env, **named}) is True:
            yield one
