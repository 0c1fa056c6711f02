"""Wrong files: each is one change to a good file and must be refused with the expected code, naming a line."""

from collections.abc import Callable
from typing import get_args

import pytest

from app.questionnaires.model import Questionnaire
from app.questionnaires.shapes import Category
from app.questionnaires.troubles import Refused

Source = Callable[[str], str]
Read = Callable[[str], Questionnaire]

SCORE_AS_WRITTEN = "<the missing rule of the score that is as written>"
CASES: list[tuple[str, str, str | None, str | None]] = [
    ("Y02", "tobacco", "\npages:", "\n\tpages:"),
    ("Y03", "phq9", "holder: Pfizer Inc.", "holder: Pfizer: Inc."),
    ("Y05", "tipi", "  en: {kind: original}\n", "  en: &a {kind: original}\n  de: *a\n"),
    ("Y07", "phq9", "minutes: 3", "minutes: !!int 3"),
    ("Y08", "phq9", "rights:\n", "rights:\n  <<: {}\n"),
    ("Y09", "phq9", "minutes: 3", "minutes: 3\nminutes: 4"),
    ("Y10", "phq9", "minutes: 3", "minutes:"),
    ("Y11", "phq9", "required: true", "required: yes"),
    ("Y12", "phq9", "minutes: 3", "minutes: 03"),
    ("S01", "phq9", "short_name:", "shortname:"),
    ("S02", "phq9", "    missing: all_required\n", ""),
    (
        "S02",
        "phq9",
        (
            "rights:\n  holder: Pfizer Inc.\n  terms: No permission required to reproduce, translate, "
            "display or distribute.\n  wording_may_ship: true\n"
        ),
        "",
    ),
    ("S03", "phq9", "category: auto", "category: self"),
    ("S04", "phq9", "minutes: 3", 'minutes: "3"'),
    (
        "Q02",
        "phq9",
        "title: {en: Depression severity, fr: Sévérité de la dépression}",
        "title: {en: Depression severity}",
    ),
    ("Q03", "phq9", "title: {en: Depression severity, fr", "title: {en: Depression severity, de: x, fr"),
    ("Q07", "phq9", "id: q10", "id: Q-10"),
    ("Q08", "physical", "id: height", "id: age"),
    ("Q09", "phq9", "id: q10", "id: q9"),
    ("Q11", "phq9", 'version: "1.0.0"', 'version: "1"'),
    ("Q12", "phq9", "minutes: 3", "minutes: 500"),
    (
        "Q14",
        "phq9",
        'fr: {kind: translated, source: "Canadian French in the ODC instrument library; typography mended"}',
        "fr: {kind: translated}",
    ),
    ("Q15", "tipi", "  en: {kind: original}", "  en: {kind: original}\n  de-CH: {kind: own}"),
    ("Q16", "phq9", "holder: Pfizer Inc.", 'holder: " "'),
    ("Q17", "phq9", "wording_may_ship: true", "wording_may_ship: false"),
    ("Q18", "phq9", "supports: [wording, scoring, bands]", "supports: [wording, scoring]"),
    ("Q19", "aq12", None, None),
    ("Q20", "phq9", "\nlanguages:", '\nlineage: {replaces: "0.9.0"}\nlanguages:'),
    ("Q22", "phq9", "0: {en: Not at All", "0: {points: 1, en: Not at All"),
    ("Q24", "mdq", '1: {en: "Yes", fr: Oui}', ""),
    ("Q25", "phq9", "1: {en: Several Days", "some: {en: Several Days"),
    ("Q28", "physical", "unit: cm, range: [50, 250]", "max_length: 3, unit: cm, range: [50, 250]"),
    ("Q31", "hospitalisations", "most: 20", "most: 2000"),
    ("Q33", "madrs", "q1 ... q10", "q10 ... q1"),
    ("Q35", "phq9", "options: difficulty", "options: difficult"),
    ("Q36", "physical", "range: [50, 250]", "range: [250, 50]"),
    ("Q37", "physical", "type: decimal, unit: kg", "type: decimal"),
    ("Q38", "eq5d5l_fr", ", ends: {low: {en: worst, fr: la pire}, high: {en: best, fr: la meilleure}}", ""),
    ("Q39", "hospitalisations", "max_length: 200, ", ""),
    ("Q40", "physical", "at: [systolic, diastolic]", "at: [pressure]"),
    (
        "Q41",
        "qids_sr16",
        (
            "    to_patient: {en: Call 3114 at any time; in danger call 15 or 112., fr: Appelez le 3114 "
            "à toute heure ou le 15 en danger.}\n"
        ),
        "",
    ),
    ("Q43", "tobacco", "show_if: status == 'former', not_after", "show_if: wants_to_stop, not_after"),
    ("Q45", "fluency", "file: norms/fluency_demo.csv", "file: norms/none.csv"),
    ("Q47", "fluency", "strata: {age: range, education: range, sex: exact}", "strata: {age: range}"),
    ("Q48", "phq9", "missing: all_required", "missing: ignore"),
    (
        "Q48",
        "social",
        "missing: {at_least: 8, then: prorate, source: own rule; tasks that do not concern the person are left out}",
        "missing: {at_least: 8, then: prorate}",
    ),
    ("Q49", "qids_sr16", "formula: sleep + q5", "formula: total + q5"),
    ("Q50", "social", SCORE_AS_WRITTEN, "    missing: all_required\n"),
    ("Q48", "social", "      computable_if: n_answered(partner, ..., association) >= 3\n", ""),
    (
        "E19",
        "social",
        "n_answered(partner, ..., association) >= 3",
        "n_answered(partner, ..., association) >= 0",
    ),
    (
        "Q66",
        "hospitalisations",
        "count(stay_reason == 'suicide') if ever else 0",
        "count(stay_reason == 'suicide')",
    ),
    ("Q51", "qids_sr16", "missing: all_required", "missing: {at_least: 3, then: prorate, source: x}"),
    ("Q52", "phq9", "    range: [0, 27]\n", ""),
    ("Q53", "phq9", "range: [0, 27]", "range: [0, 24]"),
    ("Q54", "phq9", "    higher_is: worse\n", ""),
    (
        "Q55",
        "mdq",
        "    labels: {true: {en: positive, fr: positif}, false: {en: negative, fr: négatif}}\n",
        "",
    ),
    ("Q57", "phq9", "{from: 10,", "{from: 3,"),
    ("Q58", "phq9", "{from: 0,", "{from: 1,"),
    ("Q59", "phq9", "{from: 20,", "{from: 30,"),
    (
        "Q61",
        "phq9",
        (
            "  - {source: all lowest, answers: {q1 ... q9: 0}, expect: {total: 0, total.band: "
            "minimal}}\n  - {source: all highest, answers: {q1 ... q10: 3}, expect: {total: 27, "
            "total.band: severe}}\n"
        ),
        "",
    ),
    ("Q62", "phq9", "answers: {q1 ... q10: 3}", "answers: {q1 ... q10: 4}"),
    ("Q64", "phq9", "expect: {total: 12, total.band: moderate}", "expect: {total: 13}"),
    (
        "Q65",
        "phq9",
        "  - {source: one missing, answers: {q1 ... q8: 3}, expect: {total: not_computable}}\n",
        "",
    ),
    ("E03", "phq9", "when: q9 >= 1", "when: q9 = 1"),
    ("E05", "phq9", "when: q9 >= 1", "when: q9 + 1"),
    ("E06", "phq9", "sum(q1, ..., q9)", "sum(x for x in q1)"),
    ("E06", "phq9", "sum(q1, ..., q9)", "q1.real"),
    ("E06", "phq9", "sum(q1, ..., q9)", '"(lambda: 1)"'),
    ("E07", "tobacco", "show_if: wants_to_stop,", "show_if: not years,"),
    ("E09", "phq9", "sum(q1, ..., q9)", "sum(q1, ...)"),
    ("E10", "phq9", "sum(q1, ..., q9)", "sum(q1, ..., q9) + q99"),
    ("E11", "hospitalisations", "formula: count(stays) if ever else 0", "formula: stays + 1"),
    (
        "E12",
        "hospitalisations",
        "count(stay_reason == 'suicide') if ever else 0",
        "1 if stay_reason == 'suicide' else 0",
    ),
    ("E13", "physical", "(height / 100)", "(height / 0)"),
    ("E14", "physical", "** 2", "** 1000"),
    ("E15", "tobacco", "status in ('former', 'current')", "status in ('former', 'curent')"),
    ("E16", "tobacco", "status == 'current' and", "status == 1 and"),
    ("E17", "tobacco", "status == 'current' and", "status > 'current' and"),
    ("E19", "phq9", "when: q9 >= 1", "when: q9 >= 4"),
    ("E22", "phq9", "sum(q1, ..., q9)", "total_of(q1, ..., q9)"),
    ("E23", "phq9", "sum(q1, ..., q9)", "sum(q9, ..., q1)"),
    ("E24", "tobacco", "round(per_day / 20 * years, 1)", "sum(first_age, ..., stopped_on)"),
    ("E25", "phq9", "sum(q1, ..., q9)", "sum(q1, ..., q9, q3)"),
    ("E26", "social", "at_least: 8", "at_least: 80"),
    ("E27", "social", "then: prorate", "then: ignore"),
    ("E29", "tipi", "reverse(q6)", "reverse(q6 + 1)"),
    ("E31", "eq5d5l_fr", "lookup(mo, q1)", "lookup(mobility, q1)"),
    ("E32", "eq5d5l_fr", "mo: {1: 0, 2: 0.03759,", "mo: {1: 0,"),
    ("E33", "fluency", "norm(table, words)", "norm(tables, words)"),
    ("E34", "fluency", "'scaled'", "'iq'"),
]


