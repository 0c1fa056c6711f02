"""The course of a score: comparison, trend, caption, axis. By hand, without a database."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.dashboard import wording
from app.dashboard.graphic.wording import score_curve
from app.dashboard.series import (
    Result,
    Series,
    Trend,
    all_series,
    chosen_scale,
    scales,
    turning_point,
    versions_compare,
)
from app.lib import i18n
from app.questionnaires.library import library
from app.questionnaires.shapes import Lineage
from app.responses.model import DatedScore, StoredScore

PHQ9 = library().find("phq9")
PHYSICAL = library().find("physical")
TIPI = library().find("tipi")


def results(*values: float | bool | None, fresh: int | None = None) -> tuple[Result, ...]:
    return tuple(
        Result(UUID(int=n), date(2026, 1 + n, 5), value, None, "1.0.0", n == fresh) for n, value in enumerate(values)
    )


def phq9(*values: float | None, fresh: int | None = None) -> Series:
    return Series(PHQ9, PHQ9.score("total").score, results(*values, fresh=fresh))


def dated(key: str, score_id: str, value: float | None, month: int, *, stale: bool = False) -> DatedScore:
    at = datetime(2026, month, 5, 12, tzinfo=UTC)
    status = "computed" if value is not None else "not_computable"
    stored = StoredScore(UUID(int=month), score_id, status, value, None, None, stale, at)
    return DatedScore(stored, key, "1.0.0", at)


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest):
    token = i18n.locale.set(request.param)
    yield request.param
    i18n.locale.reset(token)


@pytest.mark.parametrize(
    ("values", "before", "trend", "tone"),
    [
        ((21, 12), 21, Trend.DOWN, "success"),
        ((12, 21), 12, Trend.UP, "attention"),
        ((12, 12), 12, Trend.SAME, ""),
        ((12, None, 14), 12, Trend.UP, "attention"),
        ((12, None), 12, Trend.UNKNOWN, ""),
        ((12,), None, Trend.UNKNOWN, ""),
    ],
)
def test_a_result_is_compared_with_the_nearest_one_that_has_a_value(values, before, trend, tone):
    one = phq9(*values)

    assert (one.before.value if one.before else None) == before
    assert one.trend is trend
    assert one.tone == tone


def test_nothing_is_compared_across_versions_that_mean_something_else():
    assert phq9(21, 12, fresh=1).before is None
    assert phq9(21, 15, None, 12, fresh=2).before is None
    assert [one.value for one in phq9(21, 15, 12, 10, fresh=2).stretch()] == [12, 10]


def test_a_version_breaks_comparison_from_itself_on_only():
    class Version:
        def __init__(self, version: str, comparable: bool | None) -> None:
            self.version = version
            self.file = self
            self.lineage = None if comparable is None else Lineage(scores_comparable=comparable)

    versions = [Version("1.0.0", None), Version("1.1.0", True), Version("2.0.0", False), Version("2.1.0", True)]

    compared = {
        (one.version, other.version): versions_compare(versions, one.version, other.version)
        for one in versions
        for other in versions
    }

    assert [pair for pair, same in compared.items() if not same] == [
        ("1.0.0", "2.0.0"),
        ("1.0.0", "2.1.0"),
        ("1.1.0", "2.0.0"),
        ("1.1.0", "2.1.0"),
        ("2.0.0", "1.0.0"),
        ("2.0.0", "1.1.0"),
        ("2.1.0", "1.0.0"),
        ("2.1.0", "1.1.0"),
    ]


def test_results_that_wait_for_the_worker_are_left_out_and_the_latest_comes_first():
    found = all_series(
        [
            dated("phq9", "total", 14, 1),
            dated("phq9", "total", None, 2),
            dated("tipi", "extraversion", 3, 3),
            dated("phq9", "total", 9, 4, stale=True),
        ],
        library().find,
        lambda *_: True,
        lambda at: at.date(),
    )

    assert [(one.id, [result.value for result in one.results]) for one in found] == [
        ("tipi-extraversion", [3]),
        ("phq9-total", [14, None]),
    ]


def test_the_scale_drawn_first_is_the_latest_that_has_a_course():
    one_result = Series(TIPI, TIPI.score("extraversion").score, results(3))
    found = scales([one_result, phq9(12, 9)])

    assert list(found) == ["tipi", "phq9"]
    assert chosen_scale(found, "") == "phq9"
    assert chosen_scale(found, "tipi") == "tipi"
    assert chosen_scale(found, "nonsense") == "phq9"
    assert chosen_scale(scales([one_result]), "") == "tipi"
    assert chosen_scale({}, "") == ""


def test_bands_of_a_scale_fill_its_range_without_a_gap():
    one = phq9(12)
    bands = one.bands("en")

    assert one.limits() == (0, 27)
    assert [(band["from"], band["to"]) for band in bands] == [(0, 5), (5, 10), (10, 15), (15, 20), (20, 27)]


def test_a_measure_is_drawn_at_its_own_height():
    one = Series(PHYSICAL, PHYSICAL.score("bmi").score, results(24.1, 25.3))
    low, high = one.limits()
    bands = one.bands("en")

    assert (low, high) == (15, 35)
    assert (bands[0]["from"], bands[-1]["to"]) == (low, high)


def test_the_caption_states_facts_in_time(language):
    said = {
        "en": [
            "No score yet: the answers are incomplete.",
            "One score so far: 12 (moderate), on 5\xa0January\xa02026.",
            "The score fell from 21 to 12 (moderate) between 5\xa0January\xa02026 and 5\xa0February\xa02026.",
            "The score fell from 21 to 8 on 5\xa0February\xa02026, then rose to 12 (moderate) on 5\xa0March\xa02026.",
            "The score rose from 8 to 21 on 5\xa0February\xa02026, then fell to 12 (moderate) on 5\xa0March\xa02026.",
        ],
        "fr": [
            "Pas encore de score\xa0: les réponses sont incomplètes.",
            "Un seul score pour le moment\xa0: 12 (modérée), le 5\xa0janvier\xa02026.",
            "Le score a baissé de 21 à 12 (modérée) entre le 5\xa0janvier\xa02026 et le 5\xa0février\xa02026.",
            (
                "Le score a baissé de 21 à 8 le 5\xa0février\xa02026, "
                "puis est remonté à 12 (modérée) le 5\xa0mars\xa02026."
            ),
            (
                "Le score est monté de 8 à 21 le 5\xa0février\xa02026, "
                "puis est redescendu à 12 (modérée) le 5\xa0mars\xa02026."
            ),
        ],
    }[language]

    def banded(*values: float | None) -> Series:
        return Series(
            PHQ9,
            PHQ9.score("total").score,
            tuple(
                Result(one.response, one.day, one.value, "moderate" if one.value == 12 else None, "1.0.0", False)
                for one in results(*values)
            ),
        )

    assert [wording.caption(banded(*values)) for values in ((None,), (12,), (21, 12), (21, 8, 12), (8, 21, 12))] == said


def test_a_steady_course_has_no_turning_point():
    assert turning_point(results(21, 18, 12)) is None
    assert turning_point(results(21, 12)) is None


def test_an_incomplete_result_is_hollow_and_has_no_number():
    [point] = score_curve(phq9(None)).points

    assert (point.value, point.text) == (None, "–")
