"""How much each level of agreement weighs, and how the figures are learned from pairs of which nobody knows the truth.

Pure. Fellegi and Sunter (1969, A Theory for Record Linkage, JASA 64:1183-1210): m is how often a level is seen between
two records of one person, u how often between records of two people; log2(m / u) is what it weighs. Both are learned by
expectation and maximisation. docs/matching.md says where the shipped figures come from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import log2

from app.patients.matching.comparison import Levels
from app.patients.matching.model import Level

# A level that was never seen might have been: so many times in so many pairs of the kind.
UNSEEN = 0.5
ROUNDS = 200
SETTLED = 1e-7
# What learning starts from: how often the first level of a field is seen between records of one person, the others
# sharing the rest; and how many of the pairs are one person's.
AGREEING = 0.8
FEW = 1e-3


def field_of(level: Level) -> str:
    """The field that a level is of; exchanged names are a level of the family name."""
    return "family" if level is Level.NAMES_SWAPPED else level.split(".")[0]


FIELDS = {field: tuple(levels) for field, levels in groupby(Level, field_of)}


@dataclass(frozen=True, slots=True)
class Weights:
    """`m` and `u` of each level (0 to 1; those of a field add up to 1), and how many pairs of all are one person's."""

    m: Mapping[Level, float]
    u: Mapping[Level, float]
    prior: float

    def weigh(self, levels: Levels) -> float:
        """Bits for (or, below 0, against) two records being one person's, whatever the prior."""
        return sum(log2(self.m[level] / self.u[level]) for level in levels)

    def probability(self, weight: float) -> float:
        """From 0 to 1, of a weight in bits."""
        odds = self.prior / (1 - self.prior) * 2.0 ** min(weight, 500.0)
        return float(odds / (1 + odds))


def train(pairs: Iterable[Levels]) -> Weights:
    """Learn from the levels of every pair of a set, or of many pairs drawn at random; no pair is labelled."""
    seen = Counter(pairs)
    weights = Weights(_first_guess(), _frequencies(seen, dict.fromkeys(seen, 1.0)), FEW)
    for _ in range(ROUNDS):
        likely = {levels: weights.probability(weights.weigh(levels)) for levels in seen}
        better = Weights(
            _frequencies(seen, likely),
            _frequencies(seen, {levels: 1 - one for levels, one in likely.items()}),
            sum(likely[levels] * times for levels, times in seen.items()) / seen.total(),
        )
        settled = abs(better.prior - weights.prior) < SETTLED * weights.prior
        weights = better
        if settled:
            break
    return weights


def _first_guess() -> dict[Level, float]:
    return {
        level: AGREEING if place == 0 else (1 - AGREEING) / (len(levels) - 1)
        for levels in FIELDS.values()
        for place, level in enumerate(levels)
    }


def _frequencies(seen: Counter[Levels], parts: Mapping[Levels, float]) -> dict[Level, float]:
    """How often each level is among those of its field, each pair counted in part."""
    sums = dict.fromkeys(Level, UNSEEN)
    for levels, times in seen.items():
        for level in levels:
            sums[level] += times * parts[levels]
    totals = {field: sum(sums[level] for level in levels) for field, levels in FIELDS.items()}
    return {level: sums[level] / totals[field_of(level)] for level in Level}
