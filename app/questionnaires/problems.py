"""What can be wrong with an answer: a code and its figures. The words stand in `wording`."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_ITEM = "unknown_item"
    EXCLUSIVE_OPTION = "exclusive_option"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    NOT_TEXT = "not_text"
    BAD_CHARACTER = "bad_character"
    TOO_LONG = "too_long"
    NOT_ROWS = "not_rows"
    TOO_MANY_ROWS = "too_many_rows"
    REQUIRED = "required"
    TOO_FEW_ROWS = "too_few_rows"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer is refused; figures only where the code needs them (`limit` counts characters or
    rows)."""

    code: ProblemCode
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    limit: int | None = None

    def __str__(self) -> str:
        return self.code.value