def broken(text: str, old: str | None, new: str | None) -> str:
    if old is None or new is None:
        return text[: text.index("scores:")] + "scores: []\nexamples: []\n"
    if old == SCORE_AS_WRITTEN:
        start = text.index("    missing:\n      computable_if")
        old = text[start : text.index("    labels: {true: {en: isolated")]
    assert old in text
    return text.replace(old, new, 1)


def name(case: tuple[str, str, str | None, str | None]) -> str:
    return f"{case[0]}-{case[1]}"


@pytest.mark.capability("E16")
@pytest.mark.parametrize("case", CASES, ids=name)
def test_refused_with_its_code(case: tuple[str, str, str | None, str | None], source: Source, read: Read) -> None:
    code, file, old, new = case
    with pytest.raises(Refused) as refused:
        read(broken(source(file), old, new))
    found = [trouble for trouble in refused.value.troubles if trouble.code == code]
    assert found, str(refused.value)
    assert found[0].line >= 1
    assert found[0].message.endswith((".", "?"))
    assert found[0].remedy


def test_every_case_starts_from_a_good_file(source: Source, read: Read) -> None:
    for file in {case[1] for case in CASES}:
        read(source(file))


def test_troubles_come_together_sorted_by_line(source: Source, read: Read) -> None:
    text = source("phq9").replace("minutes: 3", "minutes: 500").replace("when: q9 >= 1", "when: q99 >= 1")
    with pytest.raises(Refused) as refused:
        read(text)
    assert [trouble.code for trouble in refused.value.troubles] == ["Q12", "E10"]
    line = next(n for n, row in enumerate(text.split("\n"), 1) if row.startswith("minutes"))
    assert refused.value.troubles[0].line == line


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "V04",
            "codes: {loinc: 44249-2}\npages: [{id: p, items: [{id: a, type: yes_no, text: {en: A, fr: A}}]}]",
        ),
        (
            "V03",
            (
                'lineage: {replaces: "1.0.0", changes: {en: x, fr: x}, scores_comparable: true}\n'
                "pages: [{id: p, items: [{id: a, type: yes_no, text: {en: A, fr: A}}]}]"
            ),
        ),
        (
            "V04",
            "pages: [{id: p, items: [{id: a, type: yes_no, codes: {loinc: 8302-3}, text: {en: A, fr: A}}]}]",
        ),
        ("Q26", "pages: [{id: p, items: []}]"),
        ("Q06", "pages: [{id: p, items: [{type: yes_no, text: {en: A, fr: A}}]}]"),
        ("Q34", "pages: [{id: p, items: [{id: a, type: choice, text: {en: A, fr: A}}]}]"),
        (
            "Q43",
            (
                "pages: [{id: p, items: [{id: a, type: yes_no, show_if: b, text: {en: A, fr: A}},"
                " {id: b, type: yes_no, show_if: a, text: {en: B, fr: B}}]}]"
            ),
        ),
        (
            "Q43",
            (
                "pages: [{id: p, items: [{type: info, show_if: a, text: {en: I, fr: I}},"
                " {id: a, type: yes_no, text: {en: A, fr: A}}]}]"
            ),
        ),
        (
            "Q49",
            (
                "pages: [{id: p, items: [{id: a, type: integer, range: [0, 3], text: {en: A, fr: A}}]}]\n"
                "scores: [{id: total, title: {en: T, fr: T}, formula: total + a, missing: all_required,"
                " range: [0, 3], higher_is: worse}]"
            ),
        ),
        (
            "Q50",
            (
                "pages: [{id: p, items: [{id: a, type: integer, range: [0, 3], text: {en: A, fr: A}}]}]\n"
                'values: {filled: "or_else(a, 0)"}\n'
                "scores: [{id: total, title: {en: T, fr: T}, formula: filled + a, missing: all_required,"
                " range: [0, 6], higher_is: worse}]"
            ),
        ),
        (
            "Q53",
            (
                "pages: [{id: p, items: [{id: a, type: integer, range: [0, 1], text: {en: A, fr: A}},"
                " {id: b, type: integer, range: [0, 10], text: {en: B, fr: B}}]}]\n"
                'scores: [{id: total, title: {en: T, fr: T}, formula: "sum(a, b)",'
                " missing: {at_least: 1, then: prorate, source: x}, range: [0, 11], higher_is: worse}]"
            ),
        ),
        (
            "Q28",
            "pages: [{id: p, items: [{id: a, type: partial_date, not_after: today, text: {en: A, fr: A}}]}]",
        ),
    ],
)
def test_refused_besides(code: str, body: str, small: Callable[[str], Questionnaire]) -> None:
    with pytest.raises(Refused) as refused:
        small(body)
    assert code in [trouble.code for trouble in refused.value.troubles], str(refused.value)


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("Q04", "fr: Histoire tabagique", 'fr: "Histoire d\'un fumeur"'),
        ("Q05", "fr: Histoire tabagique", 'fr: "Fumez-vous ?"'),
        ("Q27", "options:", "options:\n  spare: {0: {en: a, fr: a}, 1: {en: b, fr: b}}"),
        ("Q60", "scores:", "values: {spare: years + 1}\nscores:"),
    ],
)
def test_warnings_do_not_refuse(code: str, old: str, new: str, source: Source, read: Read) -> None:
    text = source("tobacco")
    assert old in text
    q = read(text.replace(old, new, 1))
    assert code in [warning.code for warning in q.warnings]


@pytest.mark.capability("E18")
@pytest.mark.parametrize("category", [*get_args(Category), "screening"])
def test_categories(category: str, source: Source, read: Read) -> None:
    text = source("tobacco")
    now = next(line for line in text.split("\n") if line.startswith("category:"))
    text = text.replace(now, f"category: {category}", 1)
    if category in get_args(Category):
        assert read(text).file.category == category
        return
    with pytest.raises(Refused) as refused:
        read(text)
    assert [trouble.code for trouble in refused.value.troubles] == ["S03"]
