"""Wrong trial files: each is one change to a good file, and must be refused at its line, with the remedy."""

import pytest

from app.questionnaires.library import FOLDER, Library, library
from app.questionnaires.troubles import Refused
from app.trials.format.reading import read_trial
from tests.trials.format.samples import DEMO, read

CASES: list[tuple[str, str, str, str]] = [
    (
        "sponsor: Example hospital",
        "sponsor: Example: hospital",
        (
            "7: error Y03 at $: This is not YAML: mapping values are not allowed in this context. A text with ': "
            "' inside must stand in double quotes."
        ),
        "",
    ),
    (
        "sponsor: Example hospital",
        "sponsor: Example hospital\nsponsor: Another",
        "8: error Y09 at $.sponsor: The key 'sponsor' stands twice. Keep one of the two.",
        "",
    ),
    (
        "time_zone: Europe/Paris",
        "time_zone:",
        "11: error Y10 at $.time_zone: Nothing stands here. Remove the key, or give it a value.",
        "",
    ),
    (
        "required: false",
        "required: no",
        (
            "69: error Y11 at $.visits[2].modules[1].questionnaires[2].required: 'no' alone is read differently "
            'by different programs. Write true or false, or put a word in quotes: "no".'
        ),
        "",
    ),
    (
        "principal_investigator:",
        "principle_investigator:",
        (
            "8: error S01 at $.principle_investigator: The key 'principle_investigator' is not known here. Did "
            "you mean 'principal_investigator'?"
        ),
        "",
    ),
    (
        "source: invented for the documentation\n",
        "",
        "2: error S02 at $: The key 'source' is missing. Add source:.",
        "",
    ),
    (
        "    place: remote\n    at: 3 months",
        "    place: phone\n    at: 3 months",
        (
            "51: error S03 at $.visits[2].place: Invalid enum value 'phone'. Use one of the words listed in the "
            "reference."
        ),
        "",
    ),
    (
        "percent: 20",
        'percent: "20"',
        "102: error S04 at $.sdv.percent: Expected `int | null`, got `str`. See the reference for this key.",
        "",
    ),
    (
        "{en: Follow-up, fr: Suivi}",
        "{en: Follow-up}",
        "50: error Q02 at $.visits[2].title: The text has no 'fr'. Add fr:.",
        "",
    ),
    (
        "{en: Follow-up, fr: Suivi}",
        "{en: Follow-up, fr: Suivi, german: Folge}",
        (
            "50: error Q03 at $.visits[2].title.german: 'german' is not a language. Write en, fr, or a variant "
            "such as fr-CA."
        ),
        "",
    ),
    (
        "key: demo",
        "key: Demo-1",
        "3: error Q10 at $.key: 'Demo-1' cannot be a key. Use small letters, digits and _.",
        "",
    ),
    (
        'version: "2.0.0"\ntitle',
        'version: "2"\ntitle',
        "4: error Q11 at $.version: '2' is not a version. Write \"1.0.0\".",
        "T05",
    ),
    (
        "at: -30 days",
        "at: P30D",
        (
            "29: error T01 at $.visits[0].at: 'P30D' is not a length of time. Write e.g. 6 months, -2 weeks, or "
            "0; at most 120 years."
        ),
        "",
    ),
    (
        "time_zone: Europe/Paris",
        "time_zone: Europe/Lyon",
        "11: error T02 at $.time_zone: 'Europe/Lyon' is not a time zone. Write e.g. Europe/Paris.",
        "",
    ),
    (
        "signed_by: [patient], only_if: age >= 18}",
        "signed_by: [], only_if: age >= 18}",
        "18: error T03 at $.consents[0].signed_by: Nobody signs this text. Name who signs, e.g. [patient].",
        "",
    ),
    (
        'version: "2.0.0"\ntitle',
        'version: "2.1.0"\ntitle',
        ("4: error T05 at $.version: The file is version 2.1.0, the last amendment 2.0.0. They must be the same."),
        "",
    ),
    (
        "  - id: follow\n",
        "  - id: start\n",
        "49: error T06 at $.visits[2].id: The id 'start' is used twice. Give each its own.",
        "T28 T35 T21",
    ),
    (
        "after: event:surgery",
        "after: event:operation",
        (
            "72: error T07 at $.visits[3].after: There is no anchor 'event:operation'. Use inclusion, birth, "
            "event:<id> or visit:<id of an earlier visit>."
        ),
        "",
    ),
    (
        "best: [-3 days, 3 days]",
        "best: [3 days]",
        "74: error T08 at $.visits[3].best: A window has two ends. Write [-2 weeks, 2 weeks].",
        "",
    ),
    (
        "best: [-3 days, 3 days]",
        "best: [3 days, -3 days]",
        "74: error T09 at $.visits[3].best: The window ends before it begins. Put the earlier end first.",
        "",
    ),
    (
        "best: [-3 days, 3 days]",
        "best: [-3 days, 1 month]",
        (
            "74: error T10 at $.visits[3].best: The best window is not inside the permitted one. Widen "
            "permitted: or narrow best:."
        ),
        "",
    ),
    (
        "permitted: [-2 weeks, 4 weeks]",
        "permitted: [-2 months, 4 weeks]",
        (
            "53: error T11 at $.visits[2].repeat: Its permitted window reaches into that of its next repeat. "
            "Narrow permitted: or lengthen the step."
        ),
        "",
    ),
    (
        "{every: 3 months, times: 8}",
        "{every: 3 months, times: 0}",
        ("53: error T12 at $.visits[2].repeat.times: A repeat needs a number of times from 1 to 200. Correct times:."),
        "",
    ),
    (
        "{every: 3 months, times: 8}",
        "{every: -3 months, times: 8}",
        "53: error T12 at $.visits[2].repeat.every: The step does not go forward. Write e.g. 6 months.",
        "",
    ),
    (
        "{every: 3 months, times: 8}",
        "{every: 3 years, times: 100}",
        "53: error T12 at $.visits[2].repeat.times: The last repeat lies beyond 120 years. Correct times:.",
        "",
    ),
    (
        "arms: [usual]",
        "arms: [control]",
        "82: error T13 at $.visits[4].arms: There is no arm 'control'. The arms are: usual, app.",
        "",
    ),
    (
        "include: [start]",
        "include: [call]",
        ("56: error T14 at $.visits[2].include: 'call' is not an earlier visit. Include a visit that stands above."),
        "",
    ),
    (
        "[madrs, ymrs]}\n  - id: call",
        "[madrss, ymrs]}\n  - id: call",
        (
            "77: error T15 at $.visits[3].modules[0].questionnaires[0]: There is no questionnaire 'madrss'. Did "
            "you mean 'madrs'?"
        ),
        "",
    ),
    (
        "[hospitalisations]",
        "[hospitalisations, {key: hospitalisations, required: false}]",
        (
            "36: error T16 at $.visits[0].modules[0].questionnaires[1]: 'hospitalisations' stands twice in this "
            "visit for the same person. Keep one."
        ),
        "",
    ),
    (
        "        questionnaires: [qids_sr16]\n",
        "        questionnaires: [physical]\n",
        (
            "61: error T16 at $.visits[2].modules[0].questionnaires[0]: 'physical' stands twice in this visit "
            "for the same person. Keep one."
        ),
        "T35",
    ),
    (
        "questionnaires: [social]}",
        "questionnaires: []}",
        "88: error T17 at $.visits[5]: The visit 'birthday' asks nothing. Add modules: or include:.",
        "T17",
    ),
    (
        "percent: 20, seed: 7,",
        "percent: 20,",
        (
            "102: error T19 at $.sdv: A sample needs percent: (1 to 100) and seed:. Add both, so that the sample "
            "can be drawn again."
        ),
        "",
    ),
    (
        "{plan: sample, percent: 20, seed: 7, critical: [physical.weight, phq9.q9]}",
        "{plan: critical}",
        "102: error T19 at $.sdv: No value is said to be critical. Add critical: [questionnaire.item].",
        "",
    ),
    (
        "phq9.q9]",
        "phq9.q99]",
        (
            "102: error T20 at $.sdv.critical[1]: 'phq9.q99' is no item or score of a questionnaire. Write "
            "questionnaire.item or questionnaire.score; an item of a repeating group cannot stand here."
        ),
        "",
    ),
    (
        "{bmi: physical.bmi}",
        "{bmi: physical.systolic}",
        (
            "105: error T20 at $.data_checks[0].uses.bmi: 'physical.systolic' is no item or score of a "
            "questionnaire. Write questionnaire.item or questionnaire.score; an item of a repeating group cannot "
            "stand here."
        ),
        "",
    ),
    (
        "visits: [follow]",
        "visits: [following]",
        "112: error T21 at $.data_checks[1].visits: There is no visit 'following'. Name a visit of this file.",
        "T35",
    ),
    (
        "at_most: 3",
        "at_most: 30",
        "114: error T22 at $.reminders[0].at_most: 30 reminders is not sensible. Use 1 to 10.",
        "",
    ),
    (
        'hour: "18:00"',
        'hour: "25:00"',
        (
            '114: error T23 at $.reminders[0]: \'25:00\' is not an hour. Write hour: "18:00" and quiet: ["21:00", '
            '"08:00"].'
        ),
        "",
    ),
    (
        'hour: "18:00"',
        'hour: "22:30"',
        "114: error T24 at $.reminders[0].hour: 22:30 lies in the quiet hours. Choose another hour.",
        "",
    ),
    (
        "by: [mail, sms]",
        "by: []",
        "114: error T22 at $.reminders[0].by: The reminder goes by no way. Write [mail], [sms] or both.",
        "",
    ),
    (
        "id: watch,",
        "id: main,",
        "20: error T25 at $.consents[2].id: The id 'main' is used twice. Give each its own.",
        "",
    ),
    (
        "        who: patient\n        only_if: arm == 'app'",
        "        who: patient\n        only_if: arm == 'pp'",
        (
            "65: error E15 at $.visits[2].modules[1].only_if: 'pp' is not one of the answers of 'arm'. The "
            "answers are: usual, app."
        ),
        "",
    ),
    (
        "        questionnaires: [qids_sr16]\n",
        "        questionnaires: [qids_sr16]\n        only_if: age >= 18\n",
        (
            "58: error T26 at $.visits[2].modules[0]: The module 'nurse' is included with another who: or "
            "only_if:. Make them the same, or give this module an id of its own."
        ),
        "",
    ),
    (
        "{key: tipi, once: true}\n",
        "{key: tipi, once: true}\n          - {key: tipi, who: proxy}\n",
        (
            "68: error T27 at $.visits[2].modules[1].questionnaires[1]: 'tipi' is asked once, but of several: "
            "patient, proxy. Ask one of them, or remove once:."
        ),
        "T33",
    ),
    (
        "after: visit:start",
        "after: visit:follow",
        (
            "80: error T28 at $.visits[4].after: 'follow' is not planned for one day, so there is none to count from. "
            "Count from a visit that does not repeat, or from an event."
        ),
        "",
    ),
    (
        'version: "1.0.0", only_if: first_time',
        'version: "0.9.0", only_if: first_time',
        (
            "69: error T29 at $.visits[2].modules[1].questionnaires[2].version: There is no version 0.9.0 of "
            "'gad7'. There are: 1.0.0."
        ),
        "",
    ),
    (
        'approved: "2026-04-01"',
        'approved: "2026-02-30"',
        "119: error T30 at $.amendments[2].approved: '2026-02-30' is not a day. Write \"2026-01-10\".",
        "",
    ),
    (
        'approved: "2026-04-01"',
        'approved: "2026-02-01"',
        ("119: error T30 at $.amendments[2].approved: It was approved before the one above it. Correct the day."),
        "",
    ),
    (
        '{version: "1.2.0"',
        '{version: "1.0.5"',
        (
            "119: error T30 at $.amendments[2].version: Version 1.0.5 is not above 1.1.0, which stands before "
            "it. List amendments from the oldest, each with a higher version."
        ),
        "",
    ),
    (
        "    best: [-3 days, 3 days]\n",
        "",
        "70: error T31 at $.visits[3]: The visit has no best window. Add best: [-2 weeks, 2 weeks].",
        "",
    ),
    (
        "    planned: false\n",
        "    planned: false\n    at: 1 month\n",
        (
            "100: error T31 at $.visits[6].at: A visit that is not planned has no at:. Remove the key, or "
            "planned: false."
        ),
        "",
    ),
    (
        "sdv: {plan",
        "unscheduled: false\nsdv: {plan",
        (
            "99: error T31 at $.visits[6].planned: The visit is not planned, and the trial allows no visit out "
            "of plan: it could never be held. Write unscheduled: true for the trial."
        ),
        "",
    ),
    (
        "    place: remote\n    at: 3 months",
        "    unique: true\n    at: 3 months",
        "51: error T32 at $.visits[2].unique: The visit is unique, yet it repeats. Remove unique: or repeat:.",
        "",
    ),
    (
        "{key: ftnd, who: patient, only_if: age >= 18}",
        "{key: ftnd, only_if: age >= 18}",
        (
            "48: error T33 at $.visits[1].modules[0].questionnaires[2]: 'ftnd' is answered by patient, not by "
            "nurse. Write {key: ftnd, who: patient}."
        ),
        "",
    ),
    (
        "who: patient\n        only_if: arm == 'app'",
        "who: nurse\n        only_if: arm == 'app'",
        (
            "67: error T33 at $.visits[2].modules[1].questionnaires[0]: 'phq9' is answered by patient, not by "
            "nurse. Write {key: phq9, who: patient}."
        ),
        "T33 T33",
    ),
    (
        "{phq: phq9.total, qids",
        "{phq: audit_c.total, qids",
        (
            "109: error T35 at $.data_checks[1].uses: No visit asks audit_c and qids_sr16 for this check: it "
            "could never run. Use what one visit asks, or add it there."
        ),
        "E19",
    ),
    (
        "critical: [physical.weight,",
        "critical: [audit_c.q1,",
        "102: error T36 at $.sdv.critical[0]: No visit asks 'audit_c'. Add it to a visit, or remove it here.",
        "",
    ),
    (
        "nct: NCT01234567",
        "nct: NCT0123456",
        (
            "9: error T38 at $.registrations.nct: 'NCT0123456' is not a number of ClinicalTrials.gov. Write NCT "
            "and eight digits."
        ),
        "",
    ),
    (
        "reuse: 14 days",
        "reuse: 2 months",
        (
            "67: error T39 at $.visits[2].modules[1].questionnaires[0].reuse: '2 months' does not say how old an "
            "answer may be. Write 1 to 366 days, or weeks, e.g. 14 days."
        ),
        "",
    ),
    (
        "query_if: bmi < 15",
        "query_if: bmi = 15",
        (
            "106: error E03 at $.data_checks[0].query_if: The expression stops making sense at character 5. "
            "Check brackets, commas and operators there."
        ),
        "",
    ),
    (
        "query_if: bmi < 15",
        "query_if: bmj < 15",
        (
            "106: error E10 at $.data_checks[0].query_if: 'bmj' is neither an item, a value, a score nor a fact "
            "about the person. Did you mean 'bmi'?"
        ),
        "",
    ),
    (
        "rule: age >= 12}",
        "rule: arm == 'app'}",
        (
            "22: error E10 at $.eligibility[0].rule: 'arm' is neither an item, a value, a score nor a fact about "
            "the person. Check the spelling."
        ),
        "",
    ),
    (
        "rule: age >= 12}",
        "rule: age >= 121}",
        (
            "22: error E19 at $.eligibility[0].rule: 'age >= 121' is never true: age goes from 0 to 120. Correct "
            "the number."
        ),
        "",
    ),
    (
        "only_if: first_time}",
        "only_if: age}",
        (
            "69: error E05 at $.visits[2].modules[1].questionnaires[2].only_if: This expression gives a number, "
            "but a yes/no is needed here. For a condition compare something, e.g. q1 >= 1."
        ),
        "",
    ),
    (
        "needed_for: option}",
        "needed_for: optional}",
        (
            "20: error S03 at $.consents[2].needed_for: Invalid enum value 'optional'. Use one of the words "
            "listed in the reference."
        ),
        "",
    ),
    (
        "at: 1 month\n    best",
        "at: 0\n    best",
        "73: error S04 at $.visits[3].at: Expected `str`, got `int`. Put it in quotes.",
        "",
    ),
    (
        "      - id: self\n        title",
        "      - id: self\n        order: 1\n        title",
        "63: error S01 at $.visits[2].modules[1].order: The key 'order' is not known here. Remove it.",
        "",
    ),
]
"""What stands there, what is written instead, the trouble as it is printed, and the codes of what follows from it."""


