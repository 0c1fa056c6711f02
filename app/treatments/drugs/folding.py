"""Words by which drugs are found, and how well what was typed answers to them. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from unicodedata import combining, normalize

Key = tuple[float, int, Sequence[str]]
WORD = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+")
LEAST_FUZZY = 4
"""Shorter words are too near to too many others to be taken for a slip."""
NEAR = 0.62
"""From so near on a word may be another with slips in it."""


def words_of(text: str) -> list[str]:
    """Without accents and capitals, numbers apart from letters, decimals with a point, each once.

    >>> words_of("DÉPAKINE 57,64 mg/mL, solution buvable"), words_of("paracetamol 500mg")
    (['depakine', '57.64', 'mg', 'ml', 'solution', 'buvable'], ['paracetamol', '500', 'mg'])
    """
    plain = "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign)).replace("œ", "oe")
    return list(dict.fromkeys(word.replace(",", ".") for word in WORD.findall(plain)))


def nearness(typed: str, word: str) -> float:
    """From 0 to 1, also where only the beginning of the word was typed.

    >>> nearness("doliprane", "doliprane"), nearness("dolip", "doliprane"), round(nearness("sertalin", "sertraline"), 2)
    (1.0, 0.95, 0.86)
    """
    if typed == word:
        return 1.0
    if word.startswith(typed):
        return 0.95
    # Loaded at the first search: a web process may never see one.
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

    begun = max(OSA.normalized_similarity(typed, word[:length]) for length in range(len(typed) - 1, len(typed) + 2))
    return max(OSA.normalized_similarity(typed, word), begun * 0.97)


def meant(typed: str, near: Collection[str]) -> list[str]:
    """Which of these words may have been meant, the nearest first, less those much farther than the nearest."""
    by_word = {word: nearness(typed, word) for word in near if word[0].isalpha()}
    best = max(by_word.values(), default=0.0)
    kept = [word for word, how in by_word.items() if how >= max(NEAR, best - 0.12)]
    return sorted(kept, key=lambda word: (-by_word[word], word))[:12]


def rank(known: Mapping[str, Mapping[str, float]], words: Sequence[str], *, marketed: bool) -> Key:
    """A key to sort by, the best first: how near each word is, whether the name begins so, whether it is sold.

    `known`: by typed word, what it may stand for and how near that is. `words`: of the drug, those of the name first.
    """
    score = 0.3 * marketed
    for number, near in enumerate(known.values()):
        score += max([near[word] for word in words if word in near], default=0.0)
        score += 0.5 * near.get(words[0], 0.0) if number == 0 else 0.0
    return -round(score, 3), len(words), words
