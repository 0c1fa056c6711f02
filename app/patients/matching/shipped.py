"""The weights and limits that the product uses. Data; docs/matching.md says what each rests on. Pure.

m and u of a field need not add up to 1 here where some of its cases are left out: only their ratio counts.
"""

from app.patients.matching.model import Level
from app.patients.matching.weights import Weights

DAYS = 365.25
YEARS = 80  # of birth, among which those of patients spread

# Level: m (how often between two records of one person), u (how often between records of two).
FIGURES: dict[Level, tuple[float, float]] = {
    Level.FAMILY_SAME: (0.90, 3e-3),
    Level.FAMILY_BIRTH_IS_USED: (0.03, 3e-4),
    Level.FAMILY_PART: (0.02, 6e-4),
    Level.FAMILY_CLOSE: (0.025, 6e-4),
    Level.FAMILY_SOUNDS: (0.005, 1.2e-4),
    Level.NAMES_SWAPPED: (0.005, 2e-6),
    Level.FAMILY_OTHER: (0.015, 0.996),
    Level.GIVEN_SAME: (0.88, 4e-3),
    Level.GIVEN_AMONG: (0.05, 1e-3),
    Level.GIVEN_CLOSE: (0.03, 1.3e-3),
    Level.GIVEN_SOUNDS: (0.005, 3e-4),
    Level.GIVEN_PART: (0.005, 1e-3),
    Level.GIVEN_OTHER: (0.03, 0.993),
    Level.DATE_SAME: (0.95, 1 / (DAYS * YEARS)),
    Level.DATE_SWAPPED: (5e-3, 132 / 365 / (DAYS * YEARS)),
    Level.DATE_DIGIT: (0.02, 1e-3),
    Level.DATE_FITS: (0.95e-2, 1e-2 / YEARS),
    Level.DATE_NEAR: (5e-3, 3e-3),
    Level.DATE_OTHER: (5e-3, 0.995),
    Level.SEX_SAME: (0.995, 0.5),
    Level.SEX_OTHER: (0.005, 0.5),
    Level.PLACE_SAME: (0.85, 0.02),
    Level.PLACE_CLOSE: (0.08, 2e-3),
    Level.PLACE_OTHER: (0.07, 0.978),
    Level.NIR_SAME: (0.96, 1e-6),
    Level.NIR_CLOSE: (0.02, 1e-5),
    Level.NIR_OTHER: (0.02, 0.99999),
}
# One pair in ten thousand is one person's: what is compared shares a key already, and most people are new.
WEIGHTS = Weights(
    {level: m for level, (m, _) in FIGURES.items()}, {level: u for level, (_, u) in FIGURES.items()}, prior=1e-4
)
# Bits from which on two records are said to be perhaps, and probably, one person's.
PERHAPS = 15.0
SAME = 24.0