def name(case: tuple[str, str, str, str]) -> str:
    return f"{case[2].split()[2]}-{case[2].split(':')[0]}"


@pytest.mark.capability("E20")
@pytest.mark.parametrize("case", CASES, ids=name)
def test_refused_at_its_line_with_the_remedy(case: tuple[str, str, str, str]) -> None:
    old, new, expected, others = case
    assert old in DEMO
    with pytest.raises(Refused) as refused:
        read(DEMO.replace(old, new, 1))
    errors = [trouble for trouble in refused.value.troubles if trouble.level == "error"]
    assert expected in map(str, errors), str(refused.value)
    assert sorted(trouble.code for trouble in errors) == sorted([expected.split()[2], *others.split()])


def test_the_demonstration_is_good_and_without_a_remark() -> None:
    assert read(DEMO).warnings == ()
    assert len({case[2].split()[2] for case in CASES}) >= 45


def test_troubles_come_together_sorted_by_line() -> None:
    text = DEMO.replace("percent: 20", "percent: 200").replace("rule: age >= 12", "rule: aged >= 12")
    with pytest.raises(Refused) as refused:
        read(text)
    assert [(trouble.line, trouble.code) for trouble in refused.value.troubles] == [(22, "E10"), (102, "T19")]


def test_the_key_is_the_name_of_the_file() -> None:
    assert read_trial(DEMO, library(), path="trials/demo.yml").key == "demo"
    with pytest.raises(Refused) as refused:
        read_trial(DEMO, library(), path="trials/other.yml")
    assert [(trouble.line, trouble.code) for trouble in refused.value.troubles] == [(3, "V02")]


