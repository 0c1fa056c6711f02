"""What is typed into the search: names folded, so that accents and dashes do not matter, and birth dates. Pure."""

from unicodedata import combining, normalize

from app.patients.dates import PartialDate, read_date

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


def birth_in(query: str) -> tuple[str, str]:
    """The words of a query, and the birth date among them as far as it is known, or "".

    >>> birth_in("martin 12/05/1980"), birth_in("12 mai 1980"), birth_in("Léa 2014"), birth_in("Léa Martin")
    (('martin', '1980-05-12'), ('', '1980-05-12'), ('Léa', '2014'), ('Léa Martin', ''))
    """
    words = query.split()
    for length in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            born = _birth(" ".join(words[start : start + length]))
            if born is not None:
                return " ".join(words[:start] + words[start + length :]), born.text
    return query.strip(), ""


def _birth(text: str) -> PartialDate | None:
    return read_date(text) if any(sign.isdigit() for sign in text) else None
