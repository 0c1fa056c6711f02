"""Invented values for the gallery and the charts; the product's template environment with the gallery."""

from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader

from app.lib import i18n, pages
from app.main import can

HERE = Path(__file__).parent
VALUES = [
    (2025, 11, 12, 19),
    (2025, 12, 16, 21),
    (2026, 3, 3, 14),
    (2026, 4, 14, None),
    (2026, 6, 2, 11),
    (2026, 10, 20, 9),
]
BANDS = [
    (0, 5, "minimal"),
    (5, 10, "mild"),
    (10, 15, "moderate"),
    (15, 20, "moderately severe"),
    (20, 27, "severe"),
]

ENV = pages.ENV.overlay(loader=ChoiceLoader([pages.ENV.loader, FileSystemLoader(HERE)]))
# As the application does when it is made, which need not have happened before these tests.
ENV.globals["can"] = can


def points(values: list[tuple[int, int, int, float | None]] = VALUES) -> list[dict[str, Any]]:
    return [
        {
            "day": date(year, month, day),
            "when": i18n.day_words(date(year, month, day), "short"),
            "value": value,
            "text": "–" if value is None else i18n.number_words(value),
            "reading": "",
        }
        for year, month, day, value in values
    ]


def bands() -> list[dict[str, Any]]:
    return [{"from": low, "to": high, "label": label} for low, high, label in BANDS]
