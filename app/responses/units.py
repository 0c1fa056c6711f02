"""Units as people read them, beside a number box. Pure."""

UNITS = {
    "fr": {
        "d": "jours",
        "min": "minutes",
        "h": "heures",
        "a": "ans",
        "mo": "mois",
        "wk": "semaines",
        "/min": "par minute",
    },
    "en": {
        "d": "days",
        "min": "minutes",
        "h": "hours",
        "a": "years",
        "mo": "months",
        "wk": "weeks",
        "/min": "per minute",
    },
}


def unit_words(ucum: str, language: str) -> str:
    """A UCUM unit as people read it."""
    plain = {"mm[Hg]": "mmHg", "Cel": "°C", "kg/m2": "kg/m²", "{#}": ""}
    return UNITS[language[:2]].get(ucum, plain.get(ucum, ucum))
