"""A trial file: text in, a checked trial or a list of troubles out. Pure: files and questionnaires are passed in."""

from pathlib import PurePath

import msgspec

from app.questionnaires.misshapen import misshapen
from app.questionnaires.troubles import Refused
from app.questionnaires.yaml_reader import load
from app.trials.format import shapes
from app.trials.format.checking.findings import Findings, Library
from app.trials.format.checking.head import check_amendments, check_entry, check_head
from app.trials.format.checking.modules import check_modules
from app.trials.format.checking.plans import check_data_checks, check_reminders, check_sdv
from app.trials.format.checking.visits import check_neighbours, check_visits
from app.trials.format.model import Trial
from app.trials.format.shapes import TrialFile


def read_trial(text: str, library: Library, *, path: str = "", applied: bool = False) -> Trial:
    """A trial of format 1; raises Refused with every trouble found.

    `library`: the questionnaires it may ask. `path`: where the text stands, to hold its key against; "" for nowhere.
    `applied`: it was accepted when it was applied, and people follow it: what the library has changed since is a
    warning, and a data check that it broke is left out.
    """
    document = load(text)
    try:
        file = msgspec.convert(document.value, TrialFile, strict=True)
    except msgspec.ValidationError as error:
        raise Refused([misshapen(document, error, shapes)]) from None
    found = Findings(document, file, library, applied)
    if path and PurePath(path).stem != file.key:
        message = f"The key is '{file.key}', but the file is '{PurePath(path).name}'."
        found.say("V02", "$.key", message, "Rename the file, or correct key:.")
    check_head(found)
    check_entry(found)
    check_amendments(found)
    check_visits(found)
    check_modules(found)
    check_sdv(found)
    check_data_checks(found)
    check_reminders(found)
    if found.failed():
        raise Refused(found.troubles)
    check_neighbours(found)
    warnings = sorted(found.troubles, key=lambda trouble: trouble.line)
    return Trial(file, found.modules, found.conditions, tuple(found.checks), tuple(warnings))


__all__ = ["Library", "Refused", "Trial", "read_trial"]
