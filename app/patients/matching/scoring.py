"""Whether two people are one: the weight of what agrees and differs, and what is said of it. Pure."""

from app.patients.matching.comparison import Levels, compare
from app.patients.matching.model import Level, Match, Person, Verdict
from app.patients.matching.normalisation import Features, features
from app.patients.matching.shipped import PERHAPS, SAME, WEIGHTS
from app.patients.matching.weights import Weights, field_of

# What no sum of other things outweighs, since such things come together: twins share family, date and place; a son may
# have his father's name; a year of birth and a name are those of many.
AGAINST = frozenset(
    {
        Level.FAMILY_OTHER,
        Level.GIVEN_PART,
        Level.GIVEN_OTHER,
        Level.DATE_FITS,
        Level.DATE_NEAR,
        Level.DATE_OTHER,
        Level.SEX_OTHER,
        Level.NIR_OTHER,
    }
)

NEEDED = frozenset({"family", "given", "date"})


def score(a: Person, b: Person) -> Match:
    """What speaks for and against two people being one. It makes no difference which is which.

    >>> lea = Person(given_names="Léa", family_name="Martin", birth_date="2014-05-12", sex="female")
    >>> twin = Person(given_names="Zoé", family_name="Martin", birth_date="2014-05-12", sex="female")
    >>> score(lea, lea).verdict, score(lea, twin).verdict, [str(one) for one in score(lea, twin).reasons]
    (<Verdict.SAME: 'same'>, <Verdict.PERHAPS: 'perhaps'>, ['date.same', 'family.same', 'sex.same', 'given.other'])
    """
    return score_features(features(a), features(b))


def score_features(a: Features, b: Features, weights: Weights = WEIGHTS) -> Match:
    """The same of people made comparable before, for comparing one with many."""
    levels = compare(a, b)
    weight = weights.weigh(levels)
    reasons = tuple(sorted(levels, key=lambda level: -weights.weigh((level,))))
    return Match(weight, weights.probability(weight), verdict_of(weight, levels), reasons)


def verdict_of(weight: float, levels: Levels) -> Verdict:
    """`same` needs the weight, both names, the date and nothing against it; the same NIR makes up for one of these.

    Whoever has the same NIR is at least to be looked at: a child may be noted under a parent's.
    """
    same_nir = Level.NIR_SAME in levels
    if weight < PERHAPS and not same_nir:
        return Verdict.OTHER
    doubts = len(AGAINST.intersection(levels)) + _missing(levels)
    return Verdict.SAME if weight >= SAME and doubts <= same_nir else Verdict.PERHAPS


def _missing(levels: Levels) -> int:
    """How many of family name, given name and date could not be compared."""
    known = {field_of(level) for level in levels}
    if Level.NAMES_SWAPPED in levels:
        known.add("given")
    return len(NEEDED - known)
