"""Names as they are searched: folded, cut into words and prefixes. Pure; no name leaves this page unkeyed."""

import re
import unicodedata
from collections.abc import Iterable

SHORTEST = 2
LONGEST = 10
MOST_WORDS = 6
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Letters without case or accents.

    >>> fold("Hélène Lœwe"), fold("STRAẞE"), fold("Łukasz")
    ('helene loewe', 'strasse', 'lukasz')
    """
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The folded words of a name, each once, in order.

    >>> words("Jean-Pierre d’Ormesson"), words("Le Goff")
    (['jean', 'pierre', 'd', 'ormesson'], ['le', 'goff'])
    """
    return list(dict.fromkeys(_WORD.findall(fold(text))))


def prefixes(names: Iterable[str]) -> set[str]:
    """Every beginning by which these names are found, from two letters to ten.

    >>> sorted(prefixes(["Paul", "Le Goff"]))
    ['go', 'gof', 'goff', 'le', 'pa', 'pau', 'paul']
    """
    found = {word for name in names for word in words(name)}
    return {word[:end] for word in found for end in range(SHORTEST, min(len(word), LONGEST) + 1)}


def asked(text: str) -> list[str]:
    """The beginnings to look for, when somebody types this: too short ones are left to `matches`.

    >>> asked("lam p"), asked("p"), asked("Vandenbroucke")
    (['lam'], [], ['vandenbrou'])
    """
    return [word[:LONGEST] for word in words(text)[:MOST_WORDS] if len(word) >= SHORTEST]


def matches(text: str, names: Iterable[str]) -> bool:
    """Whether each word typed begins some word of these names.

    >>> matches("lam p", ["Paul", "Lambert"]), matches("lam z", ["Paul", "Lambert"])
    (True, False)
    """
    held = [word for name in names for word in words(name)]
    return all(any(one.startswith(word) for one in held) for word in words(text)[:MOST_WORDS])
