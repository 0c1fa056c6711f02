"""A battery of tests of the demonstration; the years of education, by which norms go, are told before. Pure."""

from app.demo.cast import SOCIAL
from app.demo.stories import Given, Sent

DAYS_AGO = 20


def _given(questionnaire: str, given: Given) -> Sent:
    return Sent(questionnaire, DAYS_AGO, given, answered_by="clinician", by="ines")


TRAILS = {"time_a": 46, "errors_a_corrected": 0, "errors_a_left": 0, "time_b": 131, "errors_b_corrected": 1}
TRAILS |= {"errors_b_left": 0, "errors_b_perseverative": 1}
DIGITS = {"forward": 9, "backward": 7, "sequencing": 8, "forward_span": 6, "backward_span": 4, "scaled": 9}
FLUENCY = {"seconds": "s120", "letter_words": 19, "letter_repeated": 1, "animals_words": 28, "fruit_words": 17}

BATTERY = (
    Sent("social", DAYS_AGO + 2, {**SOCIAL, "school_years": 14}),
    _given("tmt", TRAILS),
    _given("wais4_digit_span", DIGITS),
    _given("verbal_fluency", FLUENCY),
    _given("moca", {"points": 25, "added": False}),
)
