"""What somebody says of themselves when signing up, and how long each step lasts. No I/O, no words."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

SIGN_UP_LASTS = timedelta(hours=1)
KEPT_AFTER_THE_END = timedelta(days=1)
BY_SIGN_UP = "sign_up"

SEXES = ("female", "male", "unknown")
UNLISTED = "other"
"""Chosen in place of a centre that is not in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody says they are, all of it as text; what was not asked or not given is empty.

    `organisation` is the id of one in the list, else `other_organisation` names it. `phone` is in E.164.
    """

    given_name: str
    family_name: str
    email: str
    phone: str = ""
    birth_date: str = ""
    sex: str = "unknown"
    nir: str = ""
    profession: str = ""
    organisation: str = ""
    other_organisation: str = ""
    rpps: str = ""

    @classmethod
    def from_text(cls, text: str) -> "Identity":
        """Read what `as_text` wrote.

        >>> identity = Identity(given_name="Zoé", family_name="Le Goff", email="zoe@example.org")
        >>> Identity.from_text(identity.as_text()) == identity
        True
        """
        return cls(**json.loads(text))

    def as_text(self) -> str:
        """For one sealed column."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def known_by_others(self) -> tuple[str, ...]:
        """What a stranger would try in a password."""
        return self.given_name, self.family_name, self.email, self.other_organisation


def birth_disagrees(nir: str, born: date, sex: str) -> bool:
    """Whether a NIR speaks of another sex or month of birth than was given. A hint only: both may be right.

    The first digit is 1 for men and 2 for women; years and months follow, months above 12 meaning that it is unknown.

    >>> born = date(1984, 3, 9)
    >>> birth_disagrees("284037511600123", born, "female"), birth_disagrees("184037511600123", born, "female")
    (False, True)
    >>> birth_disagrees("284047511600123", born, "female"), birth_disagrees("284317511600123", born, "unknown")
    (True, False)
    """
    year, month = int(nir[1:3]), int(nir[3:5])
    other_sex = {"1": "female", "2": "male"}.get(nir[0]) == sex
    other_month = 1 <= month <= 12 and month != born.month
    return other_sex or other_month or year != born.year % 100
