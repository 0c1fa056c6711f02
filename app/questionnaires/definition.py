"""A questionnaire file: text in, a compiled questionnaire or a list of troubles out. Pure.

Files are passed in.
"""

import msgspec

from app.questionnaires import shapes
from app.questionnaires.draft import Draft, ReadFile
from app.questionnaires.examples import check_examples
from app.questionnaires.expressions.kinds import Kind, Node
from app.questionnaires.head import read_head, read_options, read_tables
from app.questionnaires.items import read_pages
from app.questionnaires.layout import Checks, Layout
from app.questionnaires.misshapen import misshapen
from app.questionnaires.model import Questionnaire
from app.questionnaires.score_definitions import read_norms, read_scores, read_values
from app.questionnaires.troubles import Refused
from app.questionnaires.yaml_reader import load


def _no_file(name: str) -> str | None:
    return None


def read_questionnaire(text: str, read_file: ReadFile = _no_file, *, run_examples: bool = True) -> Questionnaire:
    """Compile a file of format 1; raises Refused with every trouble found.

    `read_file` gives the text of a norm table by its name in the file, or None where there is no such file.
    """
    document = load(text)
    try:
        file = msgspec.convert(document.value, shapes.QuestionnaireFile, strict=True)
    except msgspec.ValidationError as error:
        raise Refused([misshapen(document, error, shapes)]) from None
    draft = Draft(document, file, read_file)
    read_head(draft)
    read_tables(draft)
    read_options(draft)
    read_pages(draft)
    read_norms(draft)
    layout = Layout(draft)
    values = read_values(draft)
    scores = read_scores(draft)
    q = Questionnaire(
        file,
        layout.questions,
        layout.groups,
        layout.pages,
        values,
        scores,
        [*layout.bounds, *_checks(draft)],
        _flags(draft),
        draft.symbols,
        tuple(draft.order),
        not_in_fhirpath=draft.untranslatable,
    )
    if run_examples and not draft.failed():
        check_examples(draft, q)
    _unused_values(draft, q)
    if draft.failed():
        raise Refused(draft.troubles)
    q.warnings = draft.troubles
    return q


def _checks(draft: Draft) -> Checks:
    out: Checks = []
    groups = {str(x.item.id): x.group for x in draft.questions}
    for i, check in enumerate(draft.file.checks):
        place = f"$.checks[{i}]"
        draft.text(check.message, f"{place}.message")
        known = [name for name in check.at if name in groups]
        for name in check.at or [""]:
            if name not in groups:
                remedy = "Name the items where the message shows."
                draft.say("Q40", f"{place}.at", f"'{name}' is not an item.", remedy)
        row = next((groups[name] for name in known if groups[name]), None)
        node = draft.compile(check.ensure, f"{place}.ensure", Kind.BOOL, draft.context(row))
        if node and known:
            out.append((check, node))
    return out


def _flags(draft: Draft) -> list[tuple[shapes.RedFlag, Node]]:
    out = []
    optional = {str(x.item.id) for x in draft.questions if x.item.required is False and not x.conditions}
    for i, flag in enumerate(draft.file.red_flags):
        place = f"$.red_flags[{i}]"
        draft.text(flag.to_team, f"{place}.to_team")
        if flag.to_patient is not None:
            draft.text(flag.to_patient, f"{place}.to_patient")
        elif "patient" in draft.file.answered_by:
            message = f"The red flag '{flag.id}' has no words for the person who answers."
            draft.say("Q41", place, message, "Add to_patient: with where to find help.")
        node = draft.compile(flag.when, f"{place}.when", Kind.BOOL)
        if node is None:
            continue
        out.append((flag, node))
        for name in optional.intersection(node.names):
            message = f"The flag depends on '{name}', which may be left out."
            draft.warn("Q42", f"{place}.when", message, "Make the item required: true.")
    return out


def _unused_values(draft: Draft, q: Questionnaire) -> None:
    nodes = [*q.values.values(), *(node for _, node in q.checks), *(node for _, node in q.flags)]
    for compiled in q.scores:
        nodes += [n for n in (compiled.node, compiled.applies, compiled.computable) if n is not None]
    used = {name for node in nodes for name in node.names}
    for name in q.values:
        if name not in used:
            draft.warn("Q60", f"$.values.{name}", f"The value '{name}' is never used.", "Remove it.")
