"""The countries somebody can be born in, in the reader's language (Unicode's list of territories). Pure."""

from functools import cache

from babel import Locale

from app.patients.names import folded

# Unicode's list has unions and groups of territories too, and a few that nobody can be born in.
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AQ", "BV", "HM", "TF", "CP", "DG", "CQ"})
HOME = "FR"


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(two letters, name) of every country but France, by name.

    >>> countries("fr")[0], dict(countries("en"))["BE"], "FR" in dict(countries("fr"))
    (('AF', 'Afghanistan'), 'Belgium', False)
    """
    named = Locale.parse(language).territories
    known = [(code, str(name)) for code, name in named.items() if len(code) == 2 and code.isalpha()]
    shown = [(code, name) for code, name in known if code not in NO_COUNTRIES | {HOME}]
    return tuple(sorted(shown, key=lambda one: folded(one[1])))


def country_words(code: str, language: str) -> str:
    """A country's name; its letters where it has none, as an old one may."""
    return dict(countries(language)).get(code, code)
