"""What is wrong in a file, and where. Finding it is the business of the readers."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing wrong: where (line from 1, JSON path), what, and what to do.

    >>> print(Trouble("S02", 7, "$.scores[0]", "The key 'missing' is missing.", "Add missing:."))
    7: error S02 at $.scores[0]: The key 'missing' is missing. Add missing:.
    """

    code: str
    line: int
    place: str
    message: str
    remedy: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.line}: {self.level} {self.code} at {self.place}: {self.message} {self.remedy}"


class Refused(Exception):
    """A file that is not taken; every trouble found, sorted by line."""

    def __init__(self, troubles: list[Trouble]) -> None:
        self.troubles = sorted(troubles, key=lambda trouble: trouble.line)
        super().__init__("\n".join(map(str, self.troubles)))
