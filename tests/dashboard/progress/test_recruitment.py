"""Recruitment against its target: month by month, and where it leads at the pace of the last months."""

from datetime import date
from uuid import UUID

import pytest

from app.dashboard.progress.recruitment import Joined, course_of, drawings
from app.trials.model import Site

ID = UUID(int=1)
TODAY = date(2026, 11, 22)


def site(opened: date, target: int | None = None, until: date | None = None, closed: date | None = None) -> Site:
    return Site(ID, ID, "demo", ID, opened, closed, target, until, 1)


def joined(*months: tuple[int, int]) -> list[Joined]:
    return [Joined(date(2026, month, 1), count) for month, count in months]


def test_every_month_has_its_end_and_what_was_hoped_for():
    course = course_of(joined((7, 2), (9, 4)), [site(date(2026, 7, 1), 153, date(2026, 12, 1))], date(2026, 9, 10))
    assert [(one.day.isoformat(), one.included, one.expected) for one in course.points] == [
        ("2026-07-01", 0, 0.0),
        ("2026-07-31", 2, 30.0),
        ("2026-08-31", 2, 61.0),
        ("2026-09-10", 6, 71.0),
    ]
    assert (course.included, course.expected, course.ahead) == (6, 71, -65)


@pytest.mark.parametrize(
    ("months", "target", "reached"),
    [
        (((8, 2), (9, 2), (10, 2), (11, 5)), 17, date(2027, 2, 1)),
        (((8, 2), (9, 2), (10, 2), (11, 5)), 11, None),
        (((5, 2), (11, 1)), 40, None),
        (((8, 1), (9, 0), (10, 0)), 400, None),
    ],
    ids=["three months on", "reached already", "nobody of late", "not within ten years"],
)
def test_where_the_pace_of_the_last_three_whole_months_leads(months, target, reached):
    course = course_of(joined(*months), [site(date(2026, 5, 1), target, date(2027, 12, 31))], TODAY)
    assert course.reached == reached


def test_a_centre_that_opened_again_is_held_against_its_new_target():
    first = site(date(2026, 1, 1), 50, date(2026, 6, 1), closed=date(2026, 3, 1))
    course = course_of(joined((2, 3), (11, 1)), [first, site(date(2026, 9, 1), 10, date(2027, 9, 1))], TODAY)
    assert (course.target, course.included, course.since, course.begun) == (10, 4, date(2026, 1, 1), date(2026, 9, 1))


def test_without_a_centre_or_a_target_there_is_no_plan():
    assert course_of([], [], TODAY) is None
    assert course_of([], [site(date(2026, 12, 1))], TODAY) is None
    course = course_of(joined((11, 2)), [], TODAY)
    assert (course.included, course.expected, course.ahead, course.reached) == (2, None, None, None)
    assert [one.hope for one in drawings(course)] == ["", ""]


@pytest.mark.parametrize("opened", [TODAY, date(2026, 11, 1), date(1990, 1, 1)])
def test_everything_stands_inside_its_drawing(opened):
    course = course_of(joined((11, 7)), [site(opened, 60, date(2027, 5, 1))], TODAY)
    for drawing in drawings(course):
        box = drawing.box
        points = [tuple(map(float, one.split(","))) for one in f"{drawing.line} {drawing.hope}".split()]
        assert all(box.left <= across <= box.right and box.top <= down <= box.bottom for across, down in points)
        assert all(box.left <= across <= box.right for across, _ in drawing.months)
        assert 1 <= len(drawing.months) <= box.labels
