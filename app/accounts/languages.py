"""Which language a visitor is spoken to in: as chosen, of the account, of the browser, or French."""

from app.lib.i18n import LOCALES

DEFAULT = "fr"


def chosen(cookie: str | None, account: str | None, accept: str) -> str:
    """The first of these that is a language of the product.

    >>> chosen("en", "fr", "fr"), chosen(None, "en", "fr"), chosen("xx", None, "de, en-GB;q=0.8")
    ('en', 'en', 'en')
    >>> chosen(None, None, "de")
    'fr'
    """
    for code in (cookie, account):
        if code in LOCALES:
            return code
    return preferred(accept)


def preferred(accept: str) -> str:
    """The best language of an Accept-Language header.

    >>> preferred("en;q=0.4, fr-CA;q=0.9"), preferred(""), preferred("en;q=oops,*")
    ('fr', 'fr', 'fr')
    """
    best, weight = DEFAULT, 0.0
    for entry in accept.split(","):
        tag, _, quality = entry.strip().partition(";q=")
        code = tag.partition("-")[0].lower()
        if code in LOCALES and (found := _weight(quality)) > weight:
            best, weight = code, found
    return best


def _weight(quality: str) -> float:
    try:
        return float(quality or "1")
    except ValueError:
        return 0.0
