"""Reading the form that asks for questionnaires. Pure."""

from datetime import date

import pytest

from app.dashboard.assigning import Fault, Typed, Voice, offers, read_wish
from app.questionnaires.library import library

TODAY = date(2026, 11, 22)
POSSIBLE = {value for boxes in offers(library().current()).values() for value, _ in boxes}


def typed(*chosen: str, opens_on: str = "2026-11-22", due_on: str = "") -> Typed:
    return Typed(chosen, opens_on, due_on)


def test_what_is_chosen_is_asked_for_once():
    wish = read_wish(typed("phq9:patient", "phq9:patient", "madrs:clinician", due_on="29/11/2026"), POSSIBLE, (), TODAY)

    assert wish.faults == {}
    assert wish.choices == (("phq9", "patient"), ("madrs", "clinician"))
    assert (wish.opens_on, wish.due_on) == (TODAY, date(2026, 11, 29))


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        (typed(), {"chosen": Fault.NOTHING_CHOSEN}),
        (typed("nothing:patient"), {"chosen": Fault.UNKNOWN}),
        (typed("madrs:patient"), {"chosen": Fault.UNKNOWN}),
        (typed("phq9:patient", opens_on=""), {"opens_on": Fault.NOT_A_DATE}),
        (typed("phq9:patient", opens_on="2026-11-21"), {"opens_on": Fault.PAST}),
        (typed("phq9:patient", due_on="soon"), {"due_on": Fault.NOT_A_DATE}),
        (typed("phq9:patient", opens_on="2026-12-01", due_on="2026-11-30"), {"due_on": Fault.BEFORE_OPENING}),
        (typed(opens_on="x", due_on="2026-02-30"), dict.fromkeys(("opens_on", "due_on"), Fault.NOT_A_DATE)
         | {"chosen": Fault.NOTHING_CHOSEN}),
    ],
)  # fmt: skip
def test_each_fault_stands_at_its_field(form, faults):
    assert read_wish(form, POSSIBLE, (), TODAY).faults == faults


def test_the_same_questionnaire_waits_once_from_the_same_day():
    waiting = {("phq9", "patient", TODAY)}

    again = read_wish(typed("phq9:patient"), POSSIBLE, waiting, TODAY)
    later = read_wish(typed("phq9:patient", opens_on="2026-12-22"), POSSIBLE, waiting, TODAY)

    assert again.faults == {"chosen": Fault.ALREADY_ASKED}
    assert later.faults == {}


def test_every_questionnaire_is_offered_to_each_voice_that_answers_it():
    found = {
        voice: {value.partition(":")[0] for value, _ in boxes} for voice, boxes in offers(library().current()).items()
    }

    assert "phq9" in found[Voice.PATIENT]
    assert "phq9" not in found[Voice.TEAM]
    assert "madrs" in found[Voice.TEAM]
    assert found[Voice.PATIENT] | found[Voice.PROXY] | found[Voice.TEAM] == {q.key for q in library().current()}
