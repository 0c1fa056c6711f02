"""The people a visitor of the demonstration signs in as, or first hears of. Pure."""

from datetime import date

from app.demo.stories import Asked, Given, Sent, Story, TakenUp, items, measured, series

AT_HOME = "wash cook clean laundry medicines time_use food transport appointments phone money papers"

SOCIAL: Given = {
    "civil": "couple",
    "living_with": ["partner", "children"],
    "has_children": "yes",
    "n_children": 2,
    "children_home": 2,
    "cares_for": "no",
    "interpreter": False,
    "home": "rent",
    "home_risk": "no",
    "home_state": "yes",
    "home_space": "yes",
    "home_internet": True,
    "school": "bac2",
    "work": "sick_leave",
    "work_hindrance": ["health", "confidence"],
    "incomes": ["sick", "partner"],
    "budget": "enough",
    "ald": "has",
    "insurance": "has",
    "rqth": "asked",
    "protection": "none",
    **dict(zip(AT_HOME.split(), (0, 1, 1, 1, 1, 2, 1, 0, 1, 0, 1, 2), strict=True)),
    "with_partner": 3,
    "with_friends": 1,
    "trusted": "yes",
    "lonely": "sometimes",
    "doctor": True,
    "priorities": ["work", "rights"],
}

PAUL = Story(
    given_names="Paul",
    family_name="Lambert",
    birth_date=date(1980, 5, 12),
    sex="male",
    phone="06 39 98 00 01",
    followed_for=275,
    account="paul",
    sent=(
        *series(
            "phq9",
            (
                (268, "3 3 3 3 2 3 2 1 1 3"),
                (240, "3 3 2 3 2 2 2 2 0 3"),
                (212, "2 3 3 2 2 2 2 1 0 2"),
                (184, "3 2 3 2 2 2 2 2 0 2"),
                (156, "2 2 2 2 1 2 2 1 0 2"),
                (128, "2 1 2 2 1 2 1 1 0 1"),
                (100, "2 2 2 2 1 1 2 1 0 1"),
                (72, "1 1 2 2 1 1 1 1 0 1"),
                (44, "1 1 1 2 1 1 1 0 0 1"),
                (16, "1 1 2 2 1 1 1 0 0 1"),
            ),
        ),
        *series(
            "gad7",
            (
                (268, "3 2 3 2 2 2 1 2"),
                (212, "2 2 3 2 2 1 1 2"),
                (156, "2 2 2 1 1 1 1 1"),
                (100, "1 2 2 1 0 1 0 1"),
                (44, "1 1 1 1 0 1 0 1"),
            ),
        ),
        *series(
            "madrs",
            ((265, "4 4 3 4 2 4 4 4 3 1"), (153, "2 2 2 2 1 2 2 2 2 0"), (41, "1 1 1 2 0 1 1 1 1 0")),
            "clinician",
            "ines",
        ),
        *series("audit_c", ((266, "3 1 2"), (98, "2 1 1"))),
        Sent("social", 262, SOCIAL),
        Sent("tipi", 266, items("3 4 5 6 5 5 6 3 3 4")),
        Sent("physical", 265, measured(178, 76.5, 92, (132, 84), (128, 82)), "nurse", "marc"),
        Sent("physical", 97, measured(178, 80.2, 96, (126, 80), (124, 78)), "nurse", "marc"),
        Sent("hospitalisations", 264, {"ever": False}, "nurse", "marc"),
    ),
    waiting=(
        Asked("tobacco", opens_in=-10, due_in=-3),
        Asked("phq9", opens_in=-1, due_in=2),
        Asked("gad7", opens_in=5, due_in=12),
        Asked("madrs", opens_in=-1, due_in=7, answered_by="clinician"),
    ),
    taken_up=TakenUp(
        "ines",
        95,
        "Appelé : pas d’intention, épouse présente. Rendez-vous avancé à demain matin.",
    ),
)

