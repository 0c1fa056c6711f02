"""Bands of ages, wide enough that one alone points at nobody. Pure."""

FIRST_YEARS = (0, 6, 12, 18, 25, 35, 45, 55, 65, 75, 85)


def band_of(age: int) -> tuple[int, int | None]:
    """The first and last year of the band an age falls in; the oldest have no last.

    >>> band_of(0), band_of(17), band_of(46), band_of(99)
    ((0, 5), (12, 17), (45, 54), (85, None))
    """
    first = max(year for year in FIRST_YEARS if year <= max(age, 0))
    later = [year for year in FIRST_YEARS if year > first]
    return first, later[0] - 1 if later else None
