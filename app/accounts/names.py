"""What may stand as the name of a person who signs in, wherever it is typed. Those of patients are elsewhere. Pure."""

import re

LONGEST = 100
# What mail programs make a link of by themselves: cohorte.example, but not "J.-P." nor "St. John".
_LIKE_A_HOST = re.compile(r"\w\.\w{2}")


def is_name(name: str) -> bool:
    """Whether this can be a name. Mails greet with it: were it a link, our mails would carry anybody's to anybody.

    >>> is_name("Le Goff"), is_name("O’Neil-Müller"), is_name("J.-P."), is_name("St. John"), is_name("李")
    (True, True, True, True, True)
    >>> is_name("http://x.example"), is_name("a@b"), is_name("win.example"), is_name("123"), is_name("R\\0")
    (False, False, False, False, False)
    """
    link = "/" in name or "@" in name or _LIKE_A_HOST.search(name) is not None
    return name.isprintable() and any(mark.isalpha() for mark in name) and not link