LEA = Story(
    given_names="Léa",
    family_name="Martin",
    birth_date=date(2014, 3, 2),
    sex="female",
    followed_for=120,
    account="claire",
    relationship="mother",
    sent=(
        Sent(
            "daily_life_proxy",
            92,
            {
                "energy": 35,
                "bed_time": "21:30",
                "up_time": "07:00",
                "wakings": 3,
                "night_quality": "bad",
                "night_trouble": "Elle se réveille et appelle.",
                "out": 2,
                "meals": 3,
                "talked": 3,
                "enjoyed": 1,
                "tasks": 1,
                "moved": False,
            },
            "proxy",
        ),
        Sent(
            "daily_life_proxy",
            31,
            {
                "energy": 70,
                "bed_time": "21:00",
                "up_time": "07:00",
                "wakings": 1,
                "night_quality": "good",
                "out": 3,
                "meals": 3,
                "talked": 3,
                "enjoyed": 2,
                "tasks": 2,
                "moved": True,
                "activities": [
                    {"activity_kind": "sport", "activity_minutes": 60},
                    {"activity_kind": "walk", "activity_minutes": 25},
                ],
                "helped_by": ["hobby", "routine"],
            },
            "proxy",
        ),
    ),
    waiting=(Asked("daily_life_proxy", opens_in=-2, due_in=4, answered_by="proxy"),),
)

KARIM = Story(
    given_names="Karim",
    family_name="Haddad",
    birth_date=date(1991, 11, 8),
    sex="male",
    followed_for=2,
    account="karim",
)

HALF_OF_SOCIAL: Given = {
    "civil": "couple",
    "living_with": ["partner"],
    "has_children": "no",
    "cares_for": "no",
    "interpreter": False,
    "home": "rent",
    "home_since": "2022-09",
    "home_risk": "no",
    "home_state": "yes",
    "home_space": "no",
    "home_stairs": True,
    "home_internet": True,
    "home_move": "yes",
    "school": "bac3",
    "school_years": 15,
    "work": "sick_leave",
    "off_since": "2026-03",
    "work_hindrance": ["health", "hours"],
    "work_wish": "Go back to teaching, part-time at first.",
    "incomes": ["sick", "partner"],
    "budget": "hard",
    "given_up": ["teeth", "outings"],
    "food_aid": "no",
    "debts": "no",
    "budget_keeper": "self",
    "money_help": False,
    "ald": "asked",
    "insurance": "has",
    "rqth": "unknown",
    "mdph": "not",
}

EMMA = Story(
    given_names="Emma",
    family_name="Clarke",
    birth_date=date(1988, 7, 21),
    sex="female",
    followed_for=150,
    account="emma",
    language="en",
    sent=(
        *series("phq9", ((140, "2 2 3 3 1 2 1 1 0 2"), (84, "2 2 2 2 1 1 1 1 0 2"), (28, "1 2 2 2 1 1 1 0 0 1"))),
        *series("gad7", ((140, "2 3 2 2 1 2 1 2"), (28, "2 2 1 1 1 1 0 1"))),
    ),
    waiting=(
        Asked("social", opens_in=-6, due_in=8, given=HALF_OF_SOCIAL, days_ago=2),
        Asked("phq9", opens_in=0, due_in=5),
    ),
)

NADIA = Story(
    given_names="Nadia",
    family_name="Benali",
    birth_name="Hadj",
    birth_date=date(1984, 3, 14),
    sex="female",
    phone="06 39 98 00 02",
    followed_for=210,
    account="nadia",
    sent=(
        *series("phq9", ((201, "2 2 2 3 2 1 1 1 0 2"), (117, "1 1 2 2 1 1 1 0 0 1"), (33, "1 1 1 2 1 1 1 0 0 1"))),
        *series("phq9", ((0, "2 2 2 2 1 1 1 1 2 2"),)),
        *series("gad7", ((201, "2 2 2 1 1 1 1 1"), (33, "1 1 1 1 0 1 0 1"))),
    ),
    minutes_ago=38,
)

CAST = (PAUL, LEA, KARIM, EMMA, NADIA)
