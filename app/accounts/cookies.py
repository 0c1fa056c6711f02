"""The cookies the product sets, their names and flags, and a fast reader of what a browser sends. Pure."""

from collections.abc import Iterable
from urllib.parse import unquote

SESSION = "cohorte_session"
FORM = "cohorte_form"
SIGN_IN = "cohorte_sign_in"
PASSKEY = "cohorte_passkey"
KNOWN = "cohorte_known"
LANGUAGE = "language"
TABLET = "cohorte_tablet"
"""Changes when a tablet is lent and taken back: browsers then drop the pages they keep. Holds its owner's language."""
YEAR = 365 * 24 * 3600


def named(name: str, secure: bool) -> str:
    """The cookie's name: over TLS the prefix makes browsers refuse it from elsewhere or in plain text."""
    return f"__Host-{name}" if secure else name


def read(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """All cookies of a request; of two with one name the first, as the more specific path comes first.

    >>> read([(b"host", b"x"), (b"cookie", b"a=1; b=%20z; broken; a=2")])
    {'a': '1', 'b': ' z'}
    """
    found: dict[str, str] = {}
    for header, value in headers:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                name, equals, text = pair.strip().partition("=")
                if equals:
                    found.setdefault(name, unquote(text) if "%" in text else text)
    return found


def written(name: str, value: str, *, secure: bool, seconds: int | None = None, readable: bool = False) -> str:
    """A Set-Cookie line. Without `seconds` it lasts as long as the browser is open; 0 removes it.

    >>> written("cohorte_form", "abc", secure=True)
    '__Host-cohorte_form=abc; Path=/; SameSite=Lax; HttpOnly; Secure'
    """
    parts = [f"{named(name, secure)}={value}", "Path=/", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if not readable:
        parts.append("HttpOnly")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)