WARNINGS = [
    # a day too long
    ("permitted: [-30 days, 29 days]", "permitted: [-30 days, 30 days]", "37: warning T18 at $.visits[1]:"),
    (
        "who: clinician\n        questionnaires: [hosp",
        "who: social_worker\n        questionnaires: [hosp",
        "36: warning T33",
    ),
    ("query_if: phq >= 20 and qids <= 5", "query_if: phq >= 20", "109: warning T35 at $.data_checks[1].uses.qids:"),
    ("id: team, to: team", "id: team, to: proxy", "115: warning T37 at $.reminders[1].to:"),
    ("fr: Présélection", 'fr: "L\'examen"', "27: warning Q04 at $.visits[0].title.fr:"),
    ("fr: Présélection", 'fr: "Examen: début"', "27: warning Q05 at $.visits[0].title.fr:"),
]


@pytest.mark.parametrize(("old", "new", "expected"), WARNINGS)
def test_warnings_do_not_refuse(old: str, new: str, expected: str) -> None:
    assert old in DEMO
    warnings = read(DEMO.replace(old, new, 1)).warnings
    assert [str(warning).startswith(expected) for warning in warnings] == [True], warnings


def test_a_trial_of_drafts_says_so_once(tmp_path) -> None:
    for key in ("madrs", "ymrs"):
        text = (FOLDER / key / "1.0.0.yml").read_text("utf-8")
        (tmp_path / key).mkdir()
        (tmp_path / key / "1.0.0.yml").write_text(text.replace("status: published", "status: draft"))
    start, end = DEMO.index("visits:\n"), DEMO.index("  - id: crisis")
    text = DEMO[:start] + "visits:\n" + DEMO[end : DEMO.index("sdv:")] + "sdv: {plan: all}\n"
    trial = read_trial(text + DEMO[DEMO.index("amendments:") :], Library(tmp_path))
    (warning,) = map(str, trial.warnings)
    assert warning.startswith("25: warning T34 at $.visits: It asks questionnaires that are drafts: madrs, ymrs.")


