"""The chart: every point drawn and tabled, nothing invented, whatever the numbers."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.components import samples

CHART = """{% from "chart.html" import chart %}
{{ chart("c", "Score", points, lo, hi, bands, lines=lines, sentence="Facts.") }}"""


@pytest.fixture
def chart(draw):
    def render(values=samples.VALUES, lo=0, hi=27, bands=(), lines=()):
        return BeautifulSoup(
            draw(CHART, points=samples.points(values), lo=lo, hi=hi, bands=bands, lines=lines), "html.parser"
        )

    return render


def drawings(page):
    return page.select("svg.co-chart__svg")


def test_the_table_holds_the_points_newest_first(chart):
    rows = [[cell.get_text() for cell in row.select("th, td")][:2] for row in chart().select("tbody tr")]
    assert rows == [[point["when"], point["text"]] for point in reversed(samples.points())]


def test_it_is_drawn_twice_with_a_title_and_a_description(chart):
    wide, narrow = drawings(chart())
    assert [svg["viewbox"].split()[2] for svg in (wide, narrow)] == ["780", "343"]
    for svg in (wide, narrow):
        title, description = svg["aria-labelledby"].split()
        assert svg.select_one(f"#{title}").string == "Score"
        assert "21" in svg.select_one(f"#{description}").get_text()


def test_a_missing_value_is_hollow_and_stands_nowhere_as_a_number(chart):
    for svg in drawings(chart()):
        assert len(svg.select("circle.dot")) == 5
        assert len(svg.select("circle.miss")) == 1
        assert len(svg.select("line.line")) == 3
        assert len(svg.select("line.gap")) == 1
    assert "no score" in chart().select_one(".co-chart__key").get_text()


def test_height_follows_the_value(chart):
    wide, _ = drawings(chart())
    dots = sorted((float(dot["cx"]), float(dot["cy"])) for dot in wide.select("circle.dot"))
    heights = dict(zip([19, 21, 14, 11, 9], [y for _, y in dots], strict=True))
    assert [value for value, _ in sorted(heights.items(), key=lambda pair: -pair[1])] == [9, 11, 14, 19, 21]
    assert heights[19] - heights[21] == pytest.approx(250 * 2 / 27, abs=0.2)


def test_bands_carry_their_words_beside_them(chart):
    wide, _ = drawings(chart(bands=samples.bands()))
    assert len(wide.select("rect")) == 5
    assert [text.string for text in wide.select(".band-t")] == [label for _, _, label in samples.BANDS]


def test_a_line_stops_where_scores_cannot_be_compared(draw):
    points = samples.points()
    points[2]["fresh"] = True
    page = BeautifulSoup(draw(CHART, points=points, lo=0, hi=27, bands=(), lines=(10,)), "html.parser")
    assert len(drawings(page)[0].select("line.line")) == 2
    assert len(drawings(page)[0].select("line.target")) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.dates(), st.none() | st.floats(-60, 60, allow_nan=False)), min_size=1, max_size=30),
    st.booleans(),
)
def test_whatever_the_numbers_each_point_is_inside_the_drawing(given_points, in_bands):
    values = [(day.year, day.month, day.day, value) for day, value in sorted(given_points, key=lambda pair: pair[0])]
    bands = [{"from": -60, "to": 0, "label": "low"}, {"from": 0, "to": 60, "label": "high end"}] if in_bands else []
    html = samples.ENV.from_string(CHART).render(points=samples.points(values), lo=-60, hi=60, bands=bands, lines=())
    page = BeautifulSoup(html, "html.parser")
    assert len(page.select("tbody tr")) == len(values)
    for svg in drawings(page):
        width, height = (float(number) for number in svg["viewbox"].split()[2:])
        circles = svg.select("circle")
        assert len(circles) == len(values)
        for circle in circles:
            assert 0 < float(circle["cx"]) < width
            assert 0 < float(circle["cy"]) < height
    assert not re.search(r"nan|inf|e-\d|None|style=", html.replace("linecap", ""))
