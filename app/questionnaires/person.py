"""What expressions may know of the person who answers, read from plain values. Knows no patient record."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.questionnaires.draft import FACT_SYMBOLS
from app.questionnaires.expressions.functions import full_years


def read_facts(about: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Age, sex, education and birth date as expressions take them; raises ValueError naming the fact.

    The age is computed from the birth date and the day of the answer where it is not given.

    >>> read_facts({"birth_date": "1990-06-30", "sex": "female"}, date(2026, 3, 1))["age"]
    35
    """
    unknown = sorted(set(about) - {"age", "sex", "education", "birth_date"})
    if unknown:
        raise ValueError(f"about.{unknown[0]}: not a known fact; give age, sex, education, birth_date")
    facts = {name: _fact(name, value) for name, value in about.items() if value is not None}
    if "age" not in facts and today is not None and "birth_date" in facts:
        facts["age"] = full_years(facts["birth_date"], today)
    return facts


def _fact(name: str, value: Any) -> Any:
    if name == "birth_date":
        return read_day(value, "about.birth_date")
    symbol = FACT_SYMBOLS[name]
    if symbol.interval is None:
        if value not in symbol.codes:
            raise ValueError(f"about.{name}: must be {' or '.join(symbol.codes)}")
        return value
    low, high = symbol.interval
    number = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
    if not number or not low <= value <= high:
        raise ValueError(f"about.{name}: must be a number from {low} to {high}")
    return value


def read_day(value: Any, place: str) -> date:
    """A day written YYYY-MM-DD; raises ValueError naming the place."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"{place}: must be a day such as 2026-03-01")
