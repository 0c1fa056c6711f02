"""The head of a trial file: key, version, numbers, arms, events, consents, eligibility, amendments. No visits."""

import re
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.questionnaires.draft import ID
from app.questionnaires.head import version_key
from app.trials.format.checking.findings import PERSON, Findings

FIRST = (1, 0, 0)
_NCT = re.compile(r"NCT\d{8}\Z", re.ASCII)


def check_head(found: Findings) -> None:
    f = found.file
    if not ID.match(f.key):
        found.say("Q10", "$.key", f"'{f.key}' cannot be a key.", "Use small letters, digits and _.")
    if version_key(f.version) is None:
        found.say("Q11", "$.version", f"'{f.version}' is not a version.", 'Write "1.0.0".')
    found.text(f.title, "$.title")
    found.text(f.description, "$.description")
    for name in ("sponsor", "principal_investigator", "source"):
        if not getattr(f, name).strip():
            found.say("T38", f"$.{name}", "Nothing stands here.", "Say who or what, or that it is not known yet.")
    nct = f.registrations.get("nct", "NCT00000000")
    if not _NCT.match(nct):
        remedy = "Write NCT and eight digits."
        found.say("T38", "$.registrations.nct", f"'{nct}' is not a number of ClinicalTrials.gov.", remedy)
    _zone(found)
    _arms_and_events(found)


def _zone(found: Findings) -> None:
    try:
        ZoneInfo(found.file.time_zone)
    except (OSError, ValueError, KeyError):  # a folder's name, an absolute path, an unknown zone
        message = f"'{found.file.time_zone}' is not a time zone."
        found.say("T02", "$.time_zone", message, "Write e.g. Europe/Paris.")


def _arms_and_events(found: Findings) -> None:
    arms: set[str] = set()
    for arm, words in found.file.arms.items():
        found.identifier(arm, f"$.arms.{arm}", arms)
        found.text(words, f"$.arms.{arm}")
    events: set[str] = set()
    for i, event in enumerate(found.file.events):
        found.identifier(event.id, f"$.events[{i}].id", events)
        found.text(event.title, f"$.events[{i}].title")


def check_entry(found: Findings) -> None:
    """What somebody signs and must fulfil before they are enrolled."""
    if not any(consent.needed_for == "enrolment" for consent in found.file.consents):
        message = "The trial asks for no consent before somebody is enrolled."
        found.say("T03", "$.consents", message, "Add at least one with needed_for: enrolment.")
    seen: set[str] = set()
    for i, consent in enumerate(found.file.consents):
        place = f"$.consents[{i}]"
        found.identifier(consent.id, f"{place}.id", seen)
        found.text(consent.title, f"{place}.title")
        found.condition(consent.only_if, f"{place}.only_if", PERSON)
        if not consent.signed_by:
            found.say("T03", f"{place}.signed_by", "Nobody signs this text.", "Name who signs, e.g. [patient].")
    if not found.file.eligibility:
        found.say("T04", "$.eligibility", "The trial has no eligibility rule.", "Add at least one.")
    seen = set()
    for i, rule in enumerate(found.file.eligibility):
        place = f"$.eligibility[{i}]"
        found.identifier(rule.id, f"{place}.id", seen)
        found.text(rule.text, f"{place}.text")
        found.condition(rule.rule, f"{place}.rule", PERSON)


def check_amendments(found: Findings) -> None:
    """Versions and days rise; the file is that of the last one."""
    f = found.file
    if f.amendments and f.amendments[-1].version != f.version:
        last = f.amendments[-1].version
        message = f"The file is version {f.version}, the last amendment {last}."
        found.say("T05", "$.version", message, "They must be the same.")
    if not f.amendments and (version_key(f.version) or FIRST) > FIRST:
        message = f"The file is version {f.version}, but no amendment says what changed."
        found.say("T05", "$.version", message, "Add it to amendments:, with enrolled_people:.")
    days = [found.day(one.approved, f"$.amendments[{i}].approved") for i, one in enumerate(f.amendments)]
    for i, one in enumerate(f.amendments):
        found.text(one.changes, f"$.amendments[{i}].changes")
        if version_key(one.version) is None:
            place = f"$.amendments[{i}].version"
            found.say("Q11", place, f"'{one.version}' is not a version.", 'Write "1.0.0".')
    for i, (before, after) in enumerate(pairwise(zip(f.amendments, days, strict=True)), 1):
        _check_order(found, f"$.amendments[{i}]", (before[0].version, after[0].version), (before[1], after[1]))


def _check_order(found: Findings, place: str, versions: tuple[str, str], days: tuple[object, object]) -> None:
    old, new = map(version_key, versions)
    if old is not None and new is not None and new <= old:
        message = f"Version {versions[1]} is not above {versions[0]}, which stands before it."
        found.say("T30", f"{place}.version", message, "List amendments from the oldest, each with a higher version.")
    if all(days) and str(days[1]) < str(days[0]):
        found.say("T30", f"{place}.approved", "It was approved before the one above it.", "Correct the day.")
