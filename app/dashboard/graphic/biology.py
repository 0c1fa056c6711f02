"""Results of laboratories as curves of the graphic. Their words are in app/biology/wording.py. Pure but for them."""

from app.biology import wording
from app.biology.model import Series
from app.dashboard.graphic.model import Band, Curve, Point
from app.dashboard.series import fitted
from app.lib.i18n import gettext as _


def lab_curve(series: Series) -> Curve:
    """One analyte over time. The laboratory's range is drawn where all the results drawn share one.

    What is only a bound of a value has no place on the axis: it is told, and the line goes over it dotted.
    """
    points = tuple(
        Point(
            one.day,
            float(one.result.value) if one.exact else None,
            wording.value_words(one.result),
            wording.reading_words(one),
        )
        for one in series.measures
    )
    low, high = fitted(series.numbers or [0.0])
    return Curve(
        f"lab-{series.analyte.id}",
        wording.series_title(series),
        points,
        low,
        high,
        wording.unit_words(series.analyte.unit.ucum),
        _bands(series, low, high),
        sentence=wording.caption(series),
    )


def _bands(series: Series, low: float, high: float) -> tuple[Band, ...]:
    if series.range is None:
        return ()
    least, most = series.range
    start = low if least is None else float(least)
    return (Band(start, high if most is None else float(most), _("Laboratory’s range")),)
