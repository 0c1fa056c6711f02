"""What a trial file says of checking and reminding: source data verification, data checks, reminders."""

import re
from datetime import time

from app.questionnaires.expressions.kinds import Symbol
from app.trials.format.checking.findings import Findings
from app.trials.format.model import CompiledCheck
from app.trials.format.reminders import is_quiet
from app.trials.format.shapes import DataCheck, Reminder, Visit

MOST_REMINDERS = 10
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)


def check_sdv(found: Findings) -> None:
    sdv = found.file.sdv
    sample = sdv.percent is not None and sdv.seed is not None and 1 <= sdv.percent <= 100
    if sdv.plan == "sample" and not sample:
        remedy = "Add both, so that the sample can be drawn again."
        found.say("T19", "$.sdv", "A sample needs percent: (1 to 100) and seed:.", remedy)
    if sdv.plan != "sample" and (sdv.percent is not None or sdv.seed is not None):
        found.say("T19", "$.sdv", f"percent: and seed: have no meaning for {sdv.plan}.", "Remove them.")
    if sdv.plan == "critical" and not sdv.critical:
        found.say("T19", "$.sdv", "No value is said to be critical.", "Add critical: [questionnaire.item].")
    for i, written in enumerate(sdv.critical):
        place = f"$.sdv.critical[{i}]"
        if _symbol(found, written, place) and not _visits_asking(found, {written.partition(".")[0]}):
            message = f"No visit asks '{written.partition('.')[0]}'."
            found.say("T36", place, message, "Add it to a visit, or remove it here.")


def _symbol(found: Findings, written: str, place: str) -> Symbol | None:
    """The item or score of a reference, or None after saying that there is none."""
    key, _, name = written.partition(".")
    q = found.questionnaire(key)
    symbol = q.symbols.get(name) if q else None
    if symbol is None or symbol.origin not in ("item", "score") or symbol.group is not None:
        remedy = "Write questionnaire.item or questionnaire.score; an item of a repeating group cannot stand here."
        found.say("T20", place, f"'{written}' is no item or score of a questionnaire.", remedy)
        return None
    return symbol


def _visits_asking(found: Findings, keys: set[str]) -> list[Visit]:
    return [visit for visit in found.file.visits if keys <= found.asked_in(visit)]


def check_data_checks(found: Findings) -> None:
    seen: set[str] = set()
    for i, check in enumerate(found.file.data_checks):
        place = f"$.data_checks[{i}]"
        found.identifier(check.id, f"{place}.id", seen)
        found.text(check.message, f"{place}.message")
        _check_data_check(found, check, place)


def _check_data_check(found: Findings, check: DataCheck, place: str) -> None:
    symbols, uses = found.visit_symbols(), {}
    taken = set(symbols)
    for alias, written in check.uses.items():
        below = f"{place}.uses.{alias}"
        found.identifier(alias, below, taken)
        if symbol := _symbol(found, written, below):
            uses[alias] = (written.partition(".")[0], written.partition(".")[2])
            symbols[alias] = Symbol(alias, symbol.kind, "item", symbol.interval, symbol.codes)
    _check_where(found, check, {key for key, _ in uses.values()}, place)
    complete = len(uses) == len(check.uses)
    if complete and (node := found.compile(check.query_if, f"{place}.query_if", symbols)):
        found.checks.append(CompiledCheck(check, node, uses))
        for alias in sorted(set(uses) - set(node.names)):
            message = f"'{alias}' is not used by the condition."
            found.warn("T35", f"{place}.uses.{alias}", message, "Remove it.")


def _check_where(found: Findings, check: DataCheck, keys: set[str], place: str) -> None:
    known = {visit.id for visit in found.file.visits}
    for name in check.visits or ():
        if name not in known:
            found.say("T21", f"{place}.visits", f"There is no visit '{name}'.", "Name a visit of this file.")
    asking = {visit.id for visit in _visits_asking(found, keys)}
    wanted = known if check.visits is None else set(check.visits) & known
    if not asking & wanted:
        message = f"No visit asks {' and '.join(sorted(keys)) or 'anything'} for this check: it could never run."
        found.say("T35", f"{place}.uses", message, "Use what one visit asks, or add it there.")


def check_reminders(found: Findings) -> None:
    seen: set[str] = set()
    for i, reminder in enumerate(found.file.reminders):
        place = f"$.reminders[{i}]"
        found.identifier(reminder.id, f"{place}.id", seen)
        found.span(reminder.first, f"{place}.first")
        step = found.span(reminder.every, f"{place}.every")
        if step is not None and step.months <= 0 and step.days <= 0:
            found.say("T22", f"{place}.every", "The step does not go forward.", "Write e.g. 3 days.")
        if not 1 <= reminder.at_most <= MOST_REMINDERS:
            message = f"{reminder.at_most} reminders is not sensible."
            found.say("T22", f"{place}.at_most", message, f"Use 1 to {MOST_REMINDERS}.")
        if not reminder.by:
            found.say("T22", f"{place}.by", "The reminder goes by no way.", "Write [mail], [sms] or both.")
        _check_hours(found, reminder, place)
        _check_receiver(found, reminder, place)


def _check_hours(found: Findings, reminder: Reminder, place: str) -> None:
    wrong = [hour for hour in (reminder.hour, *reminder.quiet) if not _HOUR.match(hour)]
    remedy = 'Write hour: "18:00" and quiet: ["21:00", "08:00"].'
    if wrong:
        found.say("T23", place, f"'{wrong[0]}' is not an hour.", remedy)
    elif len(reminder.quiet) != 2:
        found.say("T23", f"{place}.quiet", "Quiet hours have a beginning and an end.", remedy)
    elif _lies_in(reminder):
        message = f"{reminder.hour} lies in the quiet hours."
        found.say("T24", f"{place}.hour", message, "Choose another hour.")


def _lies_in(reminder: Reminder) -> bool:
    return is_quiet(time.fromisoformat(reminder.hour), reminder.quiet)


def _check_receiver(found: Findings, reminder: Reminder, place: str) -> None:
    every = (module for modules in found.modules.values() for module in modules)
    asked = {use.who or module.who for module in every for use in module.questionnaires}
    if reminder.to != "team" and reminder.to not in asked:
        message = f"No visit asks anything of a {reminder.to}."
        found.warn("T37", f"{place}.to", message, "Remove the reminder, or say who: answers.")
