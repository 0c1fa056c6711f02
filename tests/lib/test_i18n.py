"""Dates, times and numbers as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from app.lib import i18n

AT = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)  # already the 23rd in Paris
DAY = date(2026, 12, 8)


@pytest.fixture(params=["fr", "en"])
def language(request):
    token = i18n.locale.set(request.param)
    yield request.param
    i18n.locale.reset(token)


def test_a_time_is_told_where_the_reader_lives(language):
    assert i18n.time_words(AT) == {"fr": "0\xa0h\xa005", "en": "0:05"}[language]


@pytest.mark.parametrize(
    ("style", "fr", "en"),
    [
        ("full", "8\xa0décembre\xa02026", "8\xa0December\xa02026"),
        ("long", "mardi 8\xa0décembre\xa02026", "Tuesday 8\xa0December\xa02026"),
        ("day", "mardi 8\xa0décembre", "Tuesday 8\xa0December"),
        ("short", "8\xa0déc.\xa02026", "8\xa0Dec\xa02026"),
    ],
)
def test_a_day_in_words(language, style, fr, en):
    assert i18n.day_words(DAY, style) == {"fr": fr, "en": en}[language]


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [(12, "12", "12"), (6.66666, "6,667", "6.667"), (12345.5, "12\xa0345,5", "12,345.5"), (-1.0, "-1", "-1")],
)
def test_a_number_in_words(language, number, fr, en):
    assert i18n.number_words(number) == {"fr": fr, "en": en}[language]


def test_the_language_of_one_request_is_not_that_of_the_next():
    token = i18n.locale.set("en")
    i18n.locale.reset(token)

    assert i18n.locale.get() == "fr"