def test_an_applied_trial_is_read_though_the_questionnaires_went_on(tmp_path) -> None:
    """`madrs` is gone, `ftnd` is for clinicians now, and an item and a score have other names."""
    left = ("hospitalisations", "physical", "tobacco", "ftnd", "qids_sr16", "phq9", "tipi", "gad7", "ymrs", "social")
    for key in left:
        text = (FOLDER / key / "1.0.0.yml").read_text("utf-8")
        (tmp_path / key).mkdir()
        if key == "ftnd":
            text = text.replace("answered_by: [patient]", "answered_by: [clinician]")
        (tmp_path / key / "1.0.0.yml").write_text(text)
    gone = DEMO.replace("physical.weight,", "physical.mass,").replace("phq: phq9.total", "phq: phq9.sum")
    with pytest.raises(Refused):
        read_trial(gone, Library(tmp_path))
    trial = read_trial(gone, Library(tmp_path), applied=True)
    assert sorted({warning.code for warning in trial.warnings}) == ["T15", "T20", "T33"]
    assert [one.check.id for one in trial.checks] == ["bmi_low"]
    assert [use.key for use in trial.modules["crisis"][0].questionnaires] == ["madrs", "ymrs"]
    with pytest.raises(Refused):
        read_trial(gone.replace("at: -30 days", "at: soon"), Library(tmp_path), applied=True)


def test_a_questionnaire_that_is_broken_itself_is_named(tmp_path) -> None:
    (tmp_path / "hospitalisations").mkdir()
    (tmp_path / "hospitalisations" / "1.0.0.yml").write_text("format: 1\n")
    with pytest.raises(Refused) as refused:
        read_trial(DEMO, Library(tmp_path))
    (found,) = [str(one) for one in refused.value.troubles if one.line == 36]
    assert found.startswith("36: error T15 at $.visits[0].modules[0].questionnaires[0]: ")
    assert found.endswith("'hospitalisations' is refused itself. See what cohorte questionnaire check says of it.")
