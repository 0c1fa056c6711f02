"""The quiz by itself: it can be passed, not by chance or by a pattern, and every word of it is there."""

from collections import Counter
from math import comb

import pytest

from app.lib import i18n
from app.training.quiz import OPTIONS, PASSED_FROM, QUESTIONS, SECTIONS, mark
from app.training.wording import question_words, section_titles


def test_every_section_has_its_title_and_its_question():
    assert list(section_titles()) == list(SECTIONS)
    assert {one.section for one in QUESTIONS} == set(SECTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_every_question_has_four_different_answers(question):
    speaking = i18n.locale.set("en")
    try:
        words = question_words(question.key)
    finally:
        i18n.locale.reset(speaking)
    assert len(set(words.options)) == len(OPTIONS)
    assert question.right in OPTIONS
    assert words.asked
    assert words.why


def test_no_letter_passes_alone_and_guessing_does_not():
    most = max(Counter(one.right for one in QUESTIONS).values())
    by_chance = sum(comb(len(QUESTIONS), n) * 3 ** (len(QUESTIONS) - n) for n in range(PASSED_FROM, len(QUESTIONS) + 1))

    assert most <= 2
    assert by_chance / 4 ** len(QUESTIONS) < 0.001


def test_seven_of_eight_pass_and_an_unanswered_one_does_not():
    right = {one.key: one.right for one in QUESTIONS}
    first = QUESTIONS[0].key

    assert mark(right).passed
    assert mark(right | {first: "a"}).passed
    assert not mark({key: value for key, value in right.items() if key != first}).passed
