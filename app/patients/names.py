"""Names folded for search: accents, capitals and dashes do not matter, and beginnings of words find. Pure."""

from unicodedata import combining, normalize

SHORTEST = 2
LONGEST = 10
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


def folded(text: str) -> list[str]:
    """The words of a name as they are compared.

    >>> folded("Lefèvre-D’Œuvre"), folded("  Nuñez  José ")
    (['lefevre', 'd', 'oeuvre'], ['nunez', 'jose'])
    >>> folded("A\N{MATHEMATICAL BOLD CAPITAL A}")
    ['aa']
    """
    # Folded before and after: letters that are only a way of writing others gain their capitals by being taken apart.
    plain = normalize("NFKD", normalize("NFKD", text).casefold().translate(LETTERS)).casefold()
    letters = "".join(sign for sign in plain if not combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in letters).split()


def beginnings(*names: str) -> set[str]:
    """Every beginning under which these names are found; a word of one letter is its own.

    >>> sorted(beginnings("Zoé", "N"))
    ['n', 'zo', 'zoe']
    """
    words = {word for name in names for word in folded(name)}
    cuts = {word[:end] for word in words for end in range(min(SHORTEST, len(word)), min(len(word), LONGEST) + 1)}
    return cuts | {word[:1] for word in words if len(word) == 1}


def looked_up(query: str) -> set[str]:
    """What a query asks for: one beginning a word, cut where the kept ones end."""
    return {word[:LONGEST] for word in folded(query)}


def answers_to(query: str, *names: str) -> bool:
    """Whether each word of the query begins a word of the names; settles what the cut left open.

    >>> answers_to("mar lé", "Léa", "Martin"), answers_to("christophers", "Christopher", "Martin")
    (True, False)
    """
    words = [word for name in names for word in folded(name)]
    return all(any(word.startswith(asked) for word in words) for asked in folded(query))
