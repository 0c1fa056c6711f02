"""The other patients of the demonstration, told briefly: so that lists, search and pages have something to hold."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.demo.neuropsychology import BATTERY
from app.demo.stories import Asked, Sent, Story, items, measured, series

NEVER_SMOKED: Mapping[str, Any] = {"status": "never", "at_home": False, "vape": "never"}

JULIEN = Story(
    given_names="Julien",
    family_name="Morel",
    birth_date=date(1995, 1, 30),
    sex="male",
    followed_for=180,
    account="julien",
    sent=(
        *series("phq9", ((170, "2 3 2 3 2 3 2 1 0 3"), (86, "2 2 2 2 1 2 1 1 0 2"), (5, "2 2 3 2 2 2 2 1 0 2"))),
        *series("gad7", ((170, "2 2 2 2 1 1 0 1"), (5, "3 2 2 2 1 2 1 2"))),
        *series("ymrs", ((169, "1 1 0 1 2 2 0 0 0 0 0"),), "clinician", "ines"),
    ),
    waiting=(Asked("tipi", opens_in=-12, due_in=-5),),
)

ELISE = Story(
    given_names="Élise",
    family_name="Faure",
    birth_date=date(1972, 8, 17),
    sex="female",
    followed_for=260,
    account="elise",
    sent=(
        *series("phq9", ((250, "1 1 2 1 1 1 1 0 0 1"), (130, "1 1 1 1 0 1 0 0 0 0"), (9, "0 1 1 1 0 0 0 0 0 0"))),
        *series("audit_c", ((249, "2 1 0"),)),
        Sent("tobacco", 249, NEVER_SMOKED),
    ),
)

AMINATA = Story(
    given_names="Aminata",
    family_name="Diallo",
    birth_date=date(1999, 12, 4),
    sex="female",
    followed_for=95,
    account="aminata",
    sent=(
        *series("phq4", ((90, "2 2 1 2"), (2, "1 1 1 1"))),
        Sent("physical", 89, measured(166, 64.0, 74, (112, 70), (110, 68)), "nurse", "marc"),
    ),
    waiting=(Asked("social", opens_in=-1, due_in=20), Asked("gad7", opens_in=-1, due_in=6)),
)

SOFIA = Story(
    given_names="Sofia",
    family_name="Rossi",
    birth_name="Conti",
    birth_date=date(1966, 4, 9),
    sex="female",
    followed_for=270,
    account="sofia",
    sent=(
        *series(
            "gad7",
            ((262, "3 3 3 2 2 2 2 2"), (174, "2 2 3 2 1 2 1 2"), (90, "2 2 2 1 1 1 1 1"), (1, "1 2 2 1 1 1 0 1")),
        ),
        *series("madrs", ((260, "3 3 2 3 1 2 3 2 2 0"),), "clinician", "ines"),
        *BATTERY,
    ),
    waiting=(Asked("phq9", opens_in=-3, due_in=0),),
)

THOMAS = Story(
    given_names="Thomas",
    family_name="Girard",
    birth_date=date(1983, 10, 2),
    sex="male",
    followed_for=140,
    account="thomas",
    sent=(
        *series("audit_c", ((133, "4 3 3"), (48, "3 2 2"))),
        *series("phq9", ((133, "2 2 2 3 1 2 1 0 0 1"), (48, "1 2 2 2 1 1 1 0 0 1"))),
        Sent("ftnd", 133, items("3 1 1 2 1 0")),
    ),
    waiting=(Asked("physical", opens_in=-2, due_in=3, answered_by="nurse"),),
)

CHLOE = Story(
    given_names="Chloé",
    family_name="Bernard",
    birth_date=date(2001, 6, 25),
    sex="female",
    followed_for=60,
    account="chloe",
    sent=series("phq9", ((55, "2 1 3 2 2 2 1 1 0 2"), (13, "1 1 2 2 1 1 1 0 0 1"))),
    waiting=(Asked("phq9", opens_in=8, due_in=15),),
)

YANN = Story(
    given_names="Yann",
    family_name="Le Goff",
    birth_date=date(1975, 9, 30),
    sex="male",
    centre="BRE",
    followed_for=200,
    account="yann",
    sent=series("phq9", ((190, "2 2 2 2 2 2 1 1 0 2"), (100, "2 1 2 2 1 1 1 0 0 1"), (12, "1 1 1 1 1 1 0 0 0 1"))),
    waiting=(Asked("gad7", opens_in=-4, due_in=3),),
)

NOLWENN = Story(
    given_names="Nolwenn",
    family_name="Kerjean",
    birth_date=date(1990, 2, 11),
    sex="female",
    centre="BRE",
    followed_for=80,
    account="nolwenn",
    sent=series("gad7", ((70, "2 2 2 2 2 1 1 2"), (7, "1 1 2 1 1 0 1 1"))),
)


def just_met(given_names: str, family_name: str, birth_date: date, sex: str, days: int) -> Story:
    """Somebody of whom the centre has no more than the first visit."""
    return Story(given_names=given_names, family_name=family_name, birth_date=birth_date, sex=sex, followed_for=days)


NEW = tuple(
    just_met(*who)
    for who in (
        ("Hélène", "Roux", date(1958, 3, 19), "female", 33),
        ("Baptiste", "Fournier", date(1993, 7, 7), "male", 31),
        ("Inaya", "Bouchard", date(2003, 9, 14), "female", 28),
        ("Gérard", "Lemoine", date(1949, 12, 1), "male", 27),
        ("Lucie", "Garnier", date(1986, 5, 23), "female", 24),
        ("Mehdi", "Cherif", date(1997, 2, 2), "male", 22),
        ("Agathe", "Perrin", date(1978, 11, 16), "female", 20),
        ("Victor", "Renaud", date(2000, 1, 8), "male", 18),
        ("Odile", "Masson", date(1961, 6, 30), "female", 16),
        ("Simon", "Lefèvre", date(1989, 10, 12), "male", 14),
        ("Fatou", "Sarr", date(1994, 4, 27), "female", 11),
        ("Jean-Pierre", "Caron", date(1955, 8, 5), "male", 9),
        ("Manon", "Blanchard", date(2005, 12, 20), "female", 6),
        ("Arthur", "Vidal", date(1981, 3, 3), "male", 4),
        ("Nina", "Kovacs", date(1992, 9, 9), "female", 1),
    )
)

OTHERS = (JULIEN, ELISE, AMINATA, SOFIA, THOMAS, CHLOE, YANN, NOLWENN, *NEW)
