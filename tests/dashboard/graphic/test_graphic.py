"""The graphic: everything on one axis, nothing outside the drawing, nothing invented; cut to a period truly."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.dashboard.graphic.layout import NARROW, WIDE, draw
from app.dashboard.graphic.model import Band, Bar, Curve, Graphic, Mark, Point, Row, Span, within
from app.dashboard.graphic.treatments import treatment_rows
from app.dashboard.graphic.wording import bar_rows, drawings, looks, told, value_rows
from app.treatments.model import Period

TODAY = date(2026, 11, 22)
DAYS = st.integers(0, 4000).map(lambda back: TODAY - timedelta(days=back))
VALUES = st.none() | st.integers(0, 27)


def point(day: date, value: float | None) -> Point:
    return Point(day, value, "–" if value is None else str(value), "" if value else "incomplete")


def curve(points: list[Point], **parts) -> Curve:
    return Curve("phq9-total", "PHQ-9", tuple(sorted(points, key=lambda one: one.day)), 0, 27, **parts)


CURVES = st.lists(st.builds(point, DAYS, VALUES), min_size=1, max_size=12).map(curve)
BARS = st.builds(
    lambda start, days, dose: Bar(start, None if days is None else start + timedelta(days=days), "50 mg", dose),
    DAYS,
    st.none() | st.integers(0, 900),
    st.sampled_from([None, 50.0, 100.0]),
)
ROWS = st.lists(BARS, min_size=1, max_size=4).map(lambda bars: Row("Sertraline", tuple(bars)))
MARKS = st.lists(DAYS.map(lambda day: Mark(day, "alert")), max_size=4)


@given(st.lists(CURVES, max_size=2), st.lists(ROWS, max_size=3), MARKS, st.sampled_from(Span), st.booleans())
def test_nothing_stands_outside_the_drawing_and_every_value_is_drawn_once(curves, rows, marks, span, narrow):
    graphic = within(curves, rows, marks, span, TODAY)
    drawing = draw(graphic, lambda day, first: f"{day:%b}", narrow=narrow)

    assert drawing.width == (NARROW if narrow else WIDE)
    for shape in drawing.shapes:
        across = [value for name, value in shape.at.items() if name in {"x", "x1", "x2", "cx"}]
        down = [value for name, value in shape.at.items() if name in {"y", "y1", "y2", "cy"}]
        assert all(0 <= value <= drawing.width for value in across), shape
        assert all(0 <= value <= drawing.height for value in down), shape
        if shape.kind == "rect":
            assert shape.at["width"] > 0
            assert shape.at["height"] >= 0
    points = [one for shown in graphic.curves for one in shown.points]
    dots = [shape.look for shape in drawing.shapes if shape.kind == "circle"]
    assert dots.count("dot") == sum(one.value is not None for one in points)
    assert dots.count("miss") == sum(one.value is None for one in points)
    bars = [shape for shape in drawing.shapes if shape.look.startswith("med-")]
    assert len(bars) == sum(len(row.bars) for row in graphic.rows)


def test_one_day_stands_at_one_place_in_every_panel():
    day = date(2026, 3, 1)
    weight = Curve("weight", "Weight", (point(day, 60),), 50, 70, unit="kg")
    graphic = within(
        [curve([point(day, 12)]), weight],
        [Row("Lithium", (Bar(day, None, "800 mg"),))],
        [Mark(day, "alert")],
        Span.ALL,
        TODAY,
    )
    shapes = draw(graphic, lambda day, first: "", narrow=False).shapes
    dots = {shape.at["cx"] for shape in shapes if shape.look == "dot"}
    [bar] = [shape.at["x"] for shape in shapes if shape.look == "med-c"]
    [mark] = [shape.at["x1"] for shape in shapes if shape.look == "visit"]
    assert dots == {bar} == {mark}


def test_a_period_cuts_what_is_older_and_lets_bars_begin_at_its_edge():
    old, new = point(TODAY - timedelta(days=300), 20), point(TODAY - timedelta(days=30), 8)
    row = Row(
        "Sertraline",
        (
            Bar(TODAY - timedelta(days=400), TODAY - timedelta(days=200), "50 mg", 50),
            Bar(TODAY - timedelta(days=199), None, "100 mg", 100),
        ),
    )
    graphic = within([curve([old, new])], [row], [Mark(old.day, "alert")], Span.HALF_YEAR, TODAY)
    assert graphic.first == TODAY - timedelta(days=183)
    assert graphic.curves[0].points == (new,)
    assert [(bar.text, bar.start) for bar in graphic.rows[0].bars] == [("100 mg", graphic.first)]
    assert graphic.marks == ()


def test_a_dose_is_light_only_beside_a_higher_one():
    low, high, none = Bar(TODAY, None, "50 mg", 50), Bar(TODAY, None, "100 mg", 100), Bar(TODAY, None, "")
    assert [Row("a", (low, high, none)).is_light(bar) for bar in (low, high, none)] == [True, False, False]
    assert not Row("a", (low, low)).is_light(low)


def test_the_table_and_the_words_say_what_is_drawn():
    day = date(2026, 3, 1)
    graphic = Graphic(
        (curve([point(day, 12), point(date(2026, 4, 1), None)], bands=(Band(0, 27, "all"),)),),
        (Row("Lithium", (Bar(day, date(2026, 5, 1), "800 mg", 800), Bar(date(2026, 5, 2), None, "", None))),),
        (Mark(day, "alert"),),
        day,
        TODAY,
    )
    assert [row[1:] for row in value_rows(graphic)] == [["PHQ-9", "–", "incomplete"], ["PHQ-9", "12", "–"]]
    assert [row[:2] for row in bar_rows(graphic)] == [["Lithium", "800 mg"], ["Lithium", "–"]]
    for fact in ("PHQ-9", "12", "incomplete", "Lithium", "800 mg", "alert"):
        assert fact in told(graphic)
    assert all(looks(graphic)[part] for part in ("score", "missing", "dose", "plain", "mark"))


def test_nothing_to_show_is_no_drawing():
    assert drawings(within([], [], [Mark(TODAY, "alert")], Span.ALL, TODAY)) is None


def test_doses_of_one_substance_share_a_row():
    day = date(2026, 1, 5)
    periods = [
        Period("Sertraline", day, date(2026, 2, 1), Decimal(50), "mg"),
        Period("Sertraline", date(2026, 2, 2), None, Decimal(100), "mg"),
        Period("Psychotherapy", day, None, None, ""),
    ]
    rows = treatment_rows(periods)
    assert [(row.label, [(bar.text, row.is_light(bar)) for bar in row.bars]) for row in rows] == [
        ("Sertraline", [("50\N{NO-BREAK SPACE}mg", True), ("100\N{NO-BREAK SPACE}mg", False)]),
        ("Psychotherapy", [("", False)]),
    ]
