"""What the visits of a trial file ask: includes, modules, questionnaires, who answers. No windows."""

import difflib
from collections.abc import Iterator

from app.access.policy import OWN_VOICE
from app.questionnaires.model import Questionnaire
from app.trials.format import shapes
from app.trials.format.checking.findings import Findings
from app.trials.format.model import Module
from app.trials.format.shapes import Use, Visit
from app.trials.format.spans import read_span

LONGEST_REUSE = 366


def check_modules(found: Findings) -> None:
    """Resolves includes, fills `modules`, and judges every questionnaire."""
    for i, visit in enumerate(found.file.visits):
        place = f"$.visits[{i}]"
        modules: dict[str, Module] = {}
        for included in visit.include:
            if included in found.modules:
                for module in found.modules[included]:
                    _merge(found, modules, module, f"{place}.include")
            else:
                message = f"'{included}' is not an earlier visit."
                found.say("T14", f"{place}.include", message, "Include a visit that stands above.")
        _own_modules(found, visit, place, modules)
        if not any(module.questionnaires for module in modules.values()):
            found.say("T17", place, f"The visit '{visit.id}' asks nothing.", "Add modules: or include:.")
        found.modules[visit.id] = tuple(modules.values())
        _check_twice(found, visit, place)
    _check_once(found)
    _warn_of_drafts(found)


def _own_modules(found: Findings, visit: Visit, place: str, modules: dict[str, Module]) -> None:
    seen: set[str] = set()
    symbols = found.visit_symbols()
    for j, module in enumerate(visit.modules):
        below = f"{place}.modules[{j}]"
        found.identifier(module.id, f"{below}.id", seen)
        found.text(module.title, f"{below}.title")
        found.condition(module.only_if, f"{below}.only_if", symbols)
        if not module.questionnaires:
            found.say("T17", below, f"The module '{module.id}' asks nothing.", "Add questionnaires:, or remove it.")
        uses = tuple(_uses(module))
        for k, use in enumerate(uses):
            _check_use(found, use, module, f"{below}.questionnaires[{k}]")
        own = Module(module.id, module.title, module.who, module.only_if, uses)
        _merge(found, modules, own, below)


def _uses(module: shapes.Module) -> Iterator[Use]:
    return (use if isinstance(use, Use) else Use(key=use) for use in module.questionnaires)


def _merge(found: Findings, modules: dict[str, Module], module: Module, place: str) -> None:
    """A module of the same id goes on where the earlier one ends."""
    former = modules.get(module.id)
    if former is None:
        modules[module.id] = module
        return
    if (former.who, former.only_if) != (module.who, module.only_if):
        message = f"The module '{module.id}' is included with another who: or only_if:."
        found.say("T26", place, message, "Make them the same, or give this module an id of its own.")
    both = (*former.questionnaires, *module.questionnaires)
    modules[module.id] = Module(module.id, module.title, module.who, module.only_if, both)


def _check_use(found: Findings, use: Use, module: shapes.Module, place: str) -> None:
    found.condition(use.only_if, f"{place}.only_if", found.visit_symbols())
    if use.reuse is not None:
        _check_reuse(found, use.reuse, f"{place}.reuse")
    if use.key not in found.library.keys():  # noqa: SIM118  # no mapping: `keys` is all that is asked of a library
        near = difflib.get_close_matches(use.key, found.library.keys(), 1)
        remedy = f"Did you mean '{near[0]}'?" if near else "Write it first, as docs/questionnaires.md says."
        found.say("T15", place, f"There is no questionnaire '{use.key}'.", remedy)
        return
    if use.version is not None and use.version not in found.library.versions(use.key):
        remedy = f"There are: {', '.join(found.library.versions(use.key))}."
        found.say("T29", f"{place}.version", f"There is no version {use.version} of '{use.key}'.", remedy)
    q = found.questionnaire(use.key)
    if q is None:
        remedy = "See what cohorte questionnaire check says of it."
        found.say("T15", place, f"The questionnaire '{use.key}' is refused itself.", remedy)
    else:
        _check_who(found, use.who or module.who, q, place)


def _check_reuse(found: Findings, written: str, place: str) -> None:
    span = read_span(written)
    if span is None or span.months or not 1 <= span.days <= LONGEST_REUSE:
        message = f"'{written}' does not say how old an answer may be."
        found.say("T39", place, message, f"Write 1 to {LONGEST_REUSE} days, or weeks, e.g. 14 days.")


def _check_who(found: Findings, who: str, q: Questionnaire, place: str) -> None:
    """Patients, relatives and the team speak with voices of their own; within the team it is worth a word only."""
    answerers = q.file.answered_by
    if who in answerers:
        return
    message = f"'{q.key}' is answered by {' or '.join(answerers)}, not by {who}."
    remedy = f"Write {{key: {q.key}, who: {answerers[0]}}}."
    if who in OWN_VOICE or not set(answerers) - OWN_VOICE:
        found.say("T33", place, message, remedy)
    else:
        found.warn("T33", place, message, remedy)


def _check_twice(found: Findings, visit: Visit, place: str) -> None:
    seen: set[tuple[str, str]] = set()
    for module in found.modules[visit.id]:
        for use in module.questionnaires:
            who = use.who or module.who
            if (use.key, who) in seen:
                message = f"'{use.key}' stands twice in this visit for the same person."
                found.say("T16", _place_of(visit, use, place), message, "Keep one.")
            seen.add((use.key, who))


def _place_of(visit: Visit, wanted: Use, place: str) -> str:
    """Where a questionnaire stands in the visit's own modules, last; the visit itself, where it was included."""
    found = place
    for j, module in enumerate(visit.modules):
        for k, use in enumerate(module.questionnaires):
            if use is wanted or use == wanted.key:
                found = f"{place}.modules[{j}].questionnaires[{k}]"
    return found


def _check_once(found: Findings) -> None:
    """`once` is kept by key: asked of two, it would leave open whose answer is the one."""
    voices: dict[str, set[str]] = {}
    once: dict[str, str] = {}
    for i, visit in enumerate(found.file.visits):
        for module in found.modules[visit.id]:
            for use in module.questionnaires:
                voices.setdefault(use.key, set()).add(use.who or module.who)
                if use.once:
                    once.setdefault(use.key, _place_of(visit, use, f"$.visits[{i}]"))
    for key, place in once.items():
        if len(voices[key]) > 1:
            message = f"'{key}' is asked once, but of several: {', '.join(sorted(voices[key]))}."
            found.say("T27", place, message, "Ask one of them, or remove once:.")


def _warn_of_drafts(found: Findings) -> None:
    drafts = sorted(key for key, q in found.used.items() if q is not None and q.file.status == "draft")
    if drafts:
        message = f"It asks questionnaires that are drafts: {', '.join(drafts)}."
        found.warn("T34", "$.visits", message, "Publish them before the first person is enrolled.")
