"""What somebody chose to see in the graphic, as its address says. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from app.dashboard.graphic.model import Span

NOTHING = "none"
"""Chosen for the second panel: that there be none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The scale on top (the key of a questionnaire), the series `below` it, and how far back."""

    chart: str
    below: str
    span: Span

    def address(self, base: str, **changes: Any) -> str:
        """The summary with something else chosen.

        >>> Choice("phq9", "none", Span.ALL).address("/p", span=Span.YEAR)
        '/p?chart=phq9&below=none&span=1y'
        """
        other = replace(self, **changes)
        return f"{base}?{urlencode({'chart': other.chart, 'below': other.below, 'span': other.span})}"


def chosen_below(asked: str, offered: Collection[str]) -> str:
    """The series below: the one asked for, else the first there is, unless none is wanted.

    >>> chosen_below("", ["lab-lithium"]), chosen_below("none", ["lab-lithium"]), chosen_below("gone", [])
    ('lab-lithium', 'none', 'none')
    """
    if asked in offered or asked == NOTHING:
        return asked
    return next(iter(offered), NOTHING)
