"""What the page of a visit says of its signature, of data checks and of verification. Pure."""

from dataclasses import dataclass
from uuid import UUID

from app.trials.checks.model import Finding
from app.trials.signing.model import Preflight, Remark, Signature


@dataclass(frozen=True, slots=True)
class Line:
    """One value that a check read: what it is, in words, and the response that holds it."""

    term: str
    value: str
    response: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as this reader may see it. `message` is "" where it speaks of answers that are not theirs to read."""

    finding: Finding
    message: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """The list before signing, in words: each remark with the names of what it is about."""

    preflight: Preflight
    names: dict[str, str]

    def about(self, remark: Remark) -> list[str]:
        """What a remark is about; a finding by the question it asks."""
        return [self.names.get(one, one) for one in remark.about]


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature under a visit, or the last one it lost. `whole`: what was signed is what lies there now."""

    signature: Signature
    name: str
    undone_by: str
    whole: bool

    @property
    def stands(self) -> bool:
        return not self.signature.undone
